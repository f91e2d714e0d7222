"""Values and gradients over ranges and lists of inputs, a row for each point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

from micrograd_cli.analysis.report import Report
from micrograd_cli.language.program import Program
from micrograd_cli.numbers import is_finite


class Tabulation(NamedTuple):
    """The points, in columns called as the inputs that vary, and beside them the results."""

    inputs: list[str]
    results: list[str]
    rows: list[tuple[float, ...]]

    @property
    def header(self) -> list[str]:
        return [*self.inputs, *self.results]

    @property
    def nonfinite(self) -> list[tuple[float, ...]]:
        """The rows with a result that is inf or nan."""
        first = len(self.inputs)
        return [row for row in self.rows if not all(map(is_finite, row[first:]))]


def grid_points(
    bindings: Mapping[str, float | tuple[float, ...]],
) -> Iterator[dict[str, float]]:
    """Each combination of what inputs are given, the last of them varying fastest."""
    choices = [each if isinstance(each, tuple) else (each,) for each in bindings.values()]
    for point in product(*choices):
        yield dict(zip(bindings, point, strict=True))


def count_points(bindings: Mapping[str, object]) -> int:
    """How many combinations there are."""
    return prod(len(each) for each in bindings.values() if isinstance(each, tuple))


Reports = Callable[[dict[str, float]], Iterable[Report]]  # of a program at a point


def tabulate(
    program: Program,
    bindings: Mapping[str, float | tuple[float, ...]],
    wrt: Sequence[str] | None = None,
    reports: Reports | None = None,
) -> Tabulation:
    """The results at each point of what inputs are given; the other inputs have their defaults.

    With `reports` they are the numbers of those: digits that are certain.
    """
    from micrograd_cli.compiled import Compiled, by_elements

    numbers = {**program.defaults, **bindings}
    varied = [name for name in program.inputs if isinstance(numbers[name], tuple)]
    fixed = {name: each for name, each in numbers.items() if not isinstance(each, tuple)}
    function = Compiled(program, by_elements(program, wrt), fixed)

    def certain(*point: float) -> Iterator[Any]:
        for report in reports({**fixed, **dict(zip(varied, point, strict=True))}):  # type: ignore
            yield from (report.value, *report.grad.values())

    row = certain if reports else function.row
    choices = [numbers[name] for name in varied]
    points: Iterator[tuple[float, ...]] = product(*choices)  # type: ignore[arg-type]
    rows = [(*point, *row(*point)) for point in points]
    return Tabulation(varied, function.result_columns, rows)
