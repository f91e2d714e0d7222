"""The short way from Python: an expression and numbers to its value and gradients, or to a page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from math import inf
from typing import Any, NamedTuple

from micrograd_cli.analysis.report import reports
from micrograd_cli.analysis.sampling import Range
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
    program = read(program, numbers)
    given = by_element(program.arrays, numbers)
    missing = program.missing(given)
    if missing is not None:
        raise UsageError(f"input '{missing}' has no value")
    if len(program.outputs) != 1:
        raise UsageError(f"expected one output, got {len(program.outputs)}")
    report = next(reports(bind(program, given), nodes="inputs"))
    return report.value, by_name(program.arrays, report.grad)


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
