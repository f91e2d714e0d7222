"""Arithmetic on sets of numbers that are known by their two ends, with inf and nan among them.

What comes out is rounded outwards at the precision `ctx.prec`. The numbers follow IEEE's rules for
inf and nan, but nothing over- or underflows, and 0 has no sign: 1/0 is inf.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from flint import arb

Real: TypeAlias = arb  # an exact number, without a radius
Ends: TypeAlias = tuple[Real, Real, bool]  # the least, the greatest, and whether nan is among them

INF, ZERO, ONE = arb("inf"), arb(0), arb(1)
MINUS_INF, MINUS_ONE = -INF, -ONE
NOTHING: Ends = (INF, MINUS_INF, True)  # but nan: the ends are the wrong way round


class Set(Protocol):
    """What has ends."""

    @property
    def lo(self) -> Real: ...
    @property
    def hi(self) -> Real: ...
    @property
    def nan(self) -> bool: ...


def is_finite(x: Set) -> bool:
    return bool(x.lo.is_finite() and x.hi.is_finite() and not x.nan)


def is_nothing(x: Set) -> bool:
    return bool(x.lo > x.hi)


def is_number(x: Set) -> bool:
    """Whether it is a single number, inf or -inf too."""
    return bool(x.lo == x.hi and not x.nan)


def has_zero(x: Set) -> bool:
    return bool(x.lo <= ZERO <= x.hi)


def has_inf(x: Set) -> bool:
    return not (x.lo.is_finite() and x.hi.is_finite())


def only_inf(x: Set) -> bool:
    """Whether it is inf or -inf."""
    return bool(x.lo == x.hi) and has_inf(x)


def around(numbers: Iterable[arb], nan: bool = False) -> Ends:
    """The least set that holds all of these numbers; NOTHING where there are none."""
    found = [each for each in numbers if not each.is_nan()]
    if not found:
        return NOTHING
    return min(each.lower() for each in found), max(each.upper() for each in found), nan


# --- sums -----------------------------------------------------------------------------------------


def total(x: Set, y: Set) -> Ends:
    """The sum; inf - inf is nan."""
    lo, hi = (x.lo + y.lo).lower(), (x.hi + y.hi).upper()
    if lo.is_finite() and hi.is_finite() and not (x.nan or y.nan):
        return lo, hi, False
    if is_nothing(x) or is_nothing(y):
        return NOTHING
    clash = (x.hi == INF and y.lo == MINUS_INF) or (x.lo == MINUS_INF and y.hi == INF)
    nan = x.nan or y.nan or bool(clash)
    if not lo.is_nan() and not hi.is_nan():
        return lo, hi, nan
    if lo.is_nan() and hi.is_nan():  # inf and -inf, and nothing else
        return NOTHING
    return (INF, INF, nan) if lo.is_nan() else (MINUS_INF, MINUS_INF, nan)


# --- products -------------------------------------------------------------------------------------


def product(x: Set, y: Set) -> Ends:
    """The product; 0·inf is nan."""
    if not (is_finite(x) and is_finite(y)):
        return product_with_infinities(x, y)
    a, b, c, d = x.lo, x.hi, y.lo, y.hi
    if a >= ZERO:
        p, q, r, s = (a if c >= ZERO else b), c, (a if d <= ZERO else b), d
    elif b <= ZERO:
        p, q, r, s = (b if d <= ZERO else a), d, (b if c >= ZERO else a), c
    elif c >= ZERO:
        p, q, r, s = a, d, b, d
    elif d <= ZERO:
        p, q, r, s = b, c, a, c
    else:  # both have both signs
        least, greatest = (
            min((a * d).lower(), (b * c).lower()),
            max((a * c).upper(), (b * d).upper()),
        )
        return least, greatest, False
    return (p * q).lower(), (r * s).upper(), False


def product_with_infinities(x: Set, y: Set) -> Ends:
    if is_nothing(x) or is_nothing(y):
        return NOTHING
    nan = x.nan or y.nan or (has_zero(x) and has_inf(y)) or (has_inf(x) and has_zero(y))
    ends = [a * b for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
    for one, other in ((x, y), (y, x)):
        if has_zero(one) and not (is_number(other) and has_inf(other)):
            ends.append(ZERO)  # an end of 0 times inf has said nothing
    return around(ends, nan)


# --- quotients ------------------------------------------------------------------------------------


def quotient(x: Set, y: Set) -> Ends:
    """The quotient; 0/0 and inf/inf are nan."""
    if is_finite(x) and is_finite(y) and not has_zero(y):
        first, last = (x.hi, x.lo) if y.hi < ZERO else (x.lo, x.hi)
        small, large = (y.hi, y.lo) if y.hi < ZERO else (y.lo, y.hi)
        flip = y.hi < ZERO
        lo = first / (small if (first > ZERO) == flip else large)
        hi = last / (small if (last > ZERO) != flip else large)
        return lo.lower(), hi.upper(), False
    if is_nothing(x) or is_nothing(y):
        return NOTHING
    nan = x.nan or y.nan or (has_zero(x) and has_zero(y)) or (has_inf(x) and has_inf(y))
    if not has_zero(y):
        ends = [a / b for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
        return around(ends + ([ZERO] if has_inf(y) and not only_inf(x) else []), nan)
    return quotient_by_zero(x, y, nan)


def quotient_by_zero(x: Set, y: Set, nan: bool) -> Ends:
    """x/y for a y that holds 0, which has no sign."""
    if is_number(x) and has_zero(x):
        return NOTHING if is_number(y) else (ZERO, ZERO, True)
    if is_number(y):
        ends = [INF] if x.hi > ZERO else []
        return around([*ends, *([MINUS_INF] if x.lo < ZERO else [])], nan)
    if y.lo < ZERO or x.lo < ZERO < x.hi:
        return MINUS_INF, INF, nan
    if x.lo >= ZERO:
        return ZERO if has_inf(y) else (x.lo / y.hi).lower(), INF, nan
    return MINUS_INF, ZERO if has_inf(y) else (x.hi / y.hi).upper(), nan
