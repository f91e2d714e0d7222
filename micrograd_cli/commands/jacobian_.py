"""`mgrad jacobian`: the derivatives of every output by every input, at a point."""

from __future__ import annotations

from typing import Any

import click

from micrograd_cli.analysis.matrices import jacobian, jacobian_product
from micrograd_cli.analysis.report import reports
from micrograd_cli.commands.certain import CertainDigits
from micrograd_cli.commands.matrix_options import (
    chosen_names,
    end,
    matrix_options,
    read_vector,
    warn_of,
    warn_of_nonfinite,
)
from micrograd_cli.commands.options import STRICT_STATUSES, require_text, style_of
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render.matrix import MatrixView
from micrograd_cli.render.writers import writer

EXAMPLES = [
    (
        "A row for each output, a column for each input.",
        "mgrad jacobian 'r*cos(t); r*sin(t)' --r 2 --t pi/6",
    ),
    (
        "The product with a vector.",
        "mgrad jacobian 'r*cos(t); r*sin(t)' --r 2 --t pi/6 --vector t=1",
    ),
]


@click.command(
    "jacobian",
    cls=ProgramCommand,
    options_metavar="[EXPR] [--NAME NUMBER]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STRICT_STATUSES,
    chapter="diff",
)
@matrix_options
def command(
    program: Program,
    numbers: dict[str, float],
    wrt: list[str] | None,
    vector: str | None,
    format_: str,
    digits: int | None,
    strict: bool,
    **options: Any,
) -> None:
    """Print the Jacobian at a point: a row for each output, a column for each input."""
    names = chosen_names(program, wrt)
    along = None if vector is None else read_vector(vector, program)
    if options["certain"]:
        proven = CertainDigits(program, numbers, options)
        found = proven.reports(names)
        columns = names if along is None else list(program.inputs)
        matrix = proven.matrix(lambda run: jacobian(run, columns, proven.balls), along)
    else:
        run = bind(program, numbers)
        found = reports(run, names, "inputs")
        matrix = jacobian(run, names) if along is None else jacobian_product(run, along)
    require_text(format_, digits)
    view = MatrixView(["output", *matrix.columns], digits)
    with writer(view, style_of(format_, options)) as output:
        output.write(matrix)
    warn_of(program, found)
    end(warn_of_nonfinite(matrix), strict)
