"""Sums: like terms are added up; what two terms share is factored out where the rest cancels."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from micrograd_cli.nodes import Node
from micrograd_cli.symbolic.nodes import MINUS, PLUS, Knowledge
from micrograd_cli.symbolic.number import Number, Operand
from micrograd_cli.symbolic.product import (
    ONE,
    Product,
    add_like_terms,
    collect_terms,
    inverse,
    multiply_coefficients,
    single,
)
from micrograd_cli.symbolic.products import WIDTH, Products


class Sums(Products):
    """The layer that adds."""

    def learn(self, node: Node) -> Knowledge:
        knowledge = super().learn(node)
        if node.op is PLUS or node.op is MINUS:
            a, b = (self.terms(self.product(arg)) for arg in node.args)
            terms = a + (tuple(-term for term in b) if node.op is MINUS else b)
            knowledge.terms = terms if len(terms) <= WIDTH else ()
        return knowledge

    def terms(self, product: Product) -> tuple[Product, ...]:
        """The terms of a product that is a sum, its negative or 0; of any other, it alone."""
        factors = product.factors
        if len(factors) == 1 and product.bottom == 1 and abs(product.top) == 1:
            ((base, exponent),) = factors.items()
            if base is self.zero:
                return ()
            terms = self.knowledge[base].terms if exponent == 1 else ()
            if terms:
                return tuple(-term for term in terms) if product.negative else terms
        return (product,)

    def plus(self, a: Number, b: Number) -> Number:
        first, second = self.terms(a.product), self.terms(b.product)
        if not first or not second:
            return a if first else b
        if len(first) + len(second) > WIDTH:
            first, second = (a.product,), (b.product,)
        terms = collect_terms((*first, *second), self.add_terms)
        if len(terms) < len(first) + len(second) or first[0].negative:
            return self.number(self.node_of_sum(terms))
        total = a.node
        for term in second:
            known = b.node if term is b.product and not term.negative else None
            total = self.append_term(total, term, known)
        return self.number(total)

    def sum_of_squares(self, x: Iterable[Operand]) -> Number:
        return reduce(self.plus, [self.pow(each, 2) for each in x])

    def append_term(self, total: Node, term: Product, known: Node | None = None) -> Node:
        """A sum plus one more term, whose node may be known."""
        if term.negative:
            return self.make(MINUS, total, self.node_of(-term))
        return self.make(PLUS, total, known or self.node_of(term))

    def node_of_sum(self, terms: Iterable[Product]) -> Node:
        """The node of a sum, which begins with a term that has no minus sign, if there is one."""
        rest = list(terms)
        if not rest:
            return self.zero
        first = rest.pop(next((i for i, term in enumerate(rest) if not term.negative), 0))
        return reduce(self.append_term, rest, self.node_of(first))

    def add_terms(self, a: Product, b: Product) -> Product | None:
        """The sum of two products as a product, where it is simpler than they are."""
        if a.factors == b.factors or a.factors.keys().isdisjoint(b.factors):
            return add_like_terms(a, b)
        try:
            return self.factor_out(a, b)
        except ArithmeticError:
            return None

    def factor_out(self, a: Product, b: Product) -> Product | None:
        """What two products share times the sum of what they do not, if some of that cancels.

        It is what makes x/√(1 - x²)³ of ((1 + x) - (1 - x))/(2√(1 - x²)³), which has lost its
        digits near 0. Raises ArithmeticError for coefficients with many digits.
        """
        shared = {v: min(a.factors.get(v, 0), b.factors.get(v, 0)) for v in a.factors | b.factors}
        ratio = Product(*multiply_coefficients(inverse(a.coefficient), b), {})
        if ratio.bottom != 1:
            return None
        left = self.expand_rest(ONE, a, shared)
        right = self.expand_rest(ratio.top, b, shared)
        total = collect_terms((*left, *right), add_like_terms)
        if len(total) == len(left) + len(right) or min(len(left), len(right), len(total)) > 1:
            return None
        if not total:
            return Product(Decimal(0), ONE, {})
        common = a._replace(factors={v: e for v, e in shared.items() if e})
        inside = total[0] if len(total) == 1 else single(self.node_of_sum(total))
        return self.multiply(common, inside)

    def expand_rest(
        self, scale: Decimal, product: Product, shared: dict[Node, int]
    ) -> tuple[Product, ...]:
        """The terms of scale times what of a product is not shared."""
        own = {v: product.factors.get(v, 0) - e for v, e in shared.items()}
        rest = Product(scale, ONE, {v: e for v, e in own.items() if e})
        if len(rest.factors) != 1:
            return (rest,)
        ((base, exponent),) = rest.factors.items()
        below = shared[base] < 0  # the root of what is negative is nan there already
        inside = self.radicand(base) if exponent == 2 and below else None
        terms = self.terms(self.product(inside) if inside else rest._replace(top=ONE))
        return tuple(Product(*multiply_coefficients(rest, term), term.factors) for term in terms)

    def radicand(self, root: Node) -> Node | None:
        """What a root is the root of."""
        if root.op.name == "hypot":
            return self.sum_of_squares(root.args).node
        return root.left if root.op.name == "sqrt" else None
