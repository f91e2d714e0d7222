"""From products to nodes: which factor is written first, and what stands below the line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import reduce

from micrograd_cli.nodes import Node
from micrograd_cli.ops import CONST, INPUT, OPS
from micrograd_cli.symbolic.nodes import NEG, OVER, PLUS, POWER, TIMES
from micrograd_cli.symbolic.product import Product
from micrograd_cli.symbolic.sums import Sums

HYPOT, SQRT = OPS["hypot"], OPS["sqrt"]

Power = tuple[Node, int]  # a factor and its exponent


class Order(Sums):
    """The layer that writes products down."""

    def node_of(self, product: Product) -> Node:
        if product.top == -1 and len(product.factors) == 1:
            terms = self.terms(product)
            if len(terms) > 1 and any(not term.negative for term in terms):
                return self.node_of_sum(terms)  # b - a for -(a - b)
        twice = [
            base for base, e in product.factors.items() if e == -2 and self.overflows(product, base)
        ]
        product = self.square_roots(product, twice)
        powers = sorted(product.factors.items(), key=self.rank)
        above = self.chain(product.top, [(base, e) for base, e in powers if e > 0])
        under = [(self.unsigned(base), -1 if base in twice else e) for base, e in powers if e < 0]
        below = self.chain(product.bottom, [(base, -e) for base, e in under])
        quotient = above if below is self.one else self.make(OVER, above, below)
        return reduce(lambda a, b: self.make(OVER, a, b), twice, quotient)

    def overflows(self, product: Product, base: Node) -> bool:
        """Whether a square below the line may overflow or vanish where the quotient does not.

        x/y/y is right for numbers of any size, x/y^2 is not.
        """
        if all(e < 0 or self.value(each) is not None for each, e in product.factors.items()):
            return False
        wide = base.op is HYPOT and all(self.value(arg) is None for arg in base.args)
        return base.op is INPUT or wide

    def unsigned(self, root: Node) -> Node:
        """A root that is written below the line: √-0 is -0, of which 1 over it is -inf."""
        if root.op is SQRT and self.knowledge[root.left].minus_zero:
            return self.make(PLUS, root, self.zero)
        return root

    def square_roots(self, product: Product, kept: Collection[Node]) -> Product:
        """The product with 1 + x² for √(1 + x²)², but for roots that are kept."""
        squared = product.coefficient
        try:
            for base, exponent in product.factors.items():
                radicand = self.knowledge[base].radicand
                if radicand is None or exponent % 2 or base in kept:
                    squared = self.include(squared, base, exponent)
                else:
                    squared = self.include(squared, radicand, exponent // 2)
        except ArithmeticError:  # an exponent would be too large
            return product
        return squared

    def rank(self, power: Power) -> tuple[int, int, int]:
        """Where a factor stands: constants, symbols, sums of these, powers, functions, sums."""
        base, knowledge = power[0], self.knowledge[power[0]]
        if base.left is None:
            kind = 1 if base.op is CONST else 2
        elif knowledge.terms:
            simple = all(factor.left is None for term in knowledge.terms for factor in term.factors)
            kind = 3 if simple else 6
        elif base.op is TIMES:  # first: there it needs no brackets
            kind = 0 if power[1] in (1, -1) else 4
        else:
            kind = 4 if base.op is POWER else 5
        return kind, knowledge.height, base.index

    def chain(self, coefficient: Decimal, powers: Iterable[Power]) -> Node:
        """The node of a coefficient times powers, multiplied from the left."""
        nodes = [
            base if exponent == 1 else self.make(POWER, base, self.constant(float(exponent)))
            for base, exponent in powers
        ]
        if nodes and coefficient == -1:
            nodes[0] = self.make(NEG, nodes[0])
        elif coefficient != 1 or not nodes:
            nodes.insert(0, self.constant(float(coefficient)))
        return reduce(lambda a, b: self.make(TIMES, a, b), nodes)
