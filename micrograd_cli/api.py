"""The short way from Python: an expression and numbers to its value and gradients, or to a page."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from html import escape
from math import inf
from typing import Any, NamedTuple

from micrograd_cli.analysis.report import reports
from micrograd_cli.analysis.sampling import Range
from micrograd_cli.errors import UsageError
from micrograd_cli.language.block_values import by_element, by_name
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import evaluate_constant, parse
from micrograd_cli.language.run import bind
from micrograd_cli.numbers import UNDECIDED, Written


def gradients(program: str | Program, /, **numbers: Any) -> tuple[float, dict[str, Any]]:
    """The value of a program's one output and its gradients by input name; of arrays nested lists.

    >>> gradients("a*b + c", a=2, b=-3, c=10)
    (4.0, {'a': -3.0, 'b': 2.0, 'c': 1.0})

    Raises MgradError for a wrong program, a missing input, a name that is no input, or a program
    with several outputs (use `parse`, `bind` and `reports` for that).
    """
    program, given = bound(program, numbers)
    report = next(reports(bind(program, given), nodes="inputs"))
    return report.value, by_name(program.arrays, report.grad)


def certain(
    program: str | Program, digits: int = 50, /, **numbers: Any
) -> tuple[Decimal | None, dict[str, Any]]:
    """What `gradients` gives, with that many significant digits, all of which are right.

    A number is a text or a Decimal, which is what it says: "0.1" is a tenth; a Fraction, an int, or
    a float, which is the float that it is.

    >>> certain("log(1+x)/x", 20, x="1e-17")
    (Decimal('0.99999999999999999500'), {'x': Decimal('-0.49999999999999999333')})

    None is a number that is undecided: it seems to be 0, but that cannot be proven; or one with an
    exponent that no Decimal has. Raises what `gradients` raises, and ImportError without
    python-flint.
    """
    from micrograd_cli.analysis.certain import Wanted, certain_reports

    if digits < 1:
        raise UsageError(f"digits must be at least 1, got {digits}")
    program, given = bound(program, numbers)
    exact = {name: as_typed(number) for name, number in given.items()}
    report = next(certain_reports(program, exact, None, "inputs", Wanted(digits)))
    grad = {name: as_decimal(text) for name, text in report.grad.items()}
    return as_decimal(report.value), by_name(program.arrays, grad)


def as_typed(number: Any) -> float:
    """A number with the text that says it exactly; a float needs none. Raises MgradError."""
    if not isinstance(number, (str, Decimal, Fraction, int)):
        return float(number)
    return Written(evaluate_constant(str(number)), str(number))


def as_decimal(text: Any) -> Decimal | None:
    try:
        return None if text == UNDECIDED else Decimal(text)
    except ArithmeticError:
        return None


def bound(program: str | Program, numbers: dict[str, Any]) -> tuple[Program, dict[str, Any]]:
    """A program of one output, and its numbers by element. Raises MgradError."""
    program = read(program, numbers)
    given = by_element(program.arrays, numbers)
    missing = program.missing(given)
    if missing is not None:
        raise UsageError(f"input '{missing}' has no value")
    if len(program.outputs) != 1:
        raise UsageError(f"expected one output, got {len(program.outputs)}")
    return program, given


class Page(NamedTuple):
    """A page as `mgrad page` makes it. A notebook shows it in a frame."""

    html: str

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" title="mgrad page" sandbox="allow-scripts" '
            'style="width: 100%; height: 820px; border: 0"></iframe>'
        )


def page(program: str | Program, /, **numbers: float | tuple[float, float]) -> Page:
    """The page of a program: its graph, live, with a slider for each input.

    An input is given the number that it starts at or, as a pair, the range of its slider. Raises
    MgradError for a wrong program, a name that is no input, an empty range, or a program that is
    too large to draw.
    """
    from micrograd_cli.analysis.anatomy import anatomy
    from micrograd_cli.analysis.ranges import ranges, start
    from micrograd_cli.render.page.document import html

    program = read(program, numbers)
    bindings = {
        name: Range(*map(float, given)) if isinstance(given, tuple) else float(given)
        for name, given in numbers.items()
    }
    for name, given in bindings.items():
        if isinstance(given, Range) and not -inf < given.lo <= given.hi < inf:
            raise UsageError(f"the range of '{name}' is empty or not finite")
    begin = start(program, bindings)
    return Page(html(anatomy(program), begin, ranges(program, bindings, begin)))


def read(program: str | Program, names: Iterable[str]) -> Program:
    """A program that has inputs of these names. Raises MgradError."""
    if isinstance(program, str):
        program = parse(program, inputs=names)
    for name in names:
        if name not in program.inputs and name not in program.input_names():
            raise UsageError(f"'{name}' is not an input of the program")
    return program
