"""Ball: a set of numbers that holds the true one for certain, and its arithmetic.

A ball is kept by its two ends, which Arb computes and rounds outwards at the precision `ctx.prec`:
a range of numbers such as 0:3 must not grow below 0, as it would by a midpoint and a radius.

The numbers are the reals with inf, -inf and nan, by IEEE's rules for them, but exact: nothing over-
or underflows. 0 has no sign: 1/0 is inf.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from math import isnan
from typing import Any, TypeAlias

from flint import arb

INF, ZERO, ONE = arb("inf"), arb(0), arb(1)
MINUS_INF, MINUS_ONE = -INF, -ONE
Real: TypeAlias = arb  # an exact number, without a radius


class Ball:
    """The numbers from `lo` to `hi`, ends included; `nan` says whether nan is among them.

    A ball with nothing but nan is NAN, the one whose ends are the wrong way round.
    Two objects may be one number, but one object is never two: what is done with an object twice is
    done with the same number. `decimal` is the number as it was typed, if it was; `rivals` are
    those of which a maximum or minimum is one, where it is not known which, and `rival` the one of
    them of which a truth value says whether it is. What is `torn` has a jump within the ball.
    `negative` is the number of which it was made by a change of sign: their sum is 0 exactly.
    """

    __slots__ = ("decimal", "hi", "lo", "nan", "negative", "rival", "rivals", "torn")

    lo: Real
    hi: Real
    nan: bool
    decimal: Decimal | None
    rivals: tuple[Ball, ...]
    rival: Ball | None
    torn: bool
    negative: Ball | None

    def __init__(self, lo: Real, hi: Real, nan: bool = False) -> None:
        self.lo = lo
        self.hi = hi
        self.nan = nan
        self.decimal = None
        self.rivals = ()
        self.rival = None
        self.torn = False
        self.negative = None

    @property
    def is_point(self) -> bool:
        """Whether it is a single number; NAN is none."""
        return self.lo == self.hi and not self.nan

    @property
    def is_finite(self) -> bool:
        """Whether all of it are real numbers."""
        return self.lo.is_finite() and self.hi.is_finite() and not self.nan

    @property
    def has_zero(self) -> bool:
        """Whether 0 is among the numbers."""
        return bool(self.lo <= ZERO <= self.hi)

    @property
    def has_inf(self) -> bool:
        """Whether inf or -inf is among the numbers."""
        return not (self.lo.is_finite() and self.hi.is_finite())

    def __repr__(self) -> str:
        if self is NAN:
            return "Ball(nan)"
        ends = f"{self.lo.str(20, radius=False)}, {self.hi.str(20, radius=False)}"
        return f"Ball({ends}{', nan' if self.nan else ''})"

    # --- arithmetic ---------------------------------------------------------------------------

    def __add__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        if (self.negative is other or other.negative is self) and self.is_finite:
            return NOUGHT
        lo, hi = (self.lo + other.lo).lower(), (self.hi + other.hi).upper()
        if lo.is_finite() and hi.is_finite() and not (self.nan or other.nan):
            return Ball(lo, hi)
        return sum_with_infinities(self, other, lo, hi)

    def __sub__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        if self is other and self.is_finite:
            return NOUGHT
        lo, hi = (self.lo - other.hi).lower(), (self.hi - other.lo).upper()
        if lo.is_finite() and hi.is_finite() and not (self.nan or other.nan):
            return Ball(lo, hi)
        return sum_with_infinities(self, -other, lo, hi)

    def __mul__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        if self is UNIT or other is UNIT:
            return other if self is UNIT else self
        if self is MINUS_UNIT or other is MINUS_UNIT:
            return -other if self is MINUS_UNIT else -self
        if self is other:
            return square(self)
        if self.nan or other.nan or self.has_inf or other.has_inf:
            return product_with_infinities(self, other)
        (a, b), (c, d) = factors(self, other)
        if a is None:  # both have both signs
            return Ball(
                min((self.lo * other.hi).lower(), (self.hi * other.lo).lower()),
                max((self.lo * other.lo).upper(), (self.hi * other.hi).upper()),
            )
        return Ball((a * b).lower(), (c * d).upper())

    def __truediv__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        if self.nan or other.nan or self.has_inf or other.has_inf or other.has_zero:
            return quotient_with_infinities(self, other)
        return UNIT if self is other else quotient(self, other)

    def __neg__(self) -> Ball:
        if self is NAN or self.negative is not None:
            return self.negative or NAN
        found = Ball(-self.hi, -self.lo, self.nan)
        found.negative = self
        return found

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        if self.lo >= ZERO or self is NAN:
            return self
        if self.hi <= ZERO:
            return -self
        return Ball(ZERO, max(-self.lo, self.hi), self.nan)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Ball:
        return ball(other) - self

    def __rtruediv__(self, other: Any) -> Ball:
        return ball(other) / self

    def __pow__(self, exponent: int) -> Ball:
        product = self
        for _ in range(exponent - 1):
            product = product * self
        return product


NAN = Ball(INF, MINUS_INF, nan=True)
NOUGHT, UNIT, MINUS_UNIT = Ball(ZERO, ZERO), Ball(ONE, ONE), Ball(MINUS_ONE, MINUS_ONE)


def anything() -> Ball:
    """The ball of which nothing is known; a new one, for equal objects are equal numbers."""
    return Ball(MINUS_INF, INF, nan=True)


def point(x: Real) -> Ball:
    """The ball of one exact number."""
    return Ball(x, x)


def integer(x: Real) -> int:
    """A whole number as an int."""
    found = x.unique_fmpz()
    assert found is not None
    return int(found)


@lru_cache(4096)
def ball(number: float) -> Ball:
    """The ball of an int or a float, which it holds exactly."""
    if abs(number) == 1:
        return UNIT if number > 0 else MINUS_UNIT
    if isinstance(number, int):
        exact = arb(number)
    elif isnan(number):
        return NAN
    else:
        exact = arb(number)
    return Ball(exact, exact)


def enclosed(x: arb, nan: bool = False) -> Ball:
    """The ball of what Arb has computed; where Arb knows nothing, all numbers."""
    if x.is_nan():
        return Ball(MINUS_INF, INF, nan)
    return Ball(x.lower(), x.upper(), nan)


def between(ends: Iterable[arb], nan: bool = False) -> Ball:
    """The least ball that holds all of these numbers; NAN where there are none."""
    found = [each for each in ends if not each.is_nan()]
    if not found:
        return NAN
    return Ball(min(each.lower() for each in found), max(each.upper() for each in found), nan)


def union(x: Ball, y: Ball) -> Ball:
    """All numbers of both."""
    if x is y:
        return x
    return Ball(min(x.lo, y.lo), max(x.hi, y.hi), x.nan or y.nan)


def within(x: Ball, lo: Real, hi: Real) -> Ball:
    """The ball without what lies outside of bounds that are known to hold; its nan stays."""
    if x is NAN or (lo <= x.lo and x.hi <= hi):
        return x
    return Ball(max(lo, x.lo), min(hi, x.hi), x.nan)


# --- products -------------------------------------------------------------------------------------


def factors(x: Ball, y: Ball) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """The ends whose products are the least and the greatest; None where that takes a look."""
    if x.lo >= ZERO:
        if y.lo >= ZERO:
            return (x.lo, y.lo), (x.hi, y.hi)
        return ((x.hi, y.lo), (x.lo, y.hi)) if y.hi <= ZERO else ((x.hi, y.lo), (x.hi, y.hi))
    if x.hi <= ZERO:
        if y.hi <= ZERO:
            return (x.hi, y.hi), (x.lo, y.lo)
        return ((x.lo, y.hi), (x.hi, y.lo)) if y.lo >= ZERO else ((x.lo, y.hi), (x.lo, y.lo))
    if y.lo >= ZERO:
        return (x.lo, y.hi), (x.hi, y.hi)
    if y.hi <= ZERO:
        return (x.hi, y.lo), (x.lo, y.lo)
    return (None, None), (None, None)


def square(x: Ball) -> Ball:
    """The product of a number with itself: never negative."""
    size = abs(x)
    if size is NAN:
        return NAN
    return Ball((size.lo * size.lo).lower(), (size.hi * size.hi).upper(), x.nan)


def quotient(x: Ball, y: Ball) -> Ball:
    """X/y, for a y that does not hold 0."""
    if y.hi < ZERO:
        x, y = -x, -y
    lo = x.lo / (y.hi if x.lo >= ZERO else y.lo)
    hi = x.hi / (y.lo if x.hi >= ZERO else y.hi)
    return Ball(lo.lower(), hi.upper())


# --- where inf and nan come in --------------------------------------------------------------------


def sum_with_infinities(x: Ball, y: Ball, lo: arb, hi: arb) -> Ball:
    """X + y, where `lo` and `hi` are the sums of the ends; inf - inf is nan."""
    if x is NAN or y is NAN:
        return NAN
    clash = (x.hi == INF and y.lo == MINUS_INF) or (x.lo == MINUS_INF and y.hi == INF)
    nan = x.nan or y.nan or clash
    if not lo.is_nan() and not hi.is_nan():
        return Ball(lo, hi, nan)
    if lo.is_nan() and hi.is_nan():  # inf and -inf, and nothing else
        return NAN
    return Ball(INF, INF, nan) if lo.is_nan() else Ball(MINUS_INF, MINUS_INF, nan)


def product_with_infinities(x: Ball, y: Ball) -> Ball:
    """X·y; 0·inf is nan."""
    if x is NAN or y is NAN:
        return NAN
    nan = x.nan or y.nan or (x.has_zero and y.has_inf) or (x.has_inf and y.has_zero)
    ends = [a * b for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
    for one, other in ((x, y), (y, x)):
        if one.has_zero and not (other.is_point and other.has_inf):
            ends.append(ZERO)  # an end of 0 times inf has said nothing
    return between(ends, nan)


def quotient_with_infinities(x: Ball, y: Ball) -> Ball:
    """X/y; 0/0 and inf/inf are nan."""
    if x is NAN or y is NAN:
        return NAN
    nan = x.nan or y.nan or (x.has_zero and y.has_zero) or (x.has_inf and y.has_inf)
    if not y.has_zero:
        ends = [a / b for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
        return between(ends + ([ZERO] if y.has_inf and not only_inf(x) else []), nan)
    if x.is_point and x.has_zero:
        return NAN if y.is_point else Ball(ZERO, ZERO, nan=True)
    if y.is_point:  # by a zero, which has no sign
        ends = [INF] if x.hi > ZERO else []
        return between([*ends, *([MINUS_INF] if x.lo < ZERO else [])], nan)
    if y.lo < ZERO or x.lo < ZERO < x.hi:
        return Ball(MINUS_INF, INF, nan)
    if x.lo >= ZERO:
        return Ball(ZERO if y.has_inf else (x.lo / y.hi).lower(), INF, nan)
    return Ball(MINUS_INF, ZERO if y.has_inf else (x.hi / y.hi).upper(), nan)


def only_inf(x: Ball) -> bool:
    """Whether it is inf or -inf."""
    return x.lo == x.hi and x.has_inf
