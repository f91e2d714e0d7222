"""What a plot is made of: sampled curves of one input, or a field of two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from micrograd_cli.analysis.curves import Trace
from micrograd_cli.analysis.matrices import output_name
from micrograd_cli.analysis.quantities import Quantity
from micrograd_cli.analysis.scales import LINEAR, Scale
from micrograd_cli.engine import backward, gradient
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import bind


class Traced(NamedTuple):
    """A sampled output; `setting` has the values of the inputs of which there are several."""

    output: str
    setting: Mapping[str, float]
    trace: Trace


class Tangent(NamedTuple):
    """The tangent of a curve (by its number) at an input: the output and its slope there."""

    curve: int
    at: float
    value: float
    slope: float


class Plot(NamedTuple):
    """Curves along one input, from one number to another.

    `shown` are the quantities to draw, by number; `clip` is the given range of the output.
    """

    along: str
    lo: float
    hi: float
    quantities: Sequence[Quantity]
    shown: Sequence[int]
    curves: Sequence[Traced]
    across: Scale = LINEAR
    up: Scale = LINEAR
    clip: tuple[float, float] | None = None
    tangents: Sequence[Tangent] = ()
    points: Sequence[tuple[float, float]] = ()
    title: str = ""
    band: Sequence[Sequence[tuple[float, float]]] = ()  # its edges

    @property
    def columns(self) -> list[Quantity]:
        """The quantities to draw."""
        return [self.quantities[q] for q in self.shown]


class Field(NamedTuple):
    """An output on a grid of two inputs: `values[row][column]`, from the least y up.

    `arrows` are points and the gradients there: (x, y, by x, by y).
    """

    names: tuple[str, str]
    x: tuple[float, float]
    y: tuple[float, float]
    output: str
    values: Sequence[Sequence[float]]
    arrows: Sequence[tuple[float, float, float, float]]
    path: Sequence[tuple[float, float]] = ()
    title: str = ""

    def points(self) -> Iterator[tuple[float, float, float]]:
        """The points of the grid with their values."""
        xs, ys = between(*self.x, len(self.values[0])), between(*self.y, len(self.values))
        for y, row in zip(ys, self.values, strict=True):
            for x, value in zip(xs, row, strict=True):
                yield x, y, value


class Grid(NamedTuple):
    """Two inputs with their ranges, and how many points of each are computed."""

    names: tuple[str, str]
    x: tuple[float, float]
    y: tuple[float, float]
    columns: int
    rows: int


def field(
    program: Program,
    output: Output,
    numbers: Mapping[str, float],
    grid: Grid,
    arrows: tuple[int, int],
    path: Sequence[tuple[float, float]] = (),
    title: str = "",
) -> Field:
    """An output on a grid; its gradients on a coarser one of so many columns and rows."""
    root, order = output.node, program.order_to(output.node)
    leaves = [program.inputs[name] for name in grid.names]

    def run_at(x: float, y: float) -> list[float]:
        return bind(program, {**numbers, grid.names[0]: x, grid.names[1]: y}).values

    xs, ys = between(*grid.x, grid.columns), between(*grid.y, grid.rows)
    values = [[float(run_at(x, y)[root.index]) for x in xs] for y in ys]
    found = []
    for y in inside(*grid.y, arrows[1]):
        for x in inside(*grid.x, arrows[0]):
            computed = run_at(x, y)
            if isfinite(computed[root.index]):
                by_x, by_y = gradient(backward(order, computed, root, 1.0), leaves)
                found.append((x, y, by_x, by_y))
    name = output_name(program, output)
    return Field(grid.names, grid.x, grid.y, name, values, found, path, title)


def between(lo: float, hi: float, number: int) -> list[float]:
    """So many numbers from one to another, both among them."""
    return [lo + (hi - lo) * (n / (number - 1)) for n in range(number)]


def inside(lo: float, hi: float, number: int) -> list[float]:
    """The middles of so many equal parts."""
    return [lo + (hi - lo) * ((n + 0.5) / number) for n in range(number)]
