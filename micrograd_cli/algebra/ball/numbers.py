"""Ball: a set of numbers that holds the true one for certain, and its arithmetic.

A short ball is Arb's: a middle and a radius, computed at the precision `ctx.prec`. One that is long
is kept by its two ends: a range of numbers such as 0:3 must not grow below 0, as it would by a
middle and a radius. So is one with inf or nan. A result is short where the operands are.

The numbers are the reals with inf, -inf and nan, by IEEE's rules for them, but exact: nothing over-
or underflows. 0 has no sign: 1/0 is inf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import isnan
from operator import add, mul, sub, truediv
from typing import Any

from flint import arb, ctx, fmpq

from micrograd_cli.algebra.ball import ends
from micrograd_cli.algebra.ball.angles import Angle
from micrograd_cli.algebra.ball.ends import INF, MINUS_INF, MINUS_ONE, ONE, ZERO, Real

LONGEST = 8192  # bits of a numerator or denominator


class Ball:
    """The numbers from `lo` to `hi`, ends included; `nan` says whether nan is among them.

    A ball with nothing but nan is NAN, the one whose ends are the wrong way round. `short` is Arb's
    ball of one that is short. Two objects may be one number, but one object is never two: what is
    done with an object twice is done with the same number.

    `exact` is the number as a fraction, where it is known to be one that is no integer: a number as
    it was typed, and what + - * / make of it; or as such a fraction of π. `negative` is the number
    of which it was made by a change of sign: their sum is 0 exactly. `rivals` are those of which a
    maximum or minimum is one, where it is not known which, and `rival` the one of them of which a
    truth value says whether it is. What is `torn` has a jump within the ball.
    """

    __slots__ = ("_hi", "_lo", "exact", "nan", "negative", "rival", "rivals", "short", "torn")

    _lo: Real | None
    _hi: Real | None
    nan: bool
    short: arb | None
    exact: fmpq | Angle | None
    negative: Ball | None
    rivals: tuple[Ball, ...]
    rival: Ball | None
    torn: bool

    def __init__(self, lo: Real, hi: Real, nan: bool = False) -> None:
        self._lo = lo
        self._hi = hi
        self.nan = nan
        self.short = self.exact = self.negative = self.rival = None
        self.rivals = ()
        self.torn = False

    @property
    def lo(self) -> Real:
        """The lower end, of a short ball computed when it is asked for."""
        lo = self._lo
        if lo is None:
            assert self.short is not None
            lo = self._lo = self.short if self.short.is_exact() else self.short.lower()
        return lo

    @property
    def hi(self) -> Real:
        """The upper end."""
        hi = self._hi
        if hi is None:
            assert self.short is not None
            hi = self._hi = self.short if self.short.is_exact() else self.short.upper()
        return hi

    @property
    def is_point(self) -> bool:
        """Whether it is a single number; NAN is none."""
        x = self.short
        return x.is_exact() if x is not None else ends.is_number(self)

    @property
    def is_finite(self) -> bool:
        """Whether all of it are real numbers."""
        return self.short is not None or ends.is_finite(self)

    @property
    def has_zero(self) -> bool:
        """Whether 0 is among the numbers."""
        x = self.short
        return ZERO in x if x is not None else ends.has_zero(self)

    @property
    def has_inf(self) -> bool:
        """Whether inf or -inf is among the numbers."""
        return self.short is None and ends.has_inf(self)

    def __repr__(self) -> str:
        if self is NAN:
            return "Ball(nan)"
        both = f"{self.lo.str(20, radius=False)}, {self.hi.str(20, radius=False)}"
        return f"Ball({both}{', nan' if self.nan else ''})"

    # --- arithmetic ---------------------------------------------------------------------------

    def __add__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        a, b = self.short, other.short
        if a is None or b is None:
            if (self.negative is other or other.negative is self) and self.is_finite:
                return NOUGHT
            return long(ends.total(self, other))
        if self.negative is other or other.negative is self:
            return NOUGHT
        found = finite(a + b)
        if self.exact is not None or other.exact is not None:
            return settled(found, add, self, other)
        return found

    def __sub__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        if self is other and self.is_finite:
            return NOUGHT
        a, b = self.short, other.short
        if a is None or b is None:
            return long(ends.total(self, -other))
        found = finite(a - b)
        if self.exact is not None or other.exact is not None:
            return settled(found, sub, self, other)
        return found

    def __mul__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        if self is UNIT or other is UNIT:
            return other if self is UNIT else self
        if self is MINUS_UNIT or other is MINUS_UNIT:
            return -other if self is MINUS_UNIT else -self
        if self is other:
            return square(self)
        a, b = self.short, other.short
        if a is None or b is None:
            return long(ends.product(self, other))
        found = finite(a * b)
        if self.exact is not None or other.exact is not None:
            return settled(found, mul, self, other)
        return found

    def __truediv__(self, other: Any) -> Ball:
        if other.__class__ is not Ball:
            other = ball(other)
        a, b = self.short, other.short
        if a is None or b is None or ZERO in b:
            same = self is other and ends.is_finite(self) and not ends.has_zero(self)
            return UNIT if same else long(ends.quotient(self, other))
        if self is other:
            return UNIT
        found = short(a / b)
        if (self.exact is not None or a.is_exact()) and (other.exact is not None or b.is_exact()):
            return settled(found, truediv, self, other)
        return found

    def __neg__(self) -> Ball:
        if self.negative is not None:
            return self.negative
        if self.short is not None:
            found = finite(-self.short)
            if self.exact is not None:
                found.exact = -self.exact
        elif self is NAN:
            return NAN
        else:
            found = Ball(-self.hi, -self.lo, self.nan)
        found.negative = self
        return found

    def __abs__(self) -> Ball:
        if self is NAN or self.lo >= ZERO:
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


_new = Ball.__new__


def finite(x: arb) -> Ball:
    """The ball of a number of Arb's that is finite. A sum, difference or product of such is one."""
    found = _new(Ball)  # what the constructor does: calling it would take twice the time
    found.short = x
    found._lo = found._hi = found.exact = found.negative = found.rival = None
    found.nan = found.torn = False
    found.rivals = ()
    return found


