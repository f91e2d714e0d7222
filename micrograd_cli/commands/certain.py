"""Digits that are certain, in the commands that have `--certain`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from micrograd_cli.commands.options import DERIVATIVES, Decorator, combine, option
from micrograd_cli.errors import UsageError

if TYPE_CHECKING:
    from micrograd_cli.analysis.matrices import Matrix
    from micrograd_cli.analysis.report import Report
    from micrograd_cli.language.program import Program
    from micrograd_cli.language.run import Run

MOST_DIGITS = 1_000_000

max_bits_option = option(
    "--max-bits", group=DERIVATIVES, metavar="N", type=click.IntRange(2),
    help="Precision at which --certain gives up  [default: 16384, or more for many digits]",
)  # fmt: skip


def certain_options(help_text: str) -> Decorator:
    """`--certain N` and `--max-bits N`."""
    return combine(
        option("--certain", group=DERIVATIVES, metavar="N", type=click.IntRange(1, MOST_DIGITS),
               help=help_text),
        max_bits_option,
    )  # fmt: skip


def exact_module(name: str, option_name: str) -> ModuleType:
    """A module that computes with balls. Raises UsageError without python-flint."""
    try:
        return import_module(name)
    except ImportError as error:
        if not (error.name or "flint").startswith("flint"):
            raise
        raise UsageError(f"{option_name} needs the library python-flint",
                         hint="pip install 'mgrad[exact]'") from None  # fmt: skip


class CertainDigits:
    """A program at a point, with the digits that the options ask for. Raises UsageError."""

    def __init__(
        self, program: Program, numbers: dict[str, float], options: dict[str, Any]
    ) -> None:
        self.module = exact_module("micrograd_cli.analysis.certain", "--certain")
        self.balls = self.module.BALLS
        self.wanted = self.module.Wanted(options["certain"], options["max_bits"])
        self.program = program
        self.numbers = numbers

    def reports(self, wrt: Iterable[str] | None, nodes: str = "inputs") -> Iterator[Report]:
        """The report of each output."""
        found: Iterator[Report] = self.module.certain_reports(
            self.program, self.numbers, wrt, nodes, self.wanted
        )
        return found

    def matrix(
        self, make: Callable[[Run], Matrix], along: dict[str, float] | None, eigen: bool = False
    ) -> Matrix:
        """A matrix, with its eigenvalues if `eigen`, or its product with a vector."""
        found: Matrix = self.module.certain_matrix(
            self.program, self.numbers, make, self.wanted, along, eigen
        )
        return found
