"""Conditions: comparisons as a person would write them, x > 5 for max(x, 0) > 5."""

from __future__ import annotations

from micrograd_cli.nodes import Node
from micrograd_cli.ops import OPS, Op
from micrograd_cli.symbolic.nodes import MINUS
from micrograd_cli.symbolic.number import Number, Operand
from micrograd_cli.symbolic.order import Order
from micrograd_cli.symbolic.rewriting import rewrite

HYPOT, NOT = OPS["hypot"], OPS["not"]


class Conditions(Order):
    """The layer that compares."""

    def apply(self, op: Op, *x: Operand) -> Number:
        return self.number(rewrite(self, op, *[self.number(each).node for each in x]))

    def compare(self, name: str, x: Operand, y: Operand) -> Number:
        """1 or 0: x beside y, by the comparison of that name."""
        a, b = self.number(x).node, self.number(y).node
        if b is self.zero and a.op is MINUS and self.value(a.right) is not None:
            a, b = a.left, a.right  # x == 1 for x - 1 == 0
        if name == "==" and b is self.zero and a.op is HYPOT and any(map(self.value, a.args)):
            return self.number(0)  # it is no less than a number that is not 0
        if name == "==" and b.op.winner and len(b.args) == 2 and a in b.args:
            name, b = b.op.winner, b.args[a is b.left]  # x >= y for x == max(x, y)
        if name == ">" and a.op.name == "max" and self.value(b) is not None:
            above = [arg for arg in a.args if not self.is_at_most(arg, b)]
            a = above[0] if len(above) == 1 else a  # x > 5 for max(x, 0) > 5
        if self.value(a) is not None and self.value(b) is None:
            a, b, name = b, a, OPS[name].mirrored  # x < 5 for 5 > x
        return self.apply(OPS[name], a, b)

    def is_at_most(self, a: Node, b: Node) -> bool:
        """Whether it is known that a <= b."""
        x, y = self.value(a), self.value(b)
        return x is not None and y is not None and x <= y

    def negation(self, condition: Node) -> Node:
        if condition.op is NOT:
            return condition.left  # type: ignore[no-any-return]
        return self.make(NOT, condition)