def short(x: arb) -> Ball:
    """The ball of what Arb has computed; where Arb knows nothing, all numbers."""
    if x.is_finite():
        return finite(x)
    return Ball(MINUS_INF, INF) if x.is_nan() else Ball(x.lower(), x.upper())


def long(found: ends.Ends) -> Ball:
    """The ball with these ends."""
    lo, hi, nan = found
    if lo == hi and not nan:
        return point(lo)
    return NAN if lo > hi else Ball(lo, hi, nan)


NAN = Ball(INF, MINUS_INF, nan=True)
NOUGHT, UNIT, MINUS_UNIT = short(ZERO), short(ONE), short(MINUS_ONE)


def anything() -> Ball:
    """The ball of which nothing is known; a new one, for equal objects are equal numbers."""
    return Ball(MINUS_INF, INF, nan=True)


def point(x: Real) -> Ball:
    """The ball of one exact number."""
    return short(x) if x.is_finite() else Ball(x, x)


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
    if number == 0:
        return NOUGHT
    return NAN if isnan(number) else point(arb(number))


def enclosed(x: arb, nan: bool = False) -> Ball:
    """The ball of what Arb has computed, and perhaps nan."""
    if not nan:
        return short(x)
    return Ball(MINUS_INF, INF, nan) if x.is_nan() else Ball(x.lower(), x.upper(), nan)


def between(numbers: Iterable[arb], nan: bool = False) -> Ball:
    """The least ball that holds all of these numbers; NAN where there are none."""
    return long(ends.around(numbers, nan))


def union(x: Ball, y: Ball) -> Ball:
    """All numbers of both."""
    return Ball(min(x.lo, y.lo), max(x.hi, y.hi), x.nan or y.nan)


def within(x: Ball, lo: Real, hi: Real) -> Ball:
    """The ball without what lies outside of bounds that are known to hold; its nan stays."""
    if x is NAN or (lo <= x.lo and x.hi <= hi):
        return x
    return Ball(max(lo, x.lo), min(hi, x.hi), x.nan)


def square(x: Ball) -> Ball:
    """The product of a number with itself: never negative."""
    if x.short is not None and ZERO not in x.short:
        found = finite(x.short * x.short)
        return found if x.exact is None else settled(found, mul, x, x)
    size = abs(x)
    if size is NAN:
        return NAN
    return Ball((size.lo * size.lo).lower(), (size.hi * size.hi).upper(), x.nan)


# --- fractions, and fractions of π ---------------------------------------------------------------


def rational(x: Ball) -> fmpq | None:
    """The number as a fraction, if it is known to be one."""
    found = known(x)
    return None if found.__class__ is Angle else found


def known(x: Ball) -> Any:
    """The number as a fraction, perhaps of π, if it is known to be one."""
    number = x.short
    if x.exact is not None or number is None or not number.is_exact():
        return x.exact
    mantissa, exponent = map(int, number.man_exp())
    if abs(exponent) > LONGEST:
        return None
    return fmpq(mantissa << exponent) if exponent >= 0 else fmpq(mantissa, 1 << -exponent)


def settled(found: Ball, operation: Callable[[Any, Any], Any], x: Ball, y: Ball) -> Ball:
    """The result of an operation on two numbers, exact where these are fractions."""
    p, q = known(x), known(y)
    if p is None or q is None:
        return found
    height = p.height_bits() + q.height_bits()
    if height > LONGEST or height > ctx.prec:
        return found
    try:
        return exactly(operation(p, q), found)
    except TypeError:  # 1 + π is neither a fraction nor one of π
        return found


def exactly(fraction: fmpq | Angle, found: Ball) -> Ball:
    """A ball that holds a fraction, or one of π, and says so."""
    assert found.short is not None
    if isinstance(fraction, Angle):
        found.exact = fraction
        return found if fraction.share else NOUGHT
    if found.short.contains_integer() and fraction.q == 1:
        return point(arb(fraction.p))
    found.exact = fraction
    return found
