"""Choices: `where`, and numbers of which some branch is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

from micrograd_cli.nodes import Node
from micrograd_cli.ops import OPS
from micrograd_cli.symbolic.conditions import NOT, Conditions
from micrograd_cli.symbolic.nodes import WHERE
from micrograd_cli.symbolic.number import Number, Operand

AND, OR = OPS["and"], OPS["or"]
DEPTH = 4  # conditions of a Masked number that are kept apart


class Masked:
    """A number of which some branch is nothing (None): no gradient flows there.

    What it is multiplied by stays inside its branches, so an inf or a nan from a branch that is
    not taken cannot leak: 0*inf is nan, where(c, inf, 0) is not.
    """

    __slots__ = ("chosen", "condition", "graph", "otherwise", "vanishes")

    def __init__(self, graph: Choices, condition: Node, chosen: Part, otherwise: Part) -> None:
        self.graph = graph
        self.condition = condition
        self.chosen = chosen
        self.otherwise = otherwise
        self.vanishes = False  # the number is 0 by itself where there is nothing

    def __mul__(self, other: Any) -> Part:
        chosen = None if self.chosen is None else self.chosen * other
        otherwise = None if self.otherwise is None else self.otherwise * other
        return self.graph.choose(self.condition, chosen, otherwise)

    __rmul__ = __mul__

    def __add__(self, other: Masked | Operand) -> Part:
        if not isinstance(other, Masked):
            return self.graph.plus(self.plain(), self.graph.number(other))
        if other.condition is self.condition:
            chosen = add_parts(self.chosen, other.chosen)
            otherwise = add_parts(self.otherwise, other.otherwise)
            return self.graph.choose(self.condition, chosen, otherwise)
        flows = self.graph.make(OR, self.flows(), other.flows())
        total = self.graph.plus(self.plain(), other.plain())
        joined = Masked(self.graph, flows, total, None)
        joined.vanishes = True
        return joined

    __radd__ = __add__

    def branches(self) -> Iterator[tuple[Node, Number | Masked]]:
        """The branches that are something, each with its condition."""
        if self.chosen is not None:
            yield self.condition, self.chosen
        if self.otherwise is not None:
            yield self.graph.negation(self.condition), self.otherwise

    def plain(self) -> Number:
        """The same with 0 where there is nothing."""
        if self.vanishes and isinstance(self.chosen, Number):
            return self.chosen
        chosen, otherwise = self.graph.plain(self.chosen), self.graph.plain(self.otherwise)
        return self.graph.plain(self.graph.choose(self.condition, chosen, otherwise))

    def flows(self) -> Node:
        """The condition under which there is a number at all."""
        make = self.graph.make
        ways = [
            make(AND, condition, part.flows()) if isinstance(part, Masked) else condition
            for condition, part in self.branches()
        ]
        return reduce(lambda a, b: make(OR, a, b), ways)

    def numbers(self) -> list[Number]:
        """The numbers in its branches."""
        parts = [part for _, part in self.branches()]
        return [n for p in parts for n in (p.numbers() if isinstance(p, Masked) else [p])]

    def size(self) -> int:
        """How many conditions it asks."""
        return 1 + sum(part.size() for _, part in self.branches() if isinstance(part, Masked))


Part = Number | Masked | None


def add_parts(a: Part, b: Part) -> Part:
    """The sum of two parts."""
    if a is None or b is None:
        return b if a is None else a
    return a + b


class Choices(Conditions):
    """The layer that chooses."""

    def where(self, condition: Operand, chosen: Part | Operand, otherwise: Part | Operand) -> Part:
        test = self.number(condition).node
        parts = [
            x if x is None or isinstance(x, Masked) else self.number(x) for x in (chosen, otherwise)
        ]
        known = self.value(test)
        return self.choose(test, *parts) if known is None else parts[not known]

    def choose(self, condition: Node, chosen: Part, otherwise: Part) -> Part:
        """`where` on parts."""
        if condition.op is NOT:
            condition, chosen, otherwise = condition.left, otherwise, chosen
        chosen, otherwise = self.assume(condition, 1, chosen), self.assume(condition, 2, otherwise)
        if isinstance(chosen, Number) and isinstance(otherwise, Number):
            if chosen.node is otherwise.node:
                return chosen
            return self.number(self.make(WHERE, condition, chosen.node, otherwise.node))
        if chosen is None and otherwise is None:
            return None
        masked = Masked(self, condition, chosen, otherwise)
        if masked.size() <= DEPTH:
            return masked
        numbers = masked.numbers()
        inside = numbers[0] if len(numbers) == 1 else masked.plain()
        return Masked(self, masked.flows(), inside, None)

    def assume(self, condition: Node, branch: int, part: Part) -> Part:
        """A part of that branch of a `where`, without the same question in its factors."""
        if isinstance(part, Number):
            factors = part.product.factors
            for base, exponent in factors.items():
                if base.op is WHERE and base.args[0] is condition:
                    others = {v: e for v, e in factors.items() if v is not base}
                    rest = Number(self, part.product._replace(factors=others))
                    return self.times(rest, self.pow(base.args[branch], exponent))
        return part

    def plain(self, part: Part) -> Number:
        """A part with 0 where there is nothing."""
        if part is None:
            return self.number(0)
        return part.plain() if isinstance(part, Masked) else part
