"""A program's output as a function along lines through a point, with the engine's gradient there.

Along a line only what the moving input changes is computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from random import Random
from typing import Any, NamedTuple

from micrograd_cli.algebra.branches import branch, piecewise
from micrograd_cli.checks.numerical import Estimate, Line, Sample, derivative
from micrograd_cli.engine import backward, forward, gradient, push
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import bind
from micrograd_cli.nodes import Node
from micrograd_cli.numbers import rounded_sum

EPSILON = 2.0**-52
TRIALS = 8  # of Monte Carlo arithmetic
DOUBLE = 2.0  # the bound is to hold though these find no more than a typical error


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

    def measure(self, values: Sequence[float]) -> float:
        """What the function is where the program's nodes have these values."""
        return float(values[self.output.node.index])

    def graph(self, values: Sequence[float]) -> Graph:
        """The graph of the function."""
        return Graph(self.order, values, self.output.node, self.program.inputs)

    def rounding(
        self, name: str, values: Sequence[float], grads: Sequence[float], measured: float
    ) -> float:
        """What an input's nodes contribute to the rounding error where they have these values."""
        return rounding(self.affected[name], values, grads)


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
        self.grads: list[float] = [0.0 if grad is None else grad for grad in found]
        leaves = self.graph.leaves
        self.gradient = dict(zip(leaves, gradient(found, leaves.values()), strict=True))
        nodes = [*self.graph.order, *self.graph.leaves.values()]
        self.noise = rounding(nodes, self.graph.values, self.grads)  # a bound on the value's error

    def named(self) -> dict[str, float]:
        """The inputs and the named nodes of the program with their numbers."""
        named = self.probe.program.named
        return {name: self.values[node.index] for name, node in named.items()} | self.point

    def estimate(self, key: str, goal: Callable[[float], float], thorough: bool) -> Estimate:
        """The numerical derivative with respect to an input."""
        return derivative(self.line(key), self.base(key), goal, thorough)

    def base(self, key: str) -> Sample:
        """The point itself, on the line along an input."""
        return Sample(self.point[key], self.value, self.noise, self.piece(key, self.values))

    def overflow(self, key: str) -> Sample | None:
        """The point, if a node of the program is inf or nan there."""
        finite = all(isfinite(self.values[node.index]) for node in self.probe.order)
        return None if finite else self.base(key)

    def line(self, name: str) -> Line:
        """The function of one input, the others held."""
        return lambda places: [self.sample(name, place) for place in places]

    def sample(self, name: str, place: float) -> Sample:
        values = self.moved(name, place)
        measured = self.probe.measure(values)
        noise = self.noise + self.probe.rounding(name, values, self.grads, measured)
        return Sample(place, measured, noise, self.piece(name, values))

    def moved(self, name: str, place: float) -> list[float]:
        """The values of the program's nodes where one input is elsewhere."""
        values = self.values.copy()
        values[self.probe.program.inputs[name].index] = place
        forward(self.probe.affected[name], values)
        return values

    def piece(self, name: str, values: Sequence[float]) -> tuple[Any, ...]:
        """The branches that the operations take which an input affects."""
        return tuple(
            branch(node.op, *[values[arg.index] for arg in node.args])
            for node in self.probe.piecewise[name]
        )

    def blur(self, key: str) -> float:
        """How far rounding errors may put the gradient off.

        By Monte Carlo arithmetic (Parker 1997): computed again with errors thrown in at random.
        """
        if not isfinite(self.gradient[key]):
            return 0.0
        random = Random(0)
        leaf = self.graph.leaves[key].index
        shifts = [abs(self.shaken(random)[leaf] - self.gradient[key]) for _ in range(TRIALS)]
        return float(DOUBLE * max(shifts))

    def shaken(self, random: Random) -> list[float]:
        """The grads once more, each result with a rounding error at random."""

        def shake(number: float) -> float:
            return float(number * (1 + EPSILON * random.uniform(-1, 1)))

        order, start, root, _ = self.graph
        values = list(start)
        for node in order:
            forward((node,), values)
            if not piecewise(node.op):  # those are exact, and their rules rely on it
                values[node.index] = shake(values[node.index])
        grads = [0.0] * len(values)
        grads[root.index] = 1.0
        for node in reversed(order):
            push(node, values, grads)
            for arg in node.args:
                grads[arg.index] = shake(grads[arg.index])
        return grads


def rounding(nodes: Iterable[Node], values: Sequence[float], grads: Sequence[float]) -> float:
    """A bound on the rounding error of the output: that of each node, times its gradient."""
    errors = [abs(float(values[node.index] * grads[node.index])) for node in nodes]
    return EPSILON * rounded_sum([*filter(isfinite, errors)])


def affected(order: Iterable[Node], leaf: Node) -> list[Node]:
    """The nodes of an order that a change of the leaf reaches, past none that blocks gradients."""
    moved = {leaf}
    found = []
    for node in order:
        if not node.op.blocks_gradient and not moved.isdisjoint(node.args):
            moved.add(node)
            found.append(node)
    return found
