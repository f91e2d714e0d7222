"""What is minimized: a program's output as a function of some inputs, with exact derivatives.

With columns it is the mean or the sum over rows, which is training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial, reduce
from itertools import chain
from math import inf, isfinite, nan
from operator import add
from typing import Any, NamedTuple, Protocol

import numpy as np

from micrograd_cli.analysis.matrices import slopes
from micrograd_cli.compiled import Compiled
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.estimation.fitting.data import BLOCK, Data
from micrograd_cli.estimation.shares import Shares
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.nodes import topological_order
from micrograd_cli.objective import Objective as Sum
from micrograd_cli.tape.columns import Array
from micrograd_cli.tape.instructions import Tape
from micrograd_cli.tape.kernel import Kernel, make_kernel
from micrograd_cli.tape.python_code import scalar_function

LONG = 20_000  # nodes: to compile more as Python code would take longer than to loop over them


class Point(NamedTuple):
    """A point, the value there, and the gradient. Where one is not finite, value is inf."""

    x: Array
    value: float
    grad: Array

    @property
    def norm(self) -> float:
        """The norm of the gradient."""
        return float(np.linalg.norm(self.grad))


class Objective(Protocol):
    """A function of an array: its value with the gradient, and the matrix of second derivatives."""

    def __call__(self, x: Array) -> Point: ...

    def hessian(self, x: Array) -> Array: ...


def point(x: Array, value: float, grad: Array) -> Point:
    """A point; one that is not finite is beyond all others."""
    fine = isfinite(value) and bool(np.isfinite(grad).all())
    return Point(x, value if fine else inf, grad)


class Scalar:
    """The first output of a program, in the inputs `names`; the others have `numbers`."""

    def __init__(self, program: Program, names: Sequence[str], numbers: Mapping[str, float]):
        self.program = program = program._replace(outputs=program.outputs[:1])
        self.names = [name for name in program.inputs if name in names]
        self.numbers = numbers
        self.root = program.outputs[0].node
        self.order = program.order_to(self.root)
        self.leaves = [program.inputs[name] for name in self.names]
        self.function = Compiled(program, tuple(self.names), numbers)

    def __call__(self, x: Array) -> Point:
        given = x.tolist()
        if len(self.order) <= LONG:
            value, *grad = self.function.row(*given)
        else:
            run = bind(self.program, {**self.numbers, **dict(zip(self.names, given, strict=True))})
            value = run.value(self.root)
            grad = gradient(backward(self.order, run.values, self.root, 1.0), self.leaves)
        return point(x, value, np.array(grad))

    @cached_property
    def curvature(self) -> Curvature:
        return Curvature(self.program, self.names, self.numbers)

    def hessian(self, x: Array) -> Array:
        """The second derivatives, by the graph of the first ones."""
        return self.curvature.filled(self.curvature.row(*x.tolist()))


class Curvature:
    """The second derivatives of a program's output on a tape: the lower triangle, row by row."""

    def __init__(self, program: Program, names: Sequence[str], numbers: Mapping[str, float]):
        graph, leaves, roots = slopes(program, program.outputs[0], names)
        self.size = len(names)
        self.inputs = [name for name in program.inputs if name not in numbers]
        self.tape = Tape()
        start: dict[Any, Any] = {leaf: numbers[name] if name in numbers else self.tape.input(name)
                 for name, leaf in program.inputs.items()}  # fmt: skip
        values = graph.start(start)
        m = self.tape.algebra
        forward(topological_order(*roots), values, m)
        self.results: list[int] = []
        for i, root in enumerate(roots):
            grads = backward(topological_order(root), values, root, 1.0, m)
            entries = gradient(grads, leaves[: i + 1])
            self.results += [self.tape.symbol(entry).number for entry in entries]

    @cached_property
    def row(self) -> Callable[..., tuple[float, ...]]:
        """The function of floats."""
        return scalar_function(self.tape, self.results, self.inputs)

    @cached_property
    def kernel(self) -> Kernel:
        """The function of columns."""
        return make_kernel(self.tape, self.results, self.inputs)

    def __reduce__(self) -> tuple[Any, ...]:
        return curvature_again, (self.size, self.inputs, self.tape, self.results)

    def sums(
        self, given: Mapping[str, float], columns: Mapping[str, Array], count: int, block: int
    ) -> list[Array]:
        """The sums over each block of rows, of which there are `count`."""
        found = []
        for start in range(0, count, block):
            length = min(block, count - start)
            parts = self.kernel([
                given[name] if name in given else columns[name][start : start + block]
                for name in self.inputs
            ])  # fmt: skip
            found.append(np.array([
                part.sum() if len(part) == length else part[0] * length for part in parts
            ]))  # fmt: skip
        return found

    def filled(self, triangle: Sequence[float]) -> Array:
        """The whole matrix of a lower triangle."""
        matrix = np.empty((self.size, self.size))
        i, j = np.tril_indices(self.size)
        matrix[i, j] = matrix[j, i] = triangle
        return matrix


