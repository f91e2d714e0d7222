"""The functions of one number, on balls: by what is known of their shape and Arb's at the ends.

On a short ball they are Arb's own. A function that only rises goes from its value at one end to
that at the other, however long a ball is.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

from flint import arb, ctx, fmpq

from micrograd_cli.algebra.ball import angles, ends
from micrograd_cli.algebra.ball.angles import Angle
from micrograd_cli.algebra.ball.ends import INF, MINUS_INF, MINUS_ONE, ONE, ZERO, Real
from micrograd_cli.algebra.ball.numbers import (
    NAN,
    Ball,
    between,
    exactly,
    finite,
    integer,
    rational,
    short,
    within,
)

Function = Callable[[arb], arb]
Pair = tuple[Real, Real]
HALF, TWO = ONE / 2, arb(2)
EVERYWHERE: Pair = (MINUS_INF, INF)
POSITIVE: Pair = (ZERO, INF)
SHARE: Pair = (ZERO, ONE)
UNIT_INTERVAL: Pair = (MINUS_ONE, ONE)


def at_point(function: Function, limits: tuple[Pair, ...], x: Real) -> arb:
    """The value at x: where Arb says nothing, that of the limits (poles and infinities)."""
    y = function(x)
    if y.is_finite():
        return y
    return next((limit for at, limit in limits if at == x), y)


def directly(function: Function, x: Ball, image: Pair = EVERYWHERE) -> Ball | None:
    """Arb's own value on a short ball; None where that says less than the ends do."""
    if x.short is None:
        return None
    y = function(x.short)
    if y.is_finite() if image is EVERYWHERE else image[0] < y < image[1]:
        return finite(y)
    return None


def lower(y: arb) -> Real:
    return MINUS_INF if y.is_nan() else y.lower()


def upper(y: arb) -> Real:
    return INF if y.is_nan() else y.upper()


# --- functions that only rise or only fall --------------------------------------------------------


def rising(
    function: Function,
    domain: Pair = EVERYWHERE,
    image: Pair = EVERYWHERE,
    limits: tuple[Pair, ...] = (),
) -> Callable[[Ball], Ball]:
    """An increasing function, nan outside of its domain; its values stay within the image."""
    anywhere, (below, above) = image is EVERYWHERE, image

    def call(x: Ball) -> Ball:
        if x.short is not None:
            y = function(x.short)
            if y.is_finite() if anywhere else below < y < above:
                return finite(y)
        elif x is NAN:
            return NAN
        lo, hi, nan = x.lo, x.hi, x.nan
        if not (domain[0] <= lo and hi <= domain[1]):
            if lo > domain[1] or hi < domain[0]:
                return NAN
            lo, hi, nan = max(lo, domain[0]), min(hi, domain[1]), True
        first = at_point(function, limits, lo)
        last = first if lo == hi else at_point(function, limits, hi)
        return within(Ball(lower(first), upper(last), nan), *image)

    return call


