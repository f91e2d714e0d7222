"""What `mgrad jacobian` and `mgrad hessian` share: their options and how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from math import isfinite
from typing import Any

import click

from micrograd_cli.analysis.matrices import Matrix
from micrograd_cli.analysis.report import reports
from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.commands.bindings import number, program_options
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import color_option, nonfinite_option
from micrograd_cli.errors import NonFiniteError, UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import Run
from micrograd_cli.render import FORMATS


def matrix_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of both commands."""
    options = [
        program_options,
        click.option("--wrt", metavar="NAMES", help="Differentiate by these inputs only: a,b."),
        click.option("--vector", metavar="A=1,B=0", help="Print the product with a vector."),
        click.option("--format", "format_", type=click.Choice(FORMATS), default="table",
                     show_default=True, help="How to print."),
        nonfinite_option,
        click.option("--strict", is_flag=True, help="Exit with 4 if an entry is inf or nan."),
        color_option(),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def chosen_names(program: Program, wrt: str | None) -> list[str]:
    """The inputs of --wrt, or all. Raises UsageError."""
    if wrt is None:
        return list(program.inputs)
    return check_names(program, [name.strip() for name in wrt.split(",")])


def read_vector(text: str, program: Program) -> dict[str, float]:
    """The numbers of `--vector a=1,b=0` by input; an input that is not named has 0."""
    vector: dict[str, float] = {}
    for part in text.split(","):
        name, equal, value = (piece.strip() for piece in part.partition("="))
        if not equal:
            raise UsageError(f"--vector takes NAME=NUMBER, separated by commas, not '{part}'")
        if name in vector:
            raise UsageError(f"--vector gives '{name}' twice")
        check_names(program, [name])
        vector[name] = number(value, f"--vector {name}")
    return vector


def finite(matrix: Matrix) -> bool:
    """Whether all entries are; the first that is not is told on standard error."""
    for row, entries in zip(matrix.rows, matrix.entries, strict=True):
        for column, entry in zip(matrix.columns, entries, strict=True):
            if not isfinite(entry):
                sys.stdout.flush()
                print(f"warning: the entry ({row}, {column}) is {entry!r}", file=sys.stderr)
                return False
    return True


def warn_of(run: Run, names: list[str]) -> None:
    """Tell what a gradient of each output by these inputs warns of."""
    for report in reports(run, names, "inputs"):
        warn(report, run.program.text)


def end(all_finite: bool, strict: bool) -> None:
    """Raise NonFiniteError where --strict asks for it."""
    if strict and not all_finite:
        raise NonFiniteError("an entry is inf or nan (--strict)")