def curvature_again(size: int, inputs: list[str], tape: Tape, results: list[int]) -> Curvature:
    """What pickle calls."""
    found = Curvature.__new__(Curvature)
    found.size, found.inputs, found.tape, found.results = size, inputs, tape, results
    return found


class SumRows:
    """The rows of a share, as sums over them take their columns."""

    def __init__(self, sum_: Sum, data: Data) -> None:
        self.sum = sum_
        self.columns = sum_.packed(data.columns) or dict(data.columns)

    def chunks(self, x: Array) -> list[list[Any]]:
        """The sums over each chunk of the rows."""
        return self.sum.chunks(x, self.columns)

    def batch(self, x: Array, rows: Array) -> tuple[float, Array]:
        """The sum over some of the rows, by index, and its gradient."""
        return self.sum(x, {name: column[rows] for name, column in self.columns.items()})


class CurvatureRows(NamedTuple):
    """The rows of a share, over which second derivatives are added up."""

    curvature: Curvature
    block: int
    data: Data

    def sums(self, given: Mapping[str, float]) -> list[Array]:
        """The sums over each block of the rows."""
        return self.curvature.sums(given, self.data.columns, self.data.height, self.block)


class OverRows:
    """The mean, or the sum, of a program's output over rows, in the inputs `names`."""

    def __init__(
        self,
        program: Program,
        names: Sequence[str],
        numbers: Mapping[str, float],
        rows: Shares,
        mean: bool = True,
    ) -> None:
        self.program = program
        self.names = [name for name in program.inputs if name in names]
        self.numbers = numbers
        self.rows = rows
        self.count = rows.height
        self.mean = mean
        columns = [name for name in program.inputs if name not in {*names, *numbers}]
        self.sum = Sum(program._replace(outputs=program.outputs[:1]), columns, numbers)
        self.shares = rows.made(partial(SumRows, self.sum))

    def at(self, x: Array, rows: Array | None = None) -> Point:
        """The point, by some of the rows, which are here then."""
        if rows is None:
            value, grad = self.sum.total(chain.from_iterable(self.shares.each(SumRows.chunks, x)))
        else:
            [(value, grad)] = self.shares.each(SumRows.batch, x, rows)
        count = self.count if rows is None else len(rows)
        return point(x, value / count, grad / count) if self.mean else point(x, value, grad)

    def __call__(self, x: Array) -> Point:
        return self.at(x)

    @cached_property
    def curvature(self) -> Curvature:
        return Curvature(self.program, self.names, self.numbers)

    @cached_property
    def curved(self) -> Shares:
        """The shares of the rows as CurvatureRows."""
        chunk = self.sum.compiled.chunk
        return self.rows.made(
            partial(CurvatureRows, self.curvature, chunk * max(1, BLOCK // chunk))
        )

    def hessian(self, x: Array) -> Array:
        """The second derivatives."""
        given = dict(zip(self.names, x.tolist(), strict=True))
        sums: Array = reduce(add, chain.from_iterable(self.curved.each(CurvatureRows.sums, given)))
        return self.curvature.filled((sums / self.count if self.mean else sums).tolist())


class Negated:
    """An objective with its sign changed, to be maximized."""

    def __init__(self, objective: Objective) -> None:
        self.objective = objective

    def __call__(self, x: Array) -> Point:
        found = self.objective(x)
        return Point(x, -found.value if isfinite(found.value) else inf, -found.grad)

    def hessian(self, x: Array) -> Array:
        """The second derivatives."""
        return -self.objective.hessian(x)


class Watched:
    """An objective whose evaluations are counted and told; `best` is the lowest point so far."""

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.calls = 0
        self.best = Point(np.zeros(0), nan, np.zeros(0))

    def __call__(self, x: Array) -> Point:
        self.calls += 1
        found = self.objective(x)
        if not found.value >= self.best.value:
            self.best = found
        return found

    def hessian(self, x: Array) -> Array:
        """The second derivatives."""
        return self.objective.hessian(x)
