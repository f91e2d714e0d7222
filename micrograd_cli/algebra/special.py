"""The gamma function's family and the inverse error function, of floats, to a few ulp.

Nothing here raises: a pole is inf, what lies outside the domain is nan. Near their zeros on the
negative axis lgamma, digamma and polygamma are as right as the rounding of x lets them be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from micrograd_cli.algebra.coefficients import (
    DIGAMMA,
    DIGAMMA_ROOT,
    DIGAMMA_ROOT_REST,
    EULER_MACLAURIN,
    LGAMMA_1,
    LGAMMA_2,
    LGAMMA_3_2,
    STIRLING,
    STIRLING_SLOPE,
)

inf, nan = math.inf, math.nan
MOST = 100  # derivatives of digamma


def polynomial(coefficients: Sequence[float], x: float) -> float:
    """Its value at x, by Horner's rule; coefficients from the constant up."""
    total = 0.0
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def from_integer(x: float) -> float:
    """How far x is from the nearest integer, exactly."""
    return x - round(x)


# --- the gamma function ---------------------------------------------------------------------------


def lgamma(x: float) -> float:
    """The logarithm of |Γ(x)|: polynomials up to 2.5, recurrence up to 8, Stirling's formula."""
    if not 0 < x < inf:
        return lgamma_beyond(x)
    if x < 0.7:  # log Γ(1 + x) - log(x)
        above = x * polynomial(LGAMMA_1, x) if x < 0.3 else polynomial(LGAMMA_3_2, x - 0.5)
        return above - math.log(x)
    if x < 1.3:
        return (x - 1) * polynomial(LGAMMA_1, x - 1)
    if x < 1.7:
        return polynomial(LGAMMA_3_2, x - 1.5)
    if x < 2.5:
        return (x - 2) * polynomial(LGAMMA_2, x - 2)
    if x < 8:
        factor = 1.0
        while x >= 2.5:
            x -= 1
            factor *= x
        return math.log(factor) + lgamma(x)
    tail = polynomial(STIRLING, 1 / x / x) / x
    return (x - 0.5) * (math.log(x) - 1) + (0.4189385332046727 + tail)  # log(2π)/2 - 1/2


def lgamma_beyond(x: float) -> float:
    """The same for x <= 0, by reflection: Γ(x)Γ(-x) = -π/(x sin πx); for inf and nan."""
    if x != x or abs(x) == inf:
        return abs(x)
    rest = from_integer(x)
    if rest == 0:
        return inf
    size = -x
    if size < 1e-17:
        return -math.log(size)
    return math.log(math.pi / (size * abs(math.sin(math.pi * rest)))) - lgamma(size)


def digamma(x: float) -> float:
    """ψ(x), the derivative of lgamma, by its root's distance times a polynomial up to 2.5."""
    if not 0 < x < inf:
        return digamma_beyond(x)
    if x < 1:  # ψ(1 + x) - 1/x
        distance = (x - (DIGAMMA_ROOT - 1)) - DIGAMMA_ROOT_REST
        return distance * polynomial(DIGAMMA, x - 0.75) - inverse(x)
    total = 0.0
    if x < 10:
        while x >= 2.5:
            x -= 1
            total += 1 / x
        distance = (x - DIGAMMA_ROOT) - DIGAMMA_ROOT_REST
        return total + distance * polynomial(DIGAMMA, x - 1.75)
    return math.log(x) - (0.5 + polynomial(STIRLING_SLOPE, 1 / x / x) / x) / x


def digamma_beyond(x: float) -> float:
    """The same for x <= 0, by reflection: ψ(x) = ψ(-x) - 1/x - π cot πx; for inf and nan."""
    if x == 0:
        return -math.copysign(inf, x)
    if x != x or x == inf:
        return x
    rest = from_integer(x) if x > -inf else 0.0
    if rest == 0:
        return nan
    if x > -1e-8:
        return -inverse(x) - 0.5772156649015329  # and Euler's constant
    return digamma(-x) - 1 / x - math.pi / math.tan(math.pi * rest)


