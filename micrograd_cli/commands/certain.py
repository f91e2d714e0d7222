"""Digits that are certain, in the commands that have `--certain`."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import click

from micrograd_cli.commands.options import DERIVATIVES, Decorator, combine, option
from micrograd_cli.errors import UsageError

MOST_DIGITS = 1_000_000

max_bits_option = option(
    "--max-bits", group=DERIVATIVES, metavar="N", type=click.IntRange(2),
    help="Precision at which --certain gives up  [default: 32768, or more for many digits]",
)  # fmt: skip


def certain_options(help_text: str) -> Decorator:
    """`--certain N` and `--max-bits N`."""
    return combine(
        option("--certain", group=DERIVATIVES, metavar="N", type=click.IntRange(1, MOST_DIGITS),
               help=help_text),
        max_bits_option,
    )  # fmt: skip


def exact_module(name: str, option_name: str) -> ModuleType:
    """A module of `analysis` that computes with balls. Raises UsageError without python-flint."""
    try:
        return import_module(f"micrograd_cli.analysis.{name}")
    except ImportError as error:
        if not (error.name or "flint").startswith("flint"):
            raise
        raise UsageError(f"{option_name} needs the library python-flint",
                         hint="pip install 'mgrad[exact]'") from None  # fmt: skip