def falling(call: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    """A decreasing function, from the increasing one of -x."""
    return lambda x: call(-x)


def fading(function: Function, limits: tuple[Pair, ...] = ()) -> Callable[[Ball], Ball]:
    """An even function that falls on both sides of 0, from its peak of 1 to 0."""
    left = rising(lambda x: function(-x), image=SHARE, limits=limits)
    return lambda x: directly(function, x, SHARE) or left(-abs(x))


def bounded(function: Callable[[Ball], Ball], below: Real) -> Callable[[Ball], Ball]:
    """A slope that goes from 0 at -inf to 1 at inf and stays between `below` and 1 - below."""

    def call(x: Ball) -> Ball:
        if x.short is None and ends.only_inf(x):
            limit = ZERO if x.lo < ZERO else ONE
            return Ball(limit, limit, x.nan)
        found = function(x)
        if found.short is not None and below < found.short < ONE - below:
            return found
        found = within(found, below, ONE - below)
        return found if found is NAN else Ball(found.lo, found.hi, x.nan)

    return call


def logarithm(function: Function) -> Callable[[Ball], Ball]:
    return rising(function, POSITIVE, limits=((ZERO, MINUS_INF),))


def cube_root(x: arb) -> arb:
    if x <= ZERO:
        return -cube_root(-x) if x < ZERO else ZERO
    y = x.root(3)
    whole = y.unique_fmpz() if x.is_exact() else None
    return y if whole is None or whole**3 != x else arb(whole)


def log2(x: arb) -> arb:
    if x.is_exact() and x.is_finite() and x > ZERO:
        mantissa, exponent = x.man_exp()
        if mantissa == 1:
            return arb(exponent)
    return x.log() / arb.const_log2()


def log10(x: arb) -> arb:
    y = x.log() / arb.const_log10()
    whole = y.unique_fmpz() if x.is_exact() else None
    return y if whole is None or whole < 0 or arb(10) ** whole != x else arb(whole)


def logistic(x: arb) -> arb:
    return ONE / (ONE + (-x).exp())


def erfc(x: arb) -> arb:
    if x > FAR and x.is_finite():
        return far_erfc(x)
    return at_point(arb.erfc, ERFC, x)


def far_erfc(x: arb) -> arb:
    """The erfc of a large number, of which Arb's own is wide where the number is not exact.

    The sum of (-1)^n·(2n - 1)!!/(2x²)^n, of which the rest is less than the first term left out
    (DLMF 7.12.1).
    """
    square = x * x
    term, total, n = ONE, ZERO, 0
    while abs(term) > arb(2) ** -ctx.prec:
        total += term
        n += 1
        term *= -(2 * n - 1) / (2 * square)
    return (-square).exp() * (total + arb(0, abs(term).upper())) / (x * arb.pi().sqrt())


def normal_share(x: arb) -> arb:
    """The normal distribution function."""
    return erfc(-x / TWO.sqrt()) / TWO


ERFC = ((INF, ZERO), (MINUS_INF, TWO))
FAR = arb(2) ** 32

exp = rising(arb.exp, image=POSITIVE)
log = logarithm(arb.log)
BEYOND_ONE: Pair = (ONE, INF)
cosh = rising(arb.cosh, POSITIVE, BEYOND_ONE)
square_root = rising(arb.sqrt, POSITIVE, POSITIVE)


def sqrt(x: Ball) -> Ball:
    """The square root, exact of the square of a fraction."""
    found = square_root(x)
    square = None if x.exact is None or found.short is None else rational(x)
    if square is None:
        return found
    root = fmpq(isqrt(int(square.p)), isqrt(int(square.q)))
    return exactly(root, found) if root * root == square else found


RISING: dict[str, Callable[[Ball], Ball]] = {
    "exp": exp,
    "exp2": rising(lambda x: TWO**x, image=POSITIVE, limits=((MINUS_INF, ZERO), (INF, INF))),
    "expm1": rising(arb.expm1, image=(MINUS_ONE, INF)),
    "log": log,
    "log2": logarithm(log2),
    "log10": logarithm(log10),
    "log1p": rising(arb.log1p, (MINUS_ONE, INF), limits=((MINUS_ONE, MINUS_INF),)),
    "sqrt": sqrt,
    "cbrt": rising(cube_root, limits=((INF, INF), (MINUS_INF, MINUS_INF))),
    "asin": rising(arb.asin, UNIT_INTERVAL),
    "acos": falling(rising(lambda x: (-x).acos(), UNIT_INTERVAL)),
    "atan": rising(arb.atan),
    "sinh": rising(arb.sinh),
    "cosh": lambda x: directly(arb.cosh, x, BEYOND_ONE) or cosh(abs(x)),
    "tanh": rising(arb.tanh, image=UNIT_INTERVAL),
    "asinh": rising(arb.asinh),
    "acosh": rising(arb.acosh, (ONE, INF), POSITIVE),
    "atanh": rising(arb.atanh, UNIT_INTERVAL, limits=((ONE, INF), (MINUS_ONE, MINUS_INF))),
    "erf": rising(arb.erf, image=UNIT_INTERVAL, limits=((INF, ONE), (MINUS_INF, MINUS_ONE))),
    "erfc": falling(rising(lambda x: erfc(-x), image=(ZERO, TWO))),
    "erfinv": rising(arb.erfinv, UNIT_INTERVAL, limits=((ONE, INF), (MINUS_ONE, MINUS_INF))),
    "sech_squared": fading(lambda x: x.sech() ** 2),
    "detach": lambda x: x,
}

sigmoid = rising(logistic, image=SHARE)
normal_cdf = rising(normal_share, image=SHARE)
bell = fading(lambda x: (-(x * x)).exp())  # of √c·x

# --- waves ----------------------------------------------------------------------------------------


def crossings(x: Ball, shift: arb) -> tuple[int, int] | None:
    """Which of the points π·(n - shift) lie just below each end, as far as they can be told."""
    first, last = x.lo / arb.pi() + shift, x.hi / arb.pi() + shift
    if not max(-first, last) < arb(2) ** ctx.prec:  # and of a huge one no int is made
        return None
    return integer(first.lower().floor()), integer(last.upper().floor())


def wave(
    function: Function, at_angle: Callable[[Angle], arb], shift: arb, first: Real
) -> Callable[[Ball], Ball]:
    """The sine or cosine, whose extrema stand at the π·(n - shift): `first` where n is even."""

    def call(x: Ball) -> Ball:
        if x.exact.__class__ is Angle:
            return short(at_angle(x.exact))
        if x.short is not None:
            y = function(x.short)
            if MINUS_ONE < y < ONE:
                return finite(y)
        elif x is NAN or (x.lo == x.hi and x.has_inf):
            return NAN
        nan = x.nan or x.has_inf
        passed = None if x.has_inf else crossings(x, shift)
        if passed is None or passed[1] - passed[0] > 1:
            return Ball(MINUS_ONE, ONE, nan)
        ends = [function(x.lo), function(x.hi)]
        if passed[1] > passed[0] and x.lo != x.hi:
            ends.append(-first if passed[1] % 2 else first)
        return within(between(ends, nan), MINUS_ONE, ONE)

    return call


sin = wave(arb.sin, angles.sin, HALF, MINUS_ONE)
cos = wave(arb.cos, angles.cos, ZERO, ONE)


def tan(x: Ball) -> Ball:
    """The tangent, which rises from pole to pole."""
    if x.exact.__class__ is Angle:
        y = angles.tan(x.exact)
        return NAN if y.is_nan() else short(y)
    found = directly(arb.tan, x)
    if found is not None:
        return found
    if x is NAN or (x.lo == x.hi and x.has_inf):
        return NAN
    passed = None if x.has_inf else crossings(x, HALF)
    if x.lo != x.hi and (passed is None or passed[0] != passed[1]):
        return Ball(MINUS_INF, INF, x.nan or x.has_inf)
    return Ball(lower(x.lo.tan()), upper(x.hi.tan()), x.nan)
