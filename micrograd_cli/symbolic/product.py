"""Products of powers of nodes with exact coefficients: the normal form of the algebra's numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal, Inexact, Overflow, Subnormal, Underflow
from math import gcd
from typing import NamedTuple

from micrograd_cli.nodes import Node

ONE = Decimal(1)
# Coefficients are those decimal numbers that a person would work out: 0.1*0.2 is 0.02. What would
# take more than 15 digits raises an ArithmeticError.
EXACT_DECIMALS = Context(
    prec=15, Emin=-290, Emax=290, traps=[Inexact, Overflow, Underflow, Subnormal]
)
GREATEST_EXPONENT = 2**53  # every integer up to it is a float


class Product(NamedTuple):
    """top/bottom times the factors, each to its power; bottom is positive."""

    top: Decimal
    bottom: Decimal
    factors: dict[Node, int]

    @property
    def negative(self) -> bool:
        return self.top < 0

    @property
    def coefficient(self) -> Product:
        """The product without its factors."""
        return Product(self.top, self.bottom, {})

    def __neg__(self) -> Product:
        return Product(self.top.copy_negate(), self.bottom, self.factors)


def single(factor: Node, sign: Decimal = ONE) -> Product:
    """The product of one node, or with the sign -1 its negative."""
    return Product(sign, ONE, {factor: 1})


def lowest_terms(top: Decimal, bottom: Decimal) -> tuple[Decimal, Decimal]:
    """A fraction of integers in lowest terms; one of decimals divided, if that comes out even."""
    if bottom == 1:
        return top, bottom
    if top == top.to_integral_value() and bottom == bottom.to_integral_value():
        divisor = gcd(int(top), int(bottom))
        return EXACT_DECIMALS.divide(top, divisor), EXACT_DECIMALS.divide(bottom, divisor)
    try:
        return EXACT_DECIMALS.divide(top, bottom), ONE
    except Inexact:
        return top, bottom


def multiply_coefficients(a: Product, b: Product) -> tuple[Decimal, Decimal]:
    """The coefficient of two products. Raises ArithmeticError if it is too long for a person."""
    top = EXACT_DECIMALS.multiply(a.top, b.top)
    return lowest_terms(top, EXACT_DECIMALS.multiply(a.bottom, b.bottom))


def inverse(product: Product) -> Product:
    """One over a product other than 0."""
    top = product.bottom.copy_sign(product.top)
    factors = {base: -exponent for base, exponent in product.factors.items()}
    return Product(*lowest_terms(top, product.top.copy_abs()), factors)


def check_exponent(exponent: int) -> int:
    """The exponent. Raises OverflowError for one that may be no float."""
    if abs(exponent) > GREATEST_EXPONENT:
        raise OverflowError("an exponent of more than 53 bits")
    return exponent


def raise_power(product: Product, exponent: int) -> Product:
    """A power of a product.

    Raises ArithmeticError if its coefficient is too long for a person, or an exponent too large.
    """
    if exponent < 0:
        return raise_power(inverse(product), -exponent)
    top, bottom = (EXACT_DECIMALS.power(part, exponent) for part in (product.top, product.bottom))
    factors = {base: check_exponent(e * exponent) for base, e in product.factors.items()}
    return Product(top, bottom, factors)


def as_integer(product: Product) -> int | None:
    """The integer that a product is, if it is one that may be an exponent."""
    top, bottom, factors = product
    if factors or bottom != 1 or abs(top) > GREATEST_EXPONENT or top != top.to_integral_value():
        return None
    return int(top)


def collect_terms(
    terms: Iterable[Product], add: Callable[[Product, Product], Product | None]
) -> list[Product]:
    """The terms, those replaced by their sum for which `add` finds one."""
    collected: list[Product] = []
    for term in terms:
        for i, other in enumerate(collected):
            total = add(other, term)
            if total is not None:
                collected[i : i + 1] = [total] if total.top else []
                break
        else:
            collected.append(term)
    return collected


def add_like_terms(a: Product, b: Product) -> Product | None:
    """The sum of two products that differ in their coefficients alone; None of others."""
    if a.factors != b.factors:
        return None
    multiply = EXACT_DECIMALS.multiply
    try:
        top = EXACT_DECIMALS.add(multiply(a.top, b.bottom), multiply(b.top, a.bottom))
        return Product(*lowest_terms(top, multiply(a.bottom, b.bottom)), a.factors)
    except ArithmeticError:
        return None
