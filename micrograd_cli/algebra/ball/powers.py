"""Powers, norms and sums of exponentials on balls."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from flint import arb, ctx

from micrograd_cli.algebra.ball.ends import INF, MINUS_ONE, ONE, ZERO, Real
from micrograd_cli.algebra.ball.functions import exp, lower, sqrt, upper
from micrograd_cli.algebra.ball.numbers import (
    LONGEST,
    NAN,
    UNIT,
    Ball,
    between,
    exactly,
    integer,
    point,
    rational,
    short,
    square,
    union,
    within,
)

# --- x^y ------------------------------------------------------------------------------------------


def power(x: Ball, y: Ball) -> Ball:
    """X^y by IEEE's rules: 1 for y = 0, nan where x < 0 and y is no integer."""
    base, exponent = x.short, y.short
    if exponent is not None and exponent.is_integer():
        return UNIT if exponent == ZERO else whole_power(x, exponent)
    if base is not None and base == ONE:
        return UNIT
    if base is not None and exponent is not None and base > ZERO:
        return short(base**exponent)
    if x is NAN or y is NAN:
        return NAN
    parts = []
    if x.hi >= ZERO:
        parts.append(corners(Ball(max(x.lo, ZERO), x.hi), y))
    if x.lo < ZERO:
        parts.append(of_negative(Ball(x.lo, min(x.hi, ZERO)), y))
    found = reduce(union, parts)
    return found if found is NAN else Ball(found.lo, found.hi, found.nan or x.nan or y.nan)


def whole_power(x: Ball, n: Real) -> Ball:
    """x^n for an integer n other than 0."""
    if x.short is not None and ZERO not in x.short:
        found = short(x.short**n)
        large = abs(n) > LONGEST  # of which no int is made
        return found if x.exact is None or large else whole_fraction(found, x, integer(n))
    if x is NAN:
        return NAN
    even = (n / 2).is_integer()
    base = abs(x) if even else x
    if n > ZERO:
        return Ball(lower(raised(base.lo, n)), upper(raised(base.hi, n)), x.nan)
    return UNIT / whole_power(x, -n)


def whole_fraction(found: Ball, x: Ball, n: int) -> Ball:
    """x^n for a fraction x, exact where it is short."""
    exact = rational(x)
    if exact is None or exact.height_bits() * abs(n) > min(ctx.prec, LONGEST):
        return found
    return exactly(exact**n, found)


def raised(x: Real, n: Real) -> arb:
    """x^n for an integer n > 0."""
    if not x.is_finite():
        return x if x > ZERO or not (n / 2).is_integer() else -x
    return x**n


