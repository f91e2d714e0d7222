"""What `mgrad jacobian` and `mgrad hessian` share: their options and how they end."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from micrograd_cli.analysis.matrices import Matrix
from micrograd_cli.analysis.report import Report
from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.commands import completing
from micrograd_cli.commands.certain import certain_options
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import (
    DERIVATIVES,
    color_option,
    combine,
    digits_option,
    format_option,
    nonfinite_option,
    option,
    program_options,
    strict_option,
    wrt_option,
)
from micrograd_cli.commands.values import number
from micrograd_cli.errors import NonFiniteError, UsageError
from micrograd_cli.language.names import assigned, parts
from micrograd_cli.language.program import Program
from micrograd_cli.numbers import UNDECIDED, exact, is_finite
from micrograd_cli.render import FORMATS
from micrograd_cli.terminal.saying import say

matrix_options = combine(
    program_options,
    wrt_option(),
    option(
        "--vector",
        group=DERIVATIVES,
        metavar="A=1,B=0",
        shell_complete=completing.assignments,
        help="Print the product with a vector.",
    ),
    format_option(FORMATS, "table"),
    nonfinite_option,
    strict_option("Exit with 4 if a result is inf or nan."),
    digits_option(),
    certain_options("Print N significant digits that are proven to be right (python-flint)."),
    color_option(),
)


def chosen_names(program: Program, wrt: list[str] | None) -> list[str]:
    """The inputs of --wrt, or all. Raises UsageError."""
    return list(program.inputs) if wrt is None else check_names(program, wrt)


def read_vector(text: str, program: Program) -> dict[str, float]:
    """The numbers of `--vector a=1,b=0` by input; an input that is not named has 0.

    The number of an array is that of each of its elements.
    """
    vector: dict[str, float] = {}
    for part in parts(text):
        name, equal, value = assigned(part.strip())
        if not equal:
            raise UsageError(f"--vector takes NAME=NUMBER, separated by commas, not '{part}'")
        entry = number(value, f"--vector {name}")
        for element in check_names(program, [name]):  # of an array all
            if element in vector:
                raise UsageError(f"--vector gives '{element}' twice")
            vector[element] = entry
    return vector


def warn_of_nonfinite(matrix: Matrix) -> bool:
    """Whether all entries are finite; the first that is not is reported on standard error.

    So is an eigenvalue that is undecided.
    """
    at = f" at {matrix.certain.bits} bits" if matrix.certain else ""
    for row, entries in zip(matrix.rows, matrix.entries, strict=True):
        for column, entry in zip(matrix.columns, entries, strict=True):
            if not is_finite(entry):
                sys.stdout.flush()
                what = f"the entry ({row}, {column}) is {exact(entry)}"
                say(f"warning: {what}{at if exact(entry) == UNDECIDED else ''}")
                return False
    if matrix.spectrum and UNDECIDED in matrix.spectrum.eigenvalues:
        sys.stdout.flush()
        say(f"warning: an eigenvalue is undecided{at}")
        return False
    return True


def warn_of(program: Program, found: Iterable[Report]) -> None:
    """Tell what a gradient of each output by these inputs warns of."""
    for report in found:
        warn(report, program.text)


def end(all_finite: bool, strict: bool) -> None:
    """Raise NonFiniteError where --strict asks for it."""
    if strict and not all_finite:
        raise NonFiniteError("an entry is inf or nan (--strict)")
