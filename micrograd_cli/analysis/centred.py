"""The values of nodes over a box, each held within what its slopes allow (mean value form).

A rule alone does not know that two of its operands move together: over 0:1 it has `x - x*x` between
-1 and 1. From its value in the middle of the box and its slopes over the box a node's value is
within an interval too, and what that adds shrinks as the square of the box. Here both are taken at
every node on the way, so what comes after them starts from less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

from micrograd_cli.algebra.ball import BALL
from micrograd_cli.algebra.ball.numbers import UNIT, Ball, within
from micrograd_cli.analysis.theorems import torn
from micrograd_cli.engine import partials
from micrograd_cli.nodes import Node

Slopes = dict[int, Ball]  # by the number of a range; a range that is left out has slope 0


class Centred(list[Any]):
    """Values by index, of which each is tightened when it is set.

    `middle` are the values in the middle of the box, `leaves` the numbers of the ranges by the
    index of their leaf, `moves` the ranges as seen from the middle.
    """

    def __init__(
        self,
        start: Sequence[Any],
        order: Sequence[Node],
        middle: Sequence[Any],
        leaves: Mapping[int, int],
        moves: Sequence[Ball],
    ) -> None:
        super().__init__(start)
        self.nodes = {node.index: node for node in order}
        self.middle, self.moves = middle, moves
        self.slopes: dict[int, Slopes | None] = {i: {number: UNIT} for i, number in leaves.items()}

    def __setitem__(self, index: Any, x: Any) -> None:
        super().__setitem__(index, x)
        found = self.slopes[index] = self.along(self.nodes[index], x)
        at = self.middle[index]
        if not found or x.is_point or x.rivals or not at.is_finite:
            return
        around = reduce(add, [slope * self.moves[i] for i, slope in found.items()], at)
        super().__setitem__(index, within(x, around.lo, around.hi))

    def along(self, node: Node, x: Ball) -> Slopes | None:
        """The slopes of a node over the box; None where they do not bound how far it moves."""
        before = [self.slopes.get(arg.index, {}) for arg in node.args]
        if not any(before) and None not in before:
            return {}
        if None in before or node.op.blocks_gradient or not x.is_finite or torn([node], self):
            return None
        total: Slopes = {}
        for slopes, partial in zip(before, partials(node, self, BALL), strict=True):
            for i, slope in (slopes or {}).items():
                if partial is not None:
                    share = slope * partial
                    total[i] = total[i] + share if i in total else share
        return total if all(slope.is_finite for slope in total.values()) else None