def inverse(x: float) -> float:
    """1/x, whatever x is but 0."""
    return 1 / x if abs(x) > 1e-308 else math.copysign(inf, x)


def polygamma(n: float, x: float) -> float:
    """The derivative of digamma of order n, a whole number up to MOST; nan for any other n.

    It is ±n! Σ (x + k)^-(n + 1) over k >= 0: for x < 0, over all integers k less those below 0.
    """
    if not (0 <= n <= MOST and n == int(n)):
        return nan
    if n == 0:
        return digamma(x)
    order = int(n)
    if x != x or x == -inf:
        return nan
    sign = 1.0 if order % 2 else -1.0
    if x > 0:
        return sign * (hurwitz(order, x) if x < inf else 0.0)
    rest = from_integer(x)
    if rest == 0:  # a pole, of which the sides agree where the order is odd
        return inf if sign > 0 else -math.copysign(inf, x) if x == 0 else nan
    above, below = (1.0, sign) if rest > 0 else (sign, 1.0)
    around = above * hurwitz(order, abs(rest)) + below * hurwitz(order, 1 - abs(rest))
    return sign * (around - sign * hurwitz(order, 1 - x))


def hurwitz(order: int, x: float) -> float:
    """The sum of n!/(x + k)^(n + 1) over k >= 0, for x > 0, by the Euler-Maclaurin formula."""
    s = order + 1
    scale = float(math.factorial(order))
    terms, first, k = [], x, 0
    while x < 12 + order:
        lost = (first - (x - (x - first))) + (k - (x - first))  # of first + k (Knuth's two-sum)
        terms.append(scaled_power(scale, x, s) * (1 - s * lost / x))
        k += 1
        x = first + k
    term = scaled_power(scale, x, s)
    terms += scaled_power(scale / order, x, order), term / 2
    term *= s / x
    for k, coefficient in enumerate(EULER_MACLAURIN):
        terms.append(coefficient * term)
        term *= (s + 2 * k + 1) / x * ((s + 2 * k + 2) / x)
    return math.fsum(terms) if terms[0] < inf else inf


def scaled_power(scale: float, x: float, s: int) -> float:
    """scale·x^-s, in two steps where the power alone would over- or underflow."""
    try:
        power = math.pow(x, s)
        if 1e-300 < power < 1e300:
            return scale / power
        return scale * math.pow(x, -(s // 2)) * math.pow(x, -(s - s // 2))
    except OverflowError:
        return 0.0 if x > 1 else inf


# --- the inverse error function -------------------------------------------------------------------


def erfinv(x: float) -> float:
    """The y with erf(y) = x: Winitzki's approximation, then three steps of Halley's method."""
    size = abs(x)
    if not size < 1:
        return math.copysign(inf, x) if size == 1 else nan
    log = math.log1p(-size * size) if size < 0.5 else math.log((1 - size) * (1 + size))
    half = 4.330746750799873 + log / 2  # 2/(0.147π)
    y = math.sqrt(-log / 0.147 / (math.sqrt(half * half - log / 0.147) + half))
    for _ in range(3):
        error = math.erf(y) - size if size < 0.5 else (1 - size) - math.erfc(y)
        step = error * (0.8862269254527580 * math.exp(y * y))  # √π/2
        y -= step / (1 + y * step)
    return math.copysign(y, x)


def erfinv_slope(y: float, x: float) -> float:
    """The derivative √π/2·exp(y²) of y = erfinv(x).

    The error of y is magnified seventyfold by exp: far out that is undone by erfc(y)/(1 - |x|),
    which is 1 but for it.
    """
    if not abs(x) < 1:
        return inf if abs(x) == 1 else nan
    slope = 0.8862269254527580 * exp_square(y)
    return slope if abs(x) < 0.5 else slope * (math.erfc(abs(y)) / (1 - abs(x)))


def exp_square(y: float) -> float:
    """exp(y²) for |y| < 6, with the rounding of y²."""
    high = math.ldexp(round(math.ldexp(y, 20)), -20)  # its square is exact
    return math.exp(high * high) * math.exp((y - high) * (y + high))
