"""The short way from Python: an expression and numbers to its value and gradients."""

from __future__ import annotations

from typing import Any

from micrograd_cli.analysis.report import reports
from micrograd_cli.errors import UsageError
from micrograd_cli.language.block_values import by_element, by_name
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind


def gradients(program: str | Program, /, **numbers: Any) -> tuple[float, dict[str, Any]]:
    """The value of a program's one output and its gradients by input name; of arrays nested lists.

    >>> gradients("a*b + c", a=2, b=-3, c=10)
    (4.0, {'a': -3.0, 'b': 2.0, 'c': 1.0})

    Raises MgradError for a wrong program, a missing input, a name that is no input, or a program
    with several outputs (use `parse`, `bind` and `reports` for that).
    """
    if isinstance(program, str):
        program = parse(program, inputs=numbers)
    given = by_element(program.arrays, numbers)
    unknown = [name for name in given if name not in program.inputs]
    missing = program.missing(given)
    if unknown:
        raise UsageError(f"'{unknown[0]}' is not an input of the program")
    if missing is not None:
        raise UsageError(f"input '{missing}' has no value")
    if len(program.outputs) != 1:
        raise UsageError(f"expected one output, got {len(program.outputs)}")
    report = next(reports(bind(program, given), nodes="inputs"))
    return report.value, by_name(program.arrays, report.grad)
