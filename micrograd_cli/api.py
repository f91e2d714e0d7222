"""The short way from Python: an expression and numbers to its value and gradients."""

from __future__ import annotations

from micrograd_cli.analysis.report import reports
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind


def gradients(program: str | Program, /, **numbers: float) -> tuple[float, dict[str, float]]:
    """The value of a program's one output and its gradients by input name.

    >>> gradients("a*b + c", a=2, b=-3, c=10)
    (4.0, {'a': -3.0, 'b': 2.0, 'c': 1.0})

    Raises MgradError for a wrong program, a missing input, a name that is no input, or a program
    with several outputs (use `parse`, `bind` and `reports` for that).
    """
    if isinstance(program, str):
        program = parse(program, inputs=numbers)
    unknown = [name for name in numbers if name not in program.inputs]
    missing = [name for name in program.inputs if name not in {**program.defaults, **numbers}]
    if unknown:
        raise UsageError(f"'{unknown[0]}' is not an input of the program")
    if missing:
        raise UsageError(f"input '{missing[0]}' has no value")
    if len(program.outputs) != 1:
        raise UsageError(f"expected one output, got {len(program.outputs)}")
    report = next(reports(bind(program, numbers), nodes="inputs"))
    return report.value, report.grad
