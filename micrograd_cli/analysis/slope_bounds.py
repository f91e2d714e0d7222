"""The gradient over a box from its value in the middle and the second derivatives over the box.

This is the mean value form: what it adds to the true range shrinks as the square of the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from micrograd_cli.algebra.ball import BALL
from micrograd_cli.algebra.ball.numbers import UNIT, Ball, within
from micrograd_cli.analysis.certain import as_ball, constant_ball
from micrograd_cli.analysis.matrices import slopes
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.theorems import torn
from micrograd_cli.analysis.warnings import concerns
from micrograd_cli.engine import backward, forward, gradient
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
        self.leaves = [self.graph.leaf(program.inputs[name]) for name in ranges]
        self.order = topological_order(*self.roots)
        self.orders = [topological_order(root) for root in self.roots]
        self.size = len(self.order) + sum(map(len, self.orders))  # operations of a box

    def tightened(
        self, done: Sweep, found: Sequence[Ball], middle: Sequence[Ball], moves: Sequence[Ball]
    ) -> list[Ball]:
        """The gradients over the box of a sweep, from those in its middle; `moves` are the sides
        of the box as seen from there.
        """
        values: list[Any] = self.graph.start(
            {leaf: done.values[leaf.index] for leaf in self.inputs}, constant_ball
        )
        forward(self.order, values, BALL)
        if kinked(done) or torn(self.order, values):
            return [*found]
        tight = []
        for root, order, slope, at in zip(self.roots, self.orders, found, middle, strict=True):
            grads = backward(order, values, root, UNIT, BALL)
            bends = [as_ball(each) for each in gradient(grads, self.leaves)]
            if at.is_finite and slope.is_finite and all(each.is_finite for each in bends):
                around = reduce(add, [b * move for b, move in zip(bends, moves, strict=True)], at)
                slope = within(slope, around.lo, around.hi)
            tight.append(slope)
        return tight


def kinked(done: Sweep) -> bool:
    """Whether an operation may have a kink within the box."""
    for node in done.order:
        for kink in node.op.kinks:
            at = as_ball(kink.at(BALL, *[done.values[arg.index] for arg in node.args]))
            never = at.is_point and at.has_zero
            if not never and any(concerns(done, node, kink)):
                return True
    return False
