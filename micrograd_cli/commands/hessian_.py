"""`mgrad hessian`: the second derivatives of an output, at a point."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from micrograd_cli.analysis.matrices import Matrix, hessian, hessian_product, spectrum
from micrograd_cli.analysis.report import Report, reports
from micrograd_cli.commands.certain import CertainDigits
from micrograd_cli.commands.matrix_options import (
    chosen_names,
    end,
    matrix_options,
    read_vector,
    warn_of,
    warn_of_nonfinite,
)
from micrograd_cli.commands.options import OUTPUT, STRICT_STATUSES, option, require_text, style_of
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import bind
from micrograd_cli.render.matrix import MatrixView
from micrograd_cli.render.writers import writer
from micrograd_cli.symbolic.nodes import DERIVED_NODES
from micrograd_cli.terminal.saying import say

EXAMPLES = [
    (
        "The second derivatives at a point.",
        "mgrad hessian '(1 - x)^2 + 100*(y - x^2)^2' --x 1 --y 1",
    ),
    ("The product with a vector.", "mgrad hessian 'x^3*y' --x 1 --y 2 --vector x=1,y=-1"),
]


@click.command(
    "hessian",
    cls=ProgramCommand,
    options_metavar="[EXPR] [--NAME NUMBER]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STRICT_STATUSES,
    chapter="diff",
    max_nodes=DERIVED_NODES,
)
@matrix_options
@option("--eigen", group=OUTPUT, is_flag=True, help="Add the eigenvalues and the definiteness.")
def command(
    program: Program,
    numbers: dict[str, float],
    wrt: list[str] | None,
    vector: str | None,
    format_: str,
    digits: int | None,
    strict: bool,
    eigen: bool,
    **options: Any,
) -> None:
    """Print the Hessian of each output at a point. It is symmetric to the last bit."""
    if vector is not None and eigen:
        raise UsageError("--eigen needs the matrix: it does not go with --vector")
    names = chosen_names(program, wrt)
    require_text(format_, digits)
    along = None if vector is None else read_vector(vector, program)
    make, found = makers(program, numbers, names, along, {**options, "eigen": eigen})
    view = MatrixView(["output", "input", *(names if vector is None else ["product"])], digits)
    all_finite = True
    with writer(view, style_of(format_, options)) as table:
        for output in program.outputs:
            matrix = make(output)
            table.write(with_eigenvalues(matrix) if eigen else matrix)
            all_finite = warn_of_nonfinite(matrix) and all_finite
    warn_of(program, found)
    end(all_finite, strict)


def makers(
    program: Program,
    numbers: dict[str, float],
    names: list[str],
    along: dict[str, float] | None,
    options: dict[str, Any],
) -> tuple[Callable[[Output], Matrix], Iterable[Report]]:
    """What makes the matrix of an output, or its product with a vector; the reports to warn of."""
    limit = options["max_nodes"]
    if options["certain"]:
        digits = CertainDigits(program, numbers, options)
        columns = names if along is None else list(program.inputs)
        return lambda output: digits.matrix(
            lambda run: hessian(run, output, columns, digits.balls, limit), along, options["eigen"]
        ), digits.reports(names)
    run = bind(program, numbers)
    found = reports(run, names, "inputs")
    if along is None:
        return lambda output: hessian(run, output, names, max_nodes=limit), found
    return lambda output: hessian_product(run, output, along, limit), found


def with_eigenvalues(matrix: Matrix) -> Matrix:
    """The matrix with its spectrum, or a word on standard error why there is none."""
    reason = "an entry is not finite"
    if matrix.spectrum is not None:
        return matrix
    if matrix.certain is None:
        try:
            return matrix._replace(spectrum=spectrum(matrix.entries))
        except ImportError:
            reason = "NumPy is not installed: pip install numpy"
        except ValueError as error:
            reason = str(error)
    say(f"warning: no eigenvalues: {reason}")
    return matrix
