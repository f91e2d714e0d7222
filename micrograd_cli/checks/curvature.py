"""The second derivatives of an output, to be checked against its gradient along lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.checks.numerical import Estimate, Sample
from micrograd_cli.checks.obstacles import Reason
from micrograd_cli.checks.probe import Graph, Probe
from micrograd_cli.checks.subject import Place
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.language.program import Output, Program
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.symbolic.curvature import CurvedGraph
from micrograd_cli.symbolic.derivative import derivatives


class Slope(Probe):
    """The derivative of an output by an input, as the engine's backward pass gives it.

    `root` is that derivative as a graph of `symbols`: its gradient is a row of the Hessian.
    """

    def __init__(
        self, program: Program, output: Output, by: str, symbols: CurvedGraph, root: Node
    ) -> None:
        super().__init__(program, output)
        self.leaf = program.inputs[by]
        self.symbols = symbols
        self.root = root
        self.root_order = topological_order(root)

    def measure(self, values: Sequence[Any], m: Any = FLOAT) -> Any:
        grads = backward(self.order, values, self.output.node, 1.0, m)
        return gradient(grads, (self.leaf,))[0]

    def graph(self, values: Sequence[float]) -> Graph:
        inputs = self.program.inputs
        numbers = self.symbols.start({leaf: values[leaf.index] for leaf in inputs.values()})
        forward(self.root_order, numbers)
        leaves = {name: self.symbols.leaf(leaf) for name, leaf in inputs.items()}
        return Graph(self.root_order, numbers, self.root, leaves)


class HessianSubject:
    """The second derivatives of an output, as a subject of checks; a key is two inputs: `a,b`."""

    def __init__(self, program: Program, output: Output, names: Sequence[str]) -> None:
        self.first = Probe(program, output)
        symbols = CurvedGraph()
        for leaf in program.inputs.values():
            symbols.leaf(leaf)
        roots = derivatives(output.node, [program.inputs[name] for name in names], symbols)
        self.slopes = {
            name: Slope(program, output, name, symbols, roots[program.inputs[name]])
            for name in names
        }

    def at(self, point: Mapping[str, float]) -> HessianPlace:
        """The output at a point, which has a number for each input."""
        slopes = {name: Place(slope, point) for name, slope in self.slopes.items()}
        return HessianPlace(Place(self.first, point), slopes)


class HessianPlace:
    """An output and its slopes at a point; see `checking.Place`."""

    def __init__(self, first: Place, slopes: Mapping[str, Place]) -> None:
        self.first = first
        self.slopes = slopes
        self.point, self.value, self.noise = first.point, first.value, first.noise
        names = list(slopes)
        self.pairs = {f"{a},{b}": (a, b) for i, a in enumerate(names) for b in names[i:]}
        self.gradient = {key: slopes[a].gradient[b] for key, (a, b) in self.pairs.items()}

    def split(self, key: str) -> tuple[Place, str]:
        """The slope that a key is a derivative of, and by which input."""
        a, b = self.pairs[key]
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
