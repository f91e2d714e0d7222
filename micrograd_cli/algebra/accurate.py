"""Functions of floats that `math` lacks, or has less accurate: to a few units in the last place.

They are primitives of FLOAT. Where Python's floats raise, they raise too or give IEEE's answer.
"""

from __future__ import annotations

import math
from typing import Any

from micrograd_cli.algebra.coefficients import GELU_SLOPE, ROOT_RADIUS, SILU_SLOPE, Series

inf, nan = math.inf, math.nan
HALF = 2.0**-53  # what rounding costs at most, as a share
NORMAL = 2.0**-1022  # the least float that has all its digits
LEAST, MOST = 1e-280, 1e280  # between them no two steps of what follows leave the range


def cbrt(x: float) -> float:
    """The cube root, by one step of Newton's method from that of libm, which is 4 ulp off."""
    y = math.cbrt(x)
    return y - (y - x / (y * y)) / 3 if 0 < abs(x) < inf else y


def split(x: float) -> tuple[float, float]:
    """High and low halves of x, 26 bits each, so that their products are exact (Veltkamp 1968)."""
    scaled = 134217729.0 * x
    high = scaled - (scaled - x)
    return high, x - high


def gaussian(x: float, c: float, scale: float = 1.0) -> float:
    """scale·exp(-c·x²) for c = 1 or ½. Rounding x² first would cost x² ulp, 256 of them at x = 26.

    Here and below the scale enters before the result can lose its digits to underflow.
    """
    if not abs(x) < 40:
        return 0.0 if x == x else x
    if c * x * x > 700:
        return gaussian(x, c / 2, gaussian(x, c / 2, scale))
    high, low = split(x)
    e = math.exp(-c * (high * high))
    return scale * (e + e * math.expm1(-c * (low * (x + high))))


def sech_squared(x: Any, m: Any = math) -> Any:
    """1/cosh(x)², by one exponential: squaring would double the error of 1/cosh(x)."""
    e = m.exp(-2 * abs(x))
    below = 1 + e
    lost = e - (below - 1)  # when 1 + e was rounded (Dekker 1971)
    y = 4 * e / (below * below)
    return y - 2 * lost * y / below


def sigmoid(x: float, scale: float = 1.0) -> float:
    """scale/(1 + exp(-x))."""
    if x < -700:
        root = math.exp(x / 2)
        return scale * root * root if root else 0.0
    e = math.exp(-abs(x))
    return scale * (1.0 if x >= 0 else e) / (1 + e)


SQRT_HALF = 0.7071067811865476
SQRT_HALF_SPLIT = split(SQRT_HALF)
SQRT_HALF_ERROR = -4.833646656726457e-17  # √½ is SQRT_HALF plus this


def normal_cdf(x: float, scale: float = 1.0) -> float:
    """scale·Φ(x): Φ = erfc(-x/√2)/2, corrected for the rounding of x/√2, magnified x² by erfc."""
    if x < -37:  # erfc underflows: Laplace's continued fraction for φ/Φ
        ratio = -x
        for k in range(8, 0, -1):
            ratio = k / ratio - x
        return gaussian(x, 0.5, scale / ratio / math.sqrt(2 * math.pi))
    t = -x * SQRT_HALF
    if not abs(t) < 30:
        return scale * 0.5 * math.erfc(t)
    high, low = split(-x)
    c_high, c_low = SQRT_HALF_SPLIT
    error = ((high * c_high - t) + high * c_low + low * c_high) + low * c_low
    error += -x * SQRT_HALF_ERROR
    return scale * (0.5 * math.erfc(t) - gaussian(t, 1.0, error / math.sqrt(math.pi)))


def power(x: float, y: float) -> float:
    """math.pow with IEEE's results where it raises."""
    odd = y % 2 == 1 if abs(y) < inf else False
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and odd else inf
    except ValueError:
        return (math.copysign(inf, x) if odd else inf) if x == 0 else nan


def power_slope(x: float, y: float, z: float) -> float:
    """y·x^(y - 1), where z is x^y.

    It is y·z/x where y - 1 would be rounded, to an even number even for y = 2^53 + 2.
    """
    rest, lost = difference(y, 1.0)
    if not lost:
        lower = power(x, rest)
        if LEAST < abs(lower) < MOST:
            return y * lower
    if LEAST < abs(z) < MOST and x and abs(y) < inf:
        return y * z / x
    if x == 0 or abs(x) == inf or z != z or abs(y) == inf:
        return y * power(x, rest)
    root = power(abs(x), rest / 2)  # y enters between two of them: their product may overflow
    sign = math.copysign(1.0, z) * math.copysign(1.0, x)
    return sign * root * y * math.exp(lost * math.log(abs(x))) * root


def difference(x: float, y: float) -> tuple[float, float]:
    """X - y rounded, and what the rounding leaves out (Knuth's TwoSum)."""
    d = x - y
    back = d - x
    return d, (x - (d - back)) - (y + back)


def exp_difference(x: float, y: float) -> float:
    """exp(x - y), where x - y is not rounded: at -700 that would cost 400 ulp."""
    d, lost = difference(x, y)
    if d > 709.8:
        return inf
    e = math.exp(d)
    return e + e * lost if e else e


def mod_slope(x: float, y: float, z: float) -> float:
    """-floor(x/y), where z is x % y: (z - x)/y is a whole number, while x/y may round to one."""
    whole = z - x
    quotient = whole / y if abs(whole) < inf else (z / 2 - x / 2) / y * 2
    return math.copysign(float(round(quotient)), quotient) if abs(quotient) < inf else quotient


def over_square(x: float, y: float, z: float) -> float:
    """x/y², where z is x/y, which may have lost digits to underflow."""
    if abs(z) >= NORMAL or not abs(y) < 1:
        return z / y
    return x * 2.0**600 / y / y * 2.0**-600


def silu_slope(x: float) -> float:
    """The derivative of x·sigmoid(x)."""
    t = (x - SILU_SLOPE.root) - SILU_SLOPE.rest
    if abs(t) < ROOT_RADIUS:
        return float(near_root(SILU_SLOPE, t))
    return sigmoid(x, 1 + sigmoid(-x, x))


def gelu_slope(x: float) -> float:
    """The derivative of x·Φ(x)."""
    t = (x - GELU_SLOPE.root) - GELU_SLOPE.rest
    if abs(t) < ROOT_RADIUS:
        return float(near_root(GELU_SLOPE, t))
    return normal_cdf(x) + gaussian(x, 0.5, x / math.sqrt(2 * math.pi))


def near_root(series: Series, t: Any) -> Any:
    """A function at its root plus t: its terms would cancel there."""
    y: Any = series.coefficients[-1]
    for coefficient in series.coefficients[-2::-1]:
        y = y * t + coefficient
    return y * t
