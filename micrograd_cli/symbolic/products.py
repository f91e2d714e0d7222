"""Products: what is multiplied is collected into powers of nodes, and some of that cancels.

A simpler product has the same value up to a few roundings, and is nan where the other one is, but
for single points.
"""

from __future__ import annotations

from contextlib import suppress
from math import copysign, isfinite, log10

from micrograd_cli.nodes import Constant, Node
from micrograd_cli.ops import OPS
from micrograd_cli.symbolic.nodes import NEG, OVER, PLUS, POWER, TIMES, Knowledge, Nodes
from micrograd_cli.symbolic.number import Number, Operand
from micrograd_cli.symbolic.product import (
    EXACT_DECIMALS,
    ONE,
    Product,
    as_integer,
    check_exponent,
    inverse,
    multiply_coefficients,
    raise_power,
    single,
)

WIDTH = 8  # factors of a product, or terms of a sum, that are looked at together
DIGITS = 15  # of a constant that leaves a power with an unknown, (2*x)^3
# By the function above or below: sinh/cosh is tanh, which does not overflow to inf/inf.
QUOTIENTS = {name: (op, op.quotient) for op in OPS.values() if op.quotient for name in op.quotient}


class Products(Nodes):
    """The layer that multiplies."""

    def learn(self, node: Node) -> Knowledge:
        knowledge = super().learn(node)
        with suppress(ArithmeticError):  # too long for a product, it stays a factor
            knowledge.product = self.product_of(node)
        knowledge.minus_zero = self.may_be_minus_zero(node)
        return knowledge

    def may_be_minus_zero(self, node: Node) -> bool:
        """Whether a new node may be -0, where no input is: -x at 0, x*y at (0, -1)."""
        value = self.value(node)
        if value is not None:
            return value == 0 and copysign(1, value) < 0
        if node.op.additive or node.op.result == "truth":
            return False  # of numbers that are no -0, or are not all -0
        if node.op not in (NEG, TIMES, OVER):
            return any(self.knowledge[arg].minus_zero for arg in node.args)
        product = self.product(node)
        signed = [base for base, e in product.factors.items() if e % 2 and base.op.lower_bound < 0]
        return (
            product.negative
            or len(signed) > 1
            or any(self.knowledge[base].minus_zero for base in signed if base is not node)
        )

    def product_of(self, node: Node) -> Product:
        """A new node as a product. Raises ArithmeticError for one that is too long."""
        op = node.op
        if isinstance(node, Constant) and node.number and isfinite(node.number) and not node.label:
            return Product(EXACT_DECIMALS.create_decimal(node.text), ONE, {})
        if op is NEG:
            return -self.product(node.left)
        if op is PLUS and node.right is self.zero:
            return self.product(node.left)
        if op is TIMES:
            return self.multiply(self.product(node.left), self.product(node.right))
        if op is OVER:
            above, below = self.product(node.left), inverse(self.product(node.right))
            factors = above.factors.items()
            if not any(e == -below.factors.get(base, 0) for base, e in factors):
                return self.multiply(above, below)  # x/x is left alone: it is nan at 0
        if op is POWER:
            exponent = as_integer(self.product(node.right))
            if exponent:
                return Product(ONE, ONE, {node.left: exponent})
        return single(node)

    def multiply(self, a: Product, b: Product) -> Product:
        """The product of two.

        Raises ArithmeticError for one that would be too long, in factors or in digits.
        """
        if len(a.factors) + len(b.factors) > WIDTH:
            raise OverflowError("too many factors")
        product = Product(*multiply_coefficients(a, b), dict(a.factors))
        for base, exponent in b.factors.items():
            product = self.include(product, base, exponent)
        factors = product.factors
        if self.zero in factors and all(self.is_finite(base, e) for base, e in factors.items()):
            return single(self.zero)
        return product

    def include(self, product: Product, base: Node, exponent: int) -> Product:
        """The product times a power of a node. The old product is used up: its factors change.

        Raises ArithmeticError for one that would be too long.
        """
        exponent = check_exponent(exponent + product.factors.pop(base, 0))
        if exponent and self.value(base) and self.knowledge[base].radicand:
            return self.include_root(product, base, exponent)
        if exponent:
            product.factors[base] = exponent
        elif self.is_often_zero(base):
            return self.include(product, self.make(OVER, base, base), 1)
        if base.op.name in QUOTIENTS:
            self.replace_quotient(product.factors, base)
        return product

    def include_root(self, product: Product, root: Node, exponent: int) -> Product:
        """The product times a power of the root of a constant: √2·√2 is 2, √2·√π is √(2π)."""
        radicand = self.knowledge[root].radicand
        assert radicand is not None
        factors = product.factors
        if exponent not in (1, -1):
            half, rest = divmod(exponent, 2)
            with suppress(ArithmeticError):
                square = self.multiply(product, raise_power(self.product(radicand), half))
                return self.include(square, root, rest) if rest else square
        else:
            for other, e in factors.items():
                inside = self.knowledge[other].radicand
                if e == exponent and inside is not None and self.value(other):
                    del factors[other]
                    joined = self.times(self.number(inside), self.number(radicand))
                    return self.include(product, self.sqrt(joined).node, e)
        factors[root] = exponent
        return product

    def replace_quotient(self, factors: dict[Node, int], base: Node) -> None:
        """Put tanh(x) for sinh(x)/cosh(x), which is inf/inf from x = 711 on."""
        op, names = QUOTIENTS[base.op.name]
        above, below = (self.table.get((name, base.left)) for name in names)
        if above is None or below is None:
            return
        count = min(factors.get(above, 0), -factors.get(below, 0))
        if count > 0:
            changes = {above: -count, below: count, self.make(op, base.left): count}
            for factor, change in changes.items():
                factors[factor] = factors.get(factor, 0) + change
                if not factors[factor]:
                    del factors[factor]

    def is_often_zero(self, base: Node) -> bool:
        """Whether base/base is nan at more than single points, so that it is not taken for 1."""
        value = self.value(base)
        if value is not None:
            return value == 0 or not isfinite(value)
        return base.op.vanishes

    def is_finite(self, base: Node, exponent: int) -> bool:
        """Whether a factor is finite by construction, so that 0 times it is 0."""
        value = self.value(base)
        finite = base.op.result == "truth" if value is None else isfinite(value)
        return exponent > 0 and finite

    # --- on numbers ---------------------------------------------------------------------------

    def times(self, a: Number, b: Number) -> Number:
        with suppress(ArithmeticError):
            return Number(self, self.multiply(a.product, b.product))
        wide, narrow = (a, b) if len(a.product.factors) > len(b.product.factors) else (b, a)
        with suppress(ArithmeticError):
            return Number(self, self.multiply(self.bind(wide), narrow.product))
        return Number(self, self.multiply(self.bind(a), self.bind(b)))

    def bind(self, a: Number) -> Product:
        """A number as one factor, but for its sign: what is long in it goes into a node."""
        positive = -a if a.product.negative else a
        return single(positive.node, ONE.copy_sign(a.product.top))

    def over(self, a: Number, b: Number) -> Number:
        return self.times(a, Number(self, inverse(b.product)))

    def pow(self, x: Operand, y: Operand) -> Number:
        a, b = self.number(x), self.number(y)
        exponent = as_integer(b.product)
        if exponent in (0, 1):
            return a if exponent else self.number(1)
        if exponent is not None and self.distributes(exponent, a.product):
            with suppress(ArithmeticError):  # a coefficient of too many digits stays inside
                power = raise_power(a.product.coefficient, exponent)
                for base, e in a.product.factors.items():
                    power = self.include(power, base, e * exponent)
                return Number(self, power)
        return self.apply(POWER, a, b)

    def distributes(self, exponent: int, product: Product) -> bool:
        """Whether a power of a product is written as the product of powers.

        Each of these may overflow where their product does not, (a*b)^2 or (pi*x)^1000: there must
        be one unknown at most, and the constants beside it may not weigh much.
        """
        factors = product.factors
        known = {base: value for base in factors if (value := self.value(base)) is not None}
        if len(known) != len(factors) - 1:
            return len(known) == len(factors)
        if not all(value and isfinite(value) for value in known.values()):
            return False
        digits = log10(abs(product.top)) - log10(product.bottom)
        digits += sum(factors[base] * log10(abs(value)) for base, value in known.items())
        return abs(exponent * digits) <= DIGITS
