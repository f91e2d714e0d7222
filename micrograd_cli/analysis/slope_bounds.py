"""The gradient over a box: the graph of the first derivatives, evaluated in mean value forms.

What they add to the true range shrinks as the square of the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_cli.algebra.ball import BALL
from micrograd_cli.algebra.ball.numbers import Ball, within
from micrograd_cli.analysis.centred import Centred
from micrograd_cli.analysis.certain import as_ball, constant_ball
from micrograd_cli.analysis.matrices import slopes
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.theorems import torn
from micrograd_cli.analysis.warnings import concerns
from micrograd_cli.engine import forward
from micrograd_cli.language.program import Output, Program
from micrograd_cli.nodes import topological_order
from micrograd_cli.symbolic.graph import ExactGraph

MOST_NODES = 1000  # of the graph of first derivatives: beyond, a box would take too long


class SlopeBounds:
    """The gradient of an output by `names`, over boxes of the inputs `ranges`.

    Raises ProgramError where the graph of the derivatives is too large.
    """

    def __init__(
        self, program: Program, output: Output, names: Sequence[str], ranges: Sequence[str]
    ) -> None:
        self.graph, _, self.roots = slopes(program, output, names, ExactGraph(MOST_NODES))
        self.inputs = list(program.inputs.values())
        leaves = [self.graph.leaf(program.inputs[name]) for name in ranges]
        self.leaves = {leaf.index: i for i, leaf in enumerate(leaves)}
        self.order = topological_order(*self.roots)
        self.size = len(self.order) * (1 + len(ranges))  # operations of a box

    def tightened(
        self, done: Sweep, found: Sequence[Ball], middle: Sequence[Any], moves: Sequence[Ball]
    ) -> list[Ball]:
        """The gradients over the box of a sweep; `middle` are the values in its middle, `moves` the
        sides of the box as seen from there.
        """
        if kinked(done):
            return [*found]
        there = self.started(middle)
        forward(self.order, there, BALL)
        values = Centred(self.started(done.values), self.order, there, self.leaves, moves)
        forward(self.order, values, BALL)
        if torn(self.order, values):
            return [*found]
        ends = [as_ball(values[root.index]) for root in self.roots]
        return [within(slope, end.lo, end.hi) if end.is_finite and slope.is_finite else slope
                for slope, end in zip(found, ends, strict=True)]  # fmt: skip

    def started(self, values: Sequence[Any]) -> list[Any]:
        """The leaves' values of the graph, from those of the program."""
        return self.graph.start({leaf: values[leaf.index] for leaf in self.inputs}, constant_ball)


def kinked(done: Sweep) -> bool:
    """Whether an operation may have a kink within the box."""
    for node in done.order:
        for kink in node.op.kinks:
            at = as_ball(kink.at(BALL, *[done.values[arg.index] for arg in node.args]))
            never = at.is_point and at.has_zero
            if not never and any(concerns(done, node, kink)):
                return True
    return False
