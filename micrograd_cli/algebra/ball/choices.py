"""Choices on balls: what is not decided is both, and a choice between both is their union.

A truth value is 1, 0, or the ball from 0 to 1 where it may be either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

from flint import arb, fmpq

from micrograd_cli.algebra.ball.ends import INF, MINUS_INF, ONE, ZERO, Real
from micrograd_cli.algebra.ball.numbers import (
    NAN,
    NOUGHT,
    UNIT,
    Ball,
    ball,
    between,
    long,
    point,
    rational,
    union,
)

HALF = ONE / 2

# --- comparisons ----------------------------------------------------------------------------------


def less(x: Ball, y: Ball) -> bool | None:
    """Whether x < y, if that is certain. Fractions are compared as such."""
    a, b = x.short, y.short
    if a is not None and b is not None:
        if a < b:
            return True
        if a >= b or x is y:
            return False
        return difference(x, y, lambda p, q: p < q)
    if x is y or x.lo >= y.hi:
        return False
    return True if x.hi < y.lo else None


def equal(x: Ball, y: Ball) -> bool | None:
    """Whether x = y, if that is certain; an object is equal to itself."""
    a, b = x.short, y.short
    if a is not None and b is not None:
        if a != b:
            return False
        if a == b or x is y:
            return True
        return difference(x, y, lambda p, q: p == q)
    if x is y or (x.is_point and y.is_point and x.lo == y.lo):
        return True
    return False if x.hi < y.lo or x.lo > y.hi else None


def difference(x: Ball, y: Ball, relation: Callable[[fmpq, fmpq], bool]) -> bool | None:
    """Whether two fractions have this relation, if they are that."""
    p, q = rational(x), rational(y)
    return None if p is None or q is None else relation(p, q)


def comparison(
    relation: Callable[[Ball, Ball], bool | None], of_nan: bool = False
) -> Callable[[Ball, Ball], Ball]:
    """A comparison as a truth value; of nan it is always the same."""

    def call(x: Ball, y: Ball) -> Ball:
        if x.short is not None and y.short is not None:
            known = relation(x, y)
            return Ball(ZERO, ONE) if known is None else UNIT if known else NOUGHT
        known = of_nan if x is NAN or y is NAN else relation(x, y)
        if known is None or ((x.nan or y.nan) and known != of_nan):
            return Ball(ZERO, ONE)
        return UNIT if known else NOUGHT

    return call


def negated(relation: Callable[[Ball, Ball], bool | None]) -> Callable[[Ball, Ball], bool | None]:
    def call(x: Ball, y: Ball) -> bool | None:
        known = relation(x, y)
        return None if known is None else not known

    return call


equality = comparison(equal)


def eq(x: Ball, y: Ball) -> Ball:
    if y is NOUGHT and x.short is not None and ZERO not in x.short:
        return NOUGHT
    found = equality(x, y)
    if y.rivals and not found.is_point:
        found.rivals, found.rival = y.rivals, x
    return found


COMPARISONS = {
    "lt": comparison(less),
    "gt": comparison(lambda x, y: less(y, x)),
    "le": comparison(negated(lambda x, y: less(y, x))),
    "ge": comparison(negated(less)),
    "eq": eq,
    "ne": comparison(negated(equal), of_nan=True),
}


def total(*x: Ball) -> Ball:
    """The sum. Where it counts which rivals are the maximum, it is 1 at least."""
    found = reduce(add, x)
    for each in x:
        if each.rival is not None:
            return counted(found, x, each.rivals)
    return found


def counted(found: Ball, x: Sequence[Ball], rivals: tuple[Ball, ...]) -> Ball:
    asked = {id(each.rival) for each in x if each.rivals is rivals}
    if asked.issuperset(map(id, rivals)):
        return Ball(max(found.lo, ONE), found.hi, found.nan)
    return found


# --- choices --------------------------------------------------------------------------------------


def where(condition: Any, chosen: Any, otherwise: Any) -> Ball | None:
    """`chosen` unless the condition is 0. What is chosen may be None, from which nothing flows."""
    if condition is NOUGHT or condition is UNIT:
        return maybe(chosen if condition is UNIT else otherwise)
    condition, one, other = maybe(condition), maybe(chosen), maybe(otherwise)
    assert condition is not None
    if condition.lo > ZERO or condition.hi < ZERO:  # nan is not 0
        return one
    if condition.is_point:
        return other
    if one is other:
        return one
    return union(one or NOUGHT, other or NOUGHT)


def maybe(number: Any) -> Ball | None:
    """A number as a ball; None is none."""
    return number if number is None or number.__class__ is Ball else ball(number)


def leader(x: Sequence[Ball], behind: Callable[[Ball, Ball], bool | None]) -> Ball | None:
    """The one of short balls that is behind no other, if that is certain of each pair looked at."""
    found = x[0]
    for each in x:
        back = None if each.short is None else behind(found, each)
        if back is None:
            return None
        if back:
            found = each
    return found


def greatest(*x: Ball) -> Ball:
    """The maximum: the argument that is not less than any other, if it can be told; nan of nan."""
    first = leader(x, less)
    if first is not None:
        return first
    if any(each.nan for each in x):
        return NAN if NAN in x else between([max(e.lo for e in x), max(e.hi for e in x)], nan=True)
    found = max(x, key=lambda each: (each.lo, each.hi))
    if all(each is found or less(found, each) is False for each in x):
        return found
    result = Ball(found.lo, max(each.hi for each in x))
    result.rivals = tuple(each for each in x if each.hi >= found.lo)
    return result


def least(*x: Ball) -> Ball:
    """The minimum, likewise."""
    first = leader(x, lambda a, b: less(b, a))
    if first is not None:
        return first
    if any(each.nan for each in x):
        return NAN if NAN in x else between([min(e.lo for e in x), min(e.hi for e in x)], nan=True)
    found = min(x, key=lambda each: (each.hi, each.lo))
    if all(each is found or less(each, found) is False for each in x):
        return found
    result = Ball(min(each.lo for each in x), found.hi)
    result.rivals = tuple(each for each in x if each.lo <= found.hi)
    return result


# --- steps ----------------------------------------------------------------------------------------


def step(function: Callable[[Real], Real]) -> Callable[[Ball], Ball]:
    """A function that rises in steps, from a number to a number."""

    def at(x: Real) -> Real:  # an integer of more bits than the precision would lose some
        return function(x) if x.is_finite() and not x.is_integer() else x

    def call(x: Ball) -> Ball:
        if x is NAN:
            return NAN
        lo, hi = at(x.lo).lower(), at(x.hi).upper()
        if lo == hi and not x.nan:
            return point(lo)
        exact = None if x.exact is None else rational(x)
        binary = None if exact is None else arb(exact)
        if binary is not None and binary.is_exact():  # a half is, at any precision
            return point(function(binary))
        return Ball(lo, hi, x.nan)

    return call


def sign(x: Ball) -> Ball:
    if x is NAN:
        return NAN
    return long((sign_of(x.lo), sign_of(x.hi), x.nan))


def sign_of(x: Real) -> Real:
    return ONE if x > ZERO else -ONE if x < ZERO else ZERO


def round_half_even(x: Real) -> Real:
    below = x.floor()
    rest = x - below
    if rest == HALF:
        half = below / 2
        return below if half == half.floor() else below + ONE
    return below + ONE if rest > HALF else below


STEPS = {
    "sign": sign,
    "floor": step(lambda x: x.floor()),
    "ceil": step(lambda x: x.ceil()),
    "trunc": step(lambda x: x.floor() if x >= ZERO else x.ceil()),
    "round": step(round_half_even),
}


def whole_quotient(x: Ball, y: Ball) -> Ball:
    """floor(x/y), for a y that is not 0."""
    found: Ball = STEPS["floor"](x / y)
    p, q = rational(x), rational(y)
    if found.is_point or p is None or q is None:
        return found
    return point(arb((p / q).floor()))


def mod(x: Ball, y: Ball) -> Ball:
    """`x - y·floor(x/y)`, which lies between 0 and y; for an infinite y as Python has it."""
    if x is NAN or y is NAN or (y.is_point and y.has_zero) or (x.lo == x.hi and x.has_inf):
        return NAN
    nan = x.nan or y.nan or x.has_inf or y.has_zero
    bounds = Ball(min(y.lo, ZERO), max(y.hi, ZERO), nan)
    if y.has_inf or x.has_inf or y.has_zero:
        if y.is_point and x.is_finite and (x.lo >= ZERO if y.lo == INF else x.hi <= ZERO):
            return x
        return y if y.is_point and x.is_finite and not x.has_zero else bounds
    whole = whole_quotient(x, y)
    if not whole.is_point:
        bounds.torn = True
        return bounds
    found = x - y * whole
    if found.short is not None and bounds.lo < found.short < bounds.hi:
        return found
    return Ball(max(found.lo, bounds.lo), min(found.hi, bounds.hi), nan)


def mod_slope(x: Ball, y: Ball, z: Ball) -> Ball:
    """The derivative of z = x % y by y."""
    if x is NAN or y is NAN:
        return NAN
    if y.has_inf or x.has_inf or y.has_zero:
        return Ball(MINUS_INF, INF, nan=True)
    return -whole_quotient(x, y)
