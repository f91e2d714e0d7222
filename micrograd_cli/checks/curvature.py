"""The second derivatives of an output, to be checked against its gradient along lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from micrograd_cli.checks.numerical import Estimate, Sample
from micrograd_cli.checks.obstacles import Reason
from micrograd_cli.checks.probe import EPSILON, Probe
from micrograd_cli.engine import Value, backward, forward, topological_order
from micrograd_cli.language.reading import Output, Program
from micrograd_cli.symbolic.derivative import derivatives


class Slope(Probe):
    """The derivative of an output by an input, as the engine's backward pass gives it.

    `root` is that derivative as a graph: its gradient is a row of the Hessian.
    """

    def __init__(self, program: Program, output: Output, by: str, root: Value) -> None:
        super().__init__(program, output)
        self.leaf = program.inputs[by]
        self.root = root
        self.root_order = topological_order(root)

    def compute(self) -> None:
        super().compute()
        forward(self.root_order)

    def measure(self) -> float:
        for leaf in self.program.inputs.values():
            leaf.grad = 0.0
        backward(self.order, 1.0)
        if not self.order:
            self.output.node.grad = 1.0
        return float(self.leaf.grad)

    def rounding(self, name: str) -> float:
        return EPSILON * abs(float(self.leaf.grad))


class Hessian:
    """The second derivatives of an output, as a subject of checks; a key is two inputs: `a,b`."""

    def __init__(self, program: Program, output: Output, names: Sequence[str]) -> None:
        self.first = Probe(program, output)
        leaves = [program.inputs[name] for name in names]
        roots = derivatives(output.node, leaves)
        self.slopes = {
            name: Slope(program, output, name, roots[leaf])
            for name, leaf in zip(names, leaves, strict=True)
        }
        self.keys = [f"{a},{b}" for i, a in enumerate(names) for b in names[i:]]
        self.gradient: dict[str, float] = {}
        self.point: dict[str, float] = {}
        self.value = self.noise = 0.0

    def move(self, point: Mapping[str, float]) -> None:
        """Go to a point, which has a number for each input."""
        self.first.move(point)
        self.value, self.noise, self.point = self.first.value, self.first.noise, self.first.point
        for slope in self.slopes.values():
            slope.move(point)
        for key in self.keys:
            slope, by = self.split(key)
            self.gradient[key] = slope.gradient[by]

    def split(self, key: str) -> tuple[Slope, str]:
        a, b = key.split(",")
        return self.slopes[a], b

    def named(self) -> dict[str, float]:
        return self.first.named()

    def estimate(self, key: str, goal: Callable[[float], float], thorough: bool) -> Estimate:
        """The numerical derivative of the gradient by one input along the other."""
        slope, by = self.split(key)
        return slope.estimate(by, goal, thorough)

    def overflow(self, key: str) -> Sample | None:
        slope, by = self.split(key)
        return slope.overflow(by)

    def reason(self, key: str, estimate: Estimate) -> Reason:
        slope, by = self.split(key)
        return slope.reason(by, estimate)

    def convention(self, key: str) -> Reason | None:
        slope, by = self.split(key)
        return slope.convention(by)

    def blur(self, key: str) -> float:
        slope, by = self.split(key)
        return slope.blur(by)
