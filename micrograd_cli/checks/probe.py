"""A program's output as a function along lines through a point, with the engine's gradient there.

Along a line only what the moving input changes is computed again. How far rounding may put a value
or a gradient off is told by the algebra BOUND, as in eval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from math import isfinite
from typing import Any, NamedTuple

from micrograd_cli.algebra.accurate import HALF
from micrograd_cli.algebra.bound import BOUND
from micrograd_cli.algebra.branches import branch, piecewise
from micrograd_cli.algebra.rounding import Bound, bound, unsure
from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.bounds import Bounds, bounds
from micrograd_cli.checks.numerical import Estimate, Line, Sample, derivative
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import bind
from micrograd_cli.nodes import Node


class Graph(NamedTuple):
    """A graph with its numbers at a point; its gradient is what is checked."""

    order: Sequence[Node]
    values: Sequence[float]
    root: Node
    leaves: Mapping[str, Node]  # by input


class Probe:
    """One output of a program, to be looked at from any point.

    What the program detaches is held along a line: the derivative is then that of the function
    which the gradient is meant for.
    """

    def __init__(self, program: Program, output: Output) -> None:
        self.program = program
        self.output = output
        self.order = program.order_to(output.node)
        self.affected = {name: affected(self.order, leaf) for name, leaf in program.inputs.items()}
        self.piecewise = {
            name: [node for node in nodes if piecewise(node.op)]
            for name, nodes in self.affected.items()
        }

    def measure(self, values: Sequence[Any], m: Any = FLOAT) -> Any:
        """What the function is where the program's nodes have these values."""
        return values[self.output.node.index]

    def graph(self, values: Sequence[float]) -> Graph:
        """The graph of the function."""
        return Graph(self.order, values, self.output.node, self.program.inputs)


class Local:
    """A probe at a point: the function's value and gradient there, and its lines through it."""

    def __init__(self, probe: Probe, point: Mapping[str, float]) -> None:
        inputs = probe.program.inputs
        self.probe = probe
        self.point = {name: float(point[name]) for name in inputs}
        self.values = bind(probe.program, self.point).values
        self.value = probe.measure(self.values)
        self.graph = probe.graph(self.values)
        found = backward(self.graph.order, self.graph.values, self.graph.root, 1.0)
        leaves = self.graph.leaves
        self.gradient = dict(zip(leaves, gradient(found, leaves.values()), strict=True))
        self.bounds: list[Any] = list(map(Bound, self.values))
        forward(probe.order, self.bounds, BOUND)
        self.noise = self.error(self.bounds)

    def named(self) -> dict[str, float]:
        """The inputs and the named nodes of the program with their numbers."""
        named = self.probe.program.named
        return {name: self.values[node.index] for name, node in named.items()} | self.point

    def estimate(self, key: str, goal: Callable[[float], float], thorough: bool) -> Estimate:
        """The numerical derivative with respect to an input."""
        return derivative(self.line(key, thorough), self.base(key), goal, thorough)

    def base(self, key: str) -> Sample:
        """The point itself, on the line along an input."""
        return Sample(self.point[key], self.value, self.noise, self.piece(key, self.values))

    def overflow(self, key: str) -> Sample | None:
        """The point, if a node of the program is inf or nan there."""
        finite = all(isfinite(self.values[node.index]) for node in self.probe.order)
        return None if finite else self.base(key)

    def line(self, name: str, thorough: bool) -> Line:
        """The function of one input, the others held, with a bound on its rounding at each place.

        At first sight the bounds at both ends serve all places, where chance may make them small.
        """

        def walk(places: Sequence[float]) -> list[Sample]:
            known = places if thorough else (min(places), max(places))
            bounds = [self.error(self.moved_bounds(name, place)) for place in known]
            noise = bounds if thorough else [max(self.noise, *bounds)] * len(places)
            return [self.sample(name, *pair) for pair in zip(places, noise, strict=True)]

        return walk

    def sample(self, name: str, place: float, noise: float) -> Sample:
        values = self.moved(name, place)
        return Sample(place, self.probe.measure(values), noise, self.piece(name, values))

    def error(self, values: Sequence[Bound]) -> float:
        """A bound on the function's rounding error where the nodes have these bounds."""
        return bound(self.probe.measure(values, BOUND)).error

    def moved(self, name: str, place: float) -> list[float]:
        """The values of the program's nodes where one input is elsewhere."""
        values = self.values.copy()
        values[self.probe.program.inputs[name].index] = place
        forward(self.probe.affected[name], values)
        return values

    def moved_bounds(self, name: str, place: float) -> list[Bound]:
        """Their bounds; the input is in doubt by as much as floats cannot tell apart."""
        values = self.bounds.copy()
        step = HALF * abs(place)
        values[self.probe.program.inputs[name].index] = unsure(place, 0.0, step)
        forward(self.probe.affected[name], values, BOUND)
        return values

    def piece(self, name: str, values: Sequence[float]) -> tuple[Any, ...]:
        """The branches that the operations take which an input affects."""
        return tuple(
            branch(node.op, *[values[arg.index] for arg in node.args])
            for node in self.probe.piecewise[name]
        )

    @cached_property
    def graph_bounds(self) -> Bounds:
        order, values, root, _ = self.graph
        return bounds(order, list(map(Bound, values)), root)

    def blur(self, key: str) -> float:
        """How far rounding errors may put the gradient off."""
        found = self.graph_bounds.grads[self.graph.leaves[key].index]
        return found.likely_error if found and isfinite(self.gradient[key]) else 0.0


def affected(order: Iterable[Node], leaf: Node) -> list[Node]:
    """The nodes of an order that a change of the leaf reaches, past none that blocks gradients."""
    moved = {leaf}
    found = []
    for node in order:
        if not node.op.blocks_gradient and not moved.isdisjoint(node.args):
            moved.add(node)
            found.append(node)
    return found