def corners(x: Ball, y: Ball) -> Ball:
    """X^y for x >= 0: it is monotonic in each, so its extremes are at the corners."""
    found = [nonnegative_power(a, b) for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
    if x.lo < ONE < x.hi or y.lo < ZERO < y.hi:
        found.append(ONE)  # where it changes from falling to rising
    return between(found)


def nonnegative_power(x: Real, y: Real) -> arb:
    """x^y for numbers, x >= 0."""
    if y == ZERO or x == ONE:
        return ONE
    if x in (ZERO, INF) or not y.is_finite():
        grows = (x > ONE) == (y > ZERO)
        return INF if grows else ZERO
    return x**y


def of_negative(x: Ball, y: Ball) -> Ball:
    """X^y for x < 0 and a y that is not known to be an integer."""
    size = -x
    if y.is_point and y.has_inf:
        return corners(size, y)
    if y.lo.ceil() > y.hi:  # no integer is among the exponents: of x, -inf alone has such powers
        if size.hi < INF:
            return NAN
        found = corners(point(INF), y)
        return found if x.is_point else Ball(found.lo, found.hi, nan=True)
    found = corners(size, y)
    return Ball(min(-found.hi, found.lo), max(found.hi, -found.lo), nan=True)


def power_slope(x: Ball, y: Ball, z: Ball) -> Ball:
    """The derivative y·x^(y - 1) of z = x^y by x."""
    return y * power(x, y - 1)


# --- norms and angles -----------------------------------------------------------------------------


def hypot(*x: Ball) -> Ball:
    """The root of the sum of squares."""
    if any(each.lo == each.hi and each.has_inf for each in x):
        return Ball(INF, INF, any(each.nan for each in x))  # IEEE's, with nan beside inf too
    if any(each is NAN for each in x):
        return NAN
    if len(x) == 1:
        return abs(x[0])
    squares = reduce(add, [square(each) for each in x])
    if squares.short is not None and squares.short > ZERO:
        return sqrt(squares)
    sizes = [abs(each) for each in x]
    lo = reduce(add, [each.lo * each.lo for each in sizes])
    hi = reduce(add, [each.hi * each.hi for each in sizes])
    least, most = lo.lower(), hi.upper()
    return Ball(max(least, ZERO).sqrt().lower(), most.sqrt().upper(), any(e.nan for e in x))


def over_norm(each: Ball, n: Any, *x: Ball) -> Ball:
    """each/|x|^n for a component `each` of x, which for n = 1 is at most 1."""
    norm = hypot(*x)
    if n.lo == ONE:
        share = each / norm
        if share.short is not None and MINUS_ONE < share.short < ONE:
            return share
        found = within(each / norm, MINUS_ONE, ONE)
        return Ball(found.lo, found.hi, each.nan or norm.nan) if found is not NAN else found
    return each / norm / norm


def atan2(y: Ball, x: Ball) -> Ball:
    """The angle of the point (x, y); of a rectangle, that of its corners."""
    if x is NAN or y is NAN:
        return NAN
    if x.short is not None and y.short is not None and (x.short > ZERO or ZERO not in y.short):
        return short(arb.atan2(y.short, x.short))
    nan = x.nan or y.nan
    cut = x.lo < ZERO and y.lo < ZERO <= y.hi
    origin = x.has_zero and y.has_zero and not (x.is_point and y.is_point)
    if not (cut or origin):
        return between([angle(b, a) for b in (y.lo, y.hi) for a in (x.lo, x.hi)], nan)
    full = arb.pi().upper()
    lo = -full if cut else half_turn(-y.lo)
    hi = full if x.lo < ZERO else half_turn(y.hi)
    found = Ball(-lo if lo > ZERO else lo, hi, nan)
    found.torn = True
    return found


def half_turn(side: Real) -> Real:
    """How far the angle reaches to a side of the positive axis: a right angle, or not at all."""
    return (arb.pi() / 2).upper() if side > ZERO else ZERO


def angle(y: Real, x: Real) -> arb:
    """The angle of a point, 0 at the origin."""
    if y == ZERO:
        return ZERO if x >= ZERO else arb.pi()
    if x.is_finite() and y.is_finite():
        return arb.atan2(y, x)
    if y.is_finite():
        return ZERO if x > ZERO else y.sgn() * arb.pi()
    directions = [ZERO if a.is_finite() else ONE if a > ZERO else MINUS_ONE for a in (y, x)]
    return arb.atan2(*directions)


# --- sums of exponentials -------------------------------------------------------------------------


def logsumexp(*x: Ball) -> Ball:
    """The logarithm of the sum of exponentials, which rises with each."""
    if any(each is NAN for each in x):
        return NAN
    numbers = [each.short for each in x if each.short is not None]
    if len(numbers) == len(x):
        return short(log_of_sum(numbers))
    nan = any(each.nan for each in x)
    first = log_of_sum([each.lo for each in x])
    last = log_of_sum([each.hi for each in x])
    return Ball(lower(first), upper(last), nan)


def log_of_sum(x: list[arb]) -> arb:
    place = max(range(len(x)), key=lambda i: x[i].mid())
    top, lower_ones = x[place], x[:place] + x[place + 1 :]
    if not top.is_finite():
        return top
    return top + reduce(add, [(each - top).exp() for each in lower_ones], ZERO).log1p()


def exp_difference(x: Ball, y: Ball) -> Ball:
    return exp(x - y)


def deviations(*x: Ball) -> list[Ball]:
    """How far each is from the mean, seen from the first."""
    seen = [each - x[0] for each in x]
    mean = reduce(add, seen) / len(x)
    return [each - mean for each in seen]
