"""Products of powers of nodes with exact coefficients: the numbers of `graph.py` in normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal, Inexact, Overflow, Subnormal, Underflow
from math import gcd
from typing import NamedTuple

from micrograd_cli.nodes import Node

ONE = Decimal(1)
# Coefficients are those decimal numbers that a person would work out: 0.1*0.2 is 0.02.
EXACT = Context(prec=15, Emin=-290, Emax=290, traps=[Inexact, Overflow, Underflow, Subnormal])


class Product(NamedTuple):
    """top/bottom times the factors, each to its power; bottom is positive."""

    top: Decimal
    bottom: Decimal
    factors: dict[Node, int]

    @property
    def negative(self) -> bool:
        return self.top < 0

    def __neg__(self) -> Product:
        return Product(self.top.copy_negate(), self.bottom, self.factors)


def single(factor: Node, sign: Decimal = ONE) -> Product:
    return Product(sign, ONE, {factor: 1})


def lowest(top: Decimal, bottom: Decimal) -> tuple[Decimal, Decimal]:
    """A fraction of integers in lowest terms; one of decimals divided, if that comes out even."""
    if bottom == 1:
        return top, bottom
    if top == top.to_integral_value() and bottom == bottom.to_integral_value():
        divisor = gcd(int(top), int(bottom))
        return EXACT.divide(top, divisor), EXACT.divide(bottom, divisor)
    try:
        return EXACT.divide(top, bottom), ONE
    except Inexact:
        return top, bottom


def multiplied(a: Product, b: Product) -> tuple[Decimal, Decimal]:
    """The coefficient of two products. Raises ArithmeticError if it is too long for a person."""
    return lowest(EXACT.multiply(a.top, b.top), EXACT.multiply(a.bottom, b.bottom))


def inverse(product: Product) -> Product:
    top = product.bottom.copy_sign(product.top)
    factors = {base: -exponent for base, exponent in product.factors.items()}
    return Product(*lowest(top, product.top.copy_abs()), factors)


def raised(product: Product, exponent: int) -> Product:
    """A power of a product. Raises ArithmeticError if its coefficient is too long for a person."""
    if exponent < 0:
        return raised(inverse(product), -exponent)
    top, bottom = (EXACT.power(part, exponent) for part in product[:2])
    return Product(top, bottom, {base: e * exponent for base, e in product.factors.items()})


def integer(product: Product) -> int | None:
    """The integer that a product is, if it is one."""
    plain = not product.factors and product.bottom == 1
    return int(product.top) if plain and product.top == product.top.to_integral_value() else None


def collected(
    terms: Iterable[Product], add: Callable[[Product, Product], Product | None]
) -> list[Product]:
    """The terms, those replaced by their sum for which `add` finds one."""
    found: list[Product] = []
    for term in terms:
        for i, other in enumerate(found):
            total = add(other, term)
            if total is not None:
                found[i : i + 1] = [total] if total.top else []
                break
        else:
            found.append(term)
    return found


def like_term(a: Product, b: Product) -> Product | None:
    """The sum of two products that differ in their coefficients alone."""
    if a.factors != b.factors:
        return None
    try:
        top = EXACT.add(EXACT.multiply(a.top, b.bottom), EXACT.multiply(b.top, a.bottom))
        return Product(*lowest(top, EXACT.multiply(a.bottom, b.bottom)), a.factors)
    except ArithmeticError:
        return None
