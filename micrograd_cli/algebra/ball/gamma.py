"""The gamma function's family on balls."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

from flint import arb

from micrograd_cli.algebra.ball.ends import INF, MINUS_INF, ZERO, Real
from micrograd_cli.algebra.ball.functions import lower, upper
from micrograd_cli.algebra.ball.numbers import (
    NAN,
    Ball,
    anything,
    between,
    enclosed,
    integer,
)
from micrograd_cli.algebra.special import MOST

LEAST_AT = arb("1.46163214496836234126265954")  # where lgamma is least on the positive side,
LEAST = arb("-0.12148629053584960809551456")  # and a number just below it there


def has_pole(x: Ball) -> bool:
    """Whether 0 or a negative integer is among the numbers."""
    if x.lo > ZERO:
        return False
    return x.lo == MINUS_INF or not x.lo.ceil() > x.hi


def on_pieces(
    function: Callable[[arb], arb], pole: Callable[[Real], Ball]
) -> Callable[[Ball], Ball]:
    """A function with poles at 0 and the negative integers, by Arb between them."""

    def call(x: Ball) -> Ball:
        if x.lo == x.hi:
            if has_pole(x):
                return pole(x.lo)
            return enclosed(function(x.lo), x.nan)
        if x.lo == MINUS_INF or has_pole(x):
            return anything()
        return enclosed(function(x.lo.union(x.hi)), x.nan)

    return call


def log_gamma(x: arb) -> arb:
    """The logarithm of |Γ(x)|, for an x that is no pole."""
    return x.lgamma() if x > ZERO else -abs(x.rgamma()).log()


LGAMMA = on_pieces(log_gamma, lambda x: Ball(INF, INF))


def lgamma(x: Ball) -> Ball:
    """It falls and rises again on the positive side."""
    if x is NAN:
        return NAN
    if x.lo == x.hi and x.has_inf:
        return Ball(INF, INF, x.nan)
    if not x.lo > ZERO or x.lo == x.hi:
        return LGAMMA(x)
    ends = [log_gamma(x.lo), INF if x.hi == INF else log_gamma(x.hi)]
    falls, rises = x.hi < LEAST_AT.lower(), x.lo > LEAST_AT.upper()
    return between(ends if falls or rises else [*ends, LEAST.lower()], x.nan)


DIGAMMA = on_pieces(arb.digamma, lambda x: Ball(MINUS_INF, MINUS_INF) if x == ZERO else NAN)


def digamma(x: Ball) -> Ball:
    """It rises from pole to pole."""
    if x is NAN or x.hi == MINUS_INF:
        return NAN
    if x.lo == x.hi and not x.has_inf:
        return DIGAMMA(x)
    if has_pole(x):
        return anything()
    first = INF if x.lo == INF else lower(x.lo.digamma())
    return Ball(first, INF if x.hi == INF else upper(x.hi.digamma()), x.nan)


def polygamma(n: Ball, x: Ball) -> Ball:
    """The derivative of digamma of order n, a whole number up to MOST: ±n!·ζ(n + 1, x)."""
    if n is NAN or x is NAN or n.hi < ZERO or n.lo > MOST:
        return NAN
    if not n.is_point:
        return anything()
    if n.lo != n.lo.floor():
        return NAN
    order = integer(n.lo)
    if order == 0:
        return digamma(x)
    sign = 1 if order % 2 else -1

    def derivative(t: arb) -> arb:
        return sign * factorial(order) * series(order + 1, t)

    if not x.lo > ZERO:
        odd = sign > 0
        return on_pieces(derivative, lambda t: pole(odd, t))(x) if x.hi > MINUS_INF else NAN
    return between([derivative(x.lo), derivative(x.hi)], x.nan)


def series(s: int, x: arb) -> arb:
    """The sum of (x + k)^-s over k >= 0; for x < 0, over all integers less those below 0."""
    if x > ZERO:
        return arb(s).zeta(x) if x.is_finite() else ZERO
    rest = x - (x.mid() + arb(0.5)).floor()
    sign = -1 if s % 2 else 1
    above, below = (1, sign) if rest > ZERO else (sign, 1)
    around = above * arb(s).zeta(abs(rest)) + below * arb(s).zeta(1 - abs(rest))
    return around - sign * arb(s).zeta(1 - x)


def pole(odd: bool, x: Real) -> Ball:
    """Its value at a pole, of which the sides agree where the order is odd."""
    if odd:
        return Ball(INF, INF)
    return Ball(MINUS_INF, MINUS_INF) if x == ZERO else NAN
