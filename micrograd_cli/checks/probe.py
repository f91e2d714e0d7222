"""A program's output as a function along lines through a point, with the engine's gradient there.

The program's graph is computed again and again; along a line only what the moving input changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import fsum, isfinite
from random import Random
from typing import Any

from micrograd_cli.algebra.branches import branch, piecewise
from micrograd_cli.checks.numerical import Estimate, Line, Sample, derivative
from micrograd_cli.checks.obstacles import Reason, convention, reason
from micrograd_cli.engine import Value, backward, forward, topological_order
from micrograd_cli.language.reading import Output, Program

EPSILON = 2.0**-52
TRIALS = 8  # of Monte Carlo arithmetic
DOUBLE = 2.0  # the bound is to hold though these find no more than a typical error


class Probe:
    """One output of a program. `move` takes it to a point; the other attributes are those there.

    What the program detaches is held along a line: the derivative is then that of the function
    which the gradient is meant for.
    """

    def __init__(self, program: Program, output: Output) -> None:
        self.program = program
        self.output = output
        self.whole = program.order()
        self.order = topological_order(output.node)
        self.root = output.node  # whose gradient is taken
        self.root_order = self.order
        self.affected = {name: affected(self.order, leaf) for name, leaf in program.inputs.items()}
        self.point: dict[str, float] = {}
        self.value = 0.0
        self.noise = 0.0  # a bound on the value's rounding error
        self.gradient: dict[str, float] = {}

    def move(self, point: Mapping[str, float]) -> None:
        """Go to a point, which has a number for each input."""
        inputs = self.program.inputs
        self.point = {name: float(point[name]) for name in inputs}
        for name, leaf in inputs.items():
            leaf.data = self.point[name]
        self.compute()
        self.value = self.measure()
        self.differentiate()
        self.gradient = {name: leaf.grad for name, leaf in inputs.items()}
        self.noise = rounding([*self.root_order, *inputs.values()])

    def compute(self) -> None:
        forward(self.whole)

    def measure(self) -> float:
        """What the function is at the place where the inputs are."""
        return float(self.output.node.data)

    def differentiate(self) -> None:
        for leaf in self.program.inputs.values():
            leaf.grad = 0.0
        backward(self.root_order, 1.0)
        if not self.root_order:
            self.root.grad = 1.0

    def named(self) -> dict[str, float]:
        """The inputs and the named nodes of the program with their numbers."""
        return {name: node.data for name, node in self.program.named.items()} | self.point

    # --- along a line ---------------------------------------------------------------------------

    def estimate(self, key: str, goal: Callable[[float], float], thorough: bool) -> Estimate:
        """The numerical derivative by an input."""
        return derivative(self.line(key), self.base(key), goal, thorough)

    def base(self, key: str) -> Sample:
        """The point itself, on the line along an input."""
        return Sample(self.point[key], self.value, self.noise, self.piece(key))

    def overflow(self, key: str) -> Sample | None:
        """The point, if a node of the program is inf or nan there."""
        return None if all(isfinite(node.data) for node in self.order) else self.base(key)

    def line(self, name: str) -> Line:
        """The function of one input, the others held."""

        def walk(places: Sequence[float]) -> list[Sample]:
            samples = [self.sample(name, place) for place in places]
            self.go(name, self.point[name])
            return samples

        return walk

    def sample(self, name: str, place: float) -> Sample:
        self.go(name, place)
        return Sample(place, self.measure(), self.noise + self.rounding(name), self.piece(name))

    def rounding(self, name: str) -> float:
        """What an input's nodes contribute to the rounding error where they are."""
        return rounding(self.affected[name])

    def go(self, name: str, place: float) -> None:
        self.program.inputs[name].data = place
        forward(self.affected[name])

    def piece(self, name: str) -> tuple[Any, ...]:
        """The branches that the operations take which an input affects."""
        return tuple(
            branch(value.op, *[arg.data for arg in value.args]) for value in self.piecewise(name)
        )

    def piecewise(self, name: str) -> list[Value]:
        return [value for value in self.affected[name] if piecewise(value.op.name)]

    def reason(self, key: str, estimate: Estimate) -> Reason:
        """What stands in the way of an estimate, and at which node."""
        return reason(self, key, estimate)

    def convention(self, key: str) -> Reason | None:
        """The kink at the point, if there is one: the gradient is then that of a convention."""
        return convention(self, key)

    def blur(self, key: str) -> float:
        """How far rounding errors may put the gradient off.

        By Monte Carlo arithmetic (Parker 1997): computed again with errors thrown in at random.
        """
        if not isfinite(self.gradient[key]):
            return 0.0
        random = Random(0)
        leaf = self.program.inputs[key]
        shifts: list[float] = []

        def shaken(number: float) -> float:
            return float(number * (1 + EPSILON * random.uniform(-1, 1)))

        for _ in range(TRIALS):
            for value in self.root_order:
                forward((value,))
                if not piecewise(value.op.name):  # those are exact, and their rules rely on it
                    value.data = shaken(value.data)
            for value in (*self.root_order, *self.program.inputs.values()):
                value.grad = 0.0
            self.root.grad = 1.0
            for value in reversed(self.root_order):
                value._backward()
                for arg in value.args:
                    arg.grad = shaken(arg.grad)
            shifts.append(abs(leaf.grad - self.gradient[key]))
        self.move(self.point)
        return DOUBLE * max(shifts)


def rounding(nodes: Iterable[Value]) -> float:
    """A bound on the rounding error of the output: that of each node, times its gradient."""
    errors = [abs(float(node.data * node.grad)) for node in nodes]
    return EPSILON * fsum(filter(isfinite, errors))


def affected(order: Iterable[Value], leaf: Value) -> list[Value]:
    """The nodes of an order that a change of the leaf reaches; it does not pass a `detach`."""
    moved = {leaf}
    found = []
    for value in order:
        if value.op.name != "detach" and not moved.isdisjoint(value.args):
            moved.add(value)
            found.append(value)
    return found
