"""The certain derivatives of an output, as what others are compared with."""

from __future__ import annotations

from collections.abc import Mapping

from micrograd_cli.analysis.certain import BALLS, Wanted, certain_matrix, certain_reports
from micrograd_cli.analysis.matrices import hessian
from micrograd_cli.checks.checking import VALUE, Reference
from micrograd_cli.language.program import Output, Program

DIGITS = 20  # more than a float has


def first_order(program: Program, output: Output, max_bits: int | None) -> Reference:
    """The value and the derivatives of an output at a point of floats, by input."""
    alone = program._replace(outputs=[output])

    def at(point: Mapping[str, float]) -> Mapping[str, str]:
        (report,) = certain_reports(alone, point, None, "inputs", Wanted(DIGITS, max_bits))
        return {VALUE: str(report.value), **report.grad}  # type: ignore[dict-item]

    return at


def second_order(program: Program, output: Output, max_bits: int | None) -> Reference:
    """The second derivatives, by pairs of inputs: `a,b`."""
    names = list(program.inputs)

    def at(point: Mapping[str, float]) -> Mapping[str, str]:
        found = certain_matrix(
            program, point, lambda run: hessian(run, output, names, BALLS), Wanted(DIGITS, max_bits)
        )
        return {
            f"{a},{b}": str(entry)
            for a, row in zip(names, found.entries, strict=True)
            for b, entry in zip(names, row, strict=True)
        }

    return at
