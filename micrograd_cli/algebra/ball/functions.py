"""The functions of one number, on balls: by what is known of their shape and Arb's at the ends.

A function that only rises goes from its value at one end to that at the other, however long a ball
is. What has no such shape is left to Arb, whose enclosure is tight where the ball is short.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import arb

from micrograd_cli.algebra.ball.numbers import (
    INF,
    MINUS_INF,
    MINUS_ONE,
    NAN,
    ONE,
    ZERO,
    Ball,
    Real,
    between,
    within,
)

Function = Callable[[arb], arb]
Pair = tuple[Real, Real]
HALF, TWO = ONE / 2, arb(2)
EVERYWHERE: Pair = (MINUS_INF, INF)
POSITIVE: Pair = (ZERO, INF)


def at_point(function: Function, limits: tuple[Pair, ...], x: Real) -> arb:
    """The value at x: where Arb says nothing, that of the limits (poles and infinities)."""
    y = function(x)
    if y.is_finite():
        return y
    return next((limit for at, limit in limits if at == x), y)


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

    def call(x: Ball) -> Ball:
        if x is NAN:
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
    left = rising(lambda x: function(-x), image=(ZERO, ONE), limits=limits)
    return lambda x: left(-abs(x))


def bounded(function: Callable[[Ball], Ball], below: Real) -> Callable[[Ball], Ball]:
    """A slope that goes from 0 at -inf to 1 at inf and stays between `below` and 1 - below."""

    def call(x: Ball) -> Ball:
        if x.lo == x.hi and x.has_inf:
            limit = ZERO if x.lo < ZERO else ONE
            return Ball(limit, limit, x.nan)
        found = within(function(x), below, ONE - below)
        return found if found is NAN else Ball(found.lo, found.hi, x.nan)

    return call


def logarithm(function: Function) -> Callable[[Ball], Ball]:
    return rising(function, POSITIVE, limits=((ZERO, MINUS_INF),))


def cube_root(x: Real) -> arb:
    if x <= ZERO:
        return -cube_root(-x) if x < ZERO else ZERO
    y = x.root(3)
    whole = y.unique_fmpz()
    return y if whole is None or whole**3 != x else arb(whole)


def log2(x: Real) -> arb:
    if x.is_finite() and x > ZERO:
        mantissa, exponent = x.man_exp()
        if mantissa == 1:
            return arb(exponent)
    return x.log() / arb.const_log2()


def log10(x: Real) -> arb:
    y = x.log() / arb.const_log10()
    whole = y.unique_fmpz()
    return y if whole is None or whole < 0 or arb(10) ** whole != x else arb(whole)


def logistic(x: arb) -> arb:
    return ONE / (ONE + (-x).exp())


def normal_share(x: arb) -> arb:
    """The normal distribution function."""
    return at_point(arb.erfc, ERFC, -x / TWO.sqrt()) / TWO


ERFC = ((INF, ZERO), (MINUS_INF, TWO))
SHARE: Pair = (ZERO, ONE)
UNIT_INTERVAL: Pair = (MINUS_ONE, ONE)

exp = rising(arb.exp, image=POSITIVE)
log = logarithm(arb.log)
cosh = rising(arb.cosh, POSITIVE, (ONE, INF))

RISING: dict[str, Callable[[Ball], Ball]] = {
    "exp": exp,
    "exp2": rising(lambda x: TWO**x, image=POSITIVE, limits=((MINUS_INF, ZERO), (INF, INF))),
    "expm1": rising(arb.expm1, image=(MINUS_ONE, INF)),
    "log": log,
    "log2": logarithm(log2),
    "log10": logarithm(log10),
    "log1p": rising(arb.log1p, (MINUS_ONE, INF), limits=((MINUS_ONE, MINUS_INF),)),
    "sqrt": rising(arb.sqrt, POSITIVE, POSITIVE),
    "cbrt": rising(cube_root, limits=((INF, INF), (MINUS_INF, MINUS_INF))),
    "asin": rising(arb.asin, UNIT_INTERVAL),
    "acos": falling(rising(lambda x: (-x).acos(), UNIT_INTERVAL)),
    "atan": rising(arb.atan),
    "sinh": rising(arb.sinh),
    "cosh": lambda x: cosh(abs(x)),
    "tanh": rising(arb.tanh, image=UNIT_INTERVAL),
    "asinh": rising(arb.asinh),
    "acosh": rising(arb.acosh, (ONE, INF), POSITIVE),
    "atanh": rising(arb.atanh, UNIT_INTERVAL, limits=((ONE, INF), (MINUS_ONE, MINUS_INF))),
    "erf": rising(arb.erf, image=UNIT_INTERVAL, limits=((INF, ONE), (MINUS_INF, MINUS_ONE))),
    "erfc": falling(rising(lambda x: at_point(arb.erfc, ERFC, -x), image=(ZERO, TWO))),
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
    ends = [x.lo / arb.pi() + shift, x.hi / arb.pi() + shift]
    numbers = (ends[0].lower().floor().unique_fmpz(), ends[1].upper().floor().unique_fmpz())
    if numbers[0] is None or numbers[1] is None:
        return None
    return int(numbers[0]), int(numbers[1])


def wave(function: Function, shift: arb, first: Real) -> Callable[[Ball], Ball]:
    """The sine or cosine, whose extrema stand at the π·(n - shift): `first` where n is even."""

    def call(x: Ball) -> Ball:
        if x is NAN or (x.lo == x.hi and x.has_inf):
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


sin = wave(arb.sin, HALF, MINUS_ONE)
cos = wave(arb.cos, ZERO, ONE)


def tan(x: Ball) -> Ball:
    """The tangent, which rises from pole to pole."""
    if x is NAN or (x.lo == x.hi and x.has_inf):
        return NAN
    passed = None if x.has_inf else crossings(x, HALF)
    if x.lo != x.hi and (passed is None or passed[0] != passed[1]):
        return Ball(MINUS_INF, INF, x.nan or x.has_inf)
    return Ball(lower(x.lo.tan()), upper(x.hi.tan()), x.nan)
