"""COLUMN: the functions of the table on NumPy arrays, on which `kernel.py` replays a tape.

They give what `scalar.py` gives, to a few units in the last place and with the same IEEE edges;
where NumPy has no function, or one that loses digits, the formula is here. `m.nothing` and
`m.where` are settled when the tape is written (see `tape.py`): nothing here masks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from micrograd_cli.algebra.accurate import LEAST, MOST, NORMAL, difference, near_root
from micrograd_cli.algebra.coefficients import (
    ERF,
    GELU_SLOPE,
    ROOT_RADIUS,
    SCALED_ERFC,
    SILU_SLOPE,
    Series,
)
from micrograd_cli.algebra.scalar import IEEE, PLAIN

Array = Any  # a float64 array, or a float where an operand is the same in every row

SQRT_2 = math.sqrt(2)


def polynomial(coefficients: Sequence[float], x: Array) -> Array:
    y = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        y *= x
        y += coefficient
    return y


def scaled_erfc(x: Array, unit: float = 1.0) -> Array:
    """exp(t²)·erfc(t) for t = x/unit >= 0, which is not rounded."""
    return polynomial(SCALED_ERFC, (x - 3 * unit) / (x + 3 * unit)) / (1 + 2 / unit * x)


def erf_near_zero(x: Array) -> Array:
    """erf(x) for |x| <= 1; beyond it erf(±1), which no one looks at."""
    inside = np.clip(x, -1, 1)
    return inside * polynomial(ERF, inside * inside)


def erfc(x: Array) -> Array:
    x = np.asarray(x, dtype=float)
    size = np.abs(x)
    tail = gaussian(x, 1.0, scaled_erfc(size))
    far = np.where(x > 0, tail, 2 - tail)
    return np.where(x < 0.5, np.where(x > -1, 1 - erf_near_zero(x), far), far)


def erf(x: Array) -> Array:
    x = np.asarray(x, dtype=float)
    far = np.copysign(1 - gaussian(x, 1.0, scaled_erfc(np.abs(x))), x)
    return np.where(np.abs(x) < 1, erf_near_zero(x), far)


def gaussian(x: Array, c: float, scale: Array = 1.0) -> Array:
    """scale·exp(-c·x²), for c = 1 or ½; x² is split because rounding it would cost x² ulp."""
    scaled = 134217729.0 * x
    high = scaled - (scaled - x)
    rest = (x - high) * (x + high)

    def factor(c: float) -> Array:
        e = np.exp(-c * (high * high))
        return e + e * np.expm1(-c * rest)

    small = c * x * x > 700
    y = scale * factor(c)
    if np.any(small):  # in two steps, so that the scale enters before the digits are lost
        root = factor(c / 2)
        y = np.where(small, scale * root * root, y)
    return np.where(np.abs(x) >= 40, 0.0, y)


def normal_cdf(x: Array, scale: Array = 1.0) -> Array:
    half = gaussian(x, 0.5, 0.5 * scale * scaled_erfc(np.abs(x), SQRT_2))
    near = scale * (0.5 + 0.5 * erf_near_zero(x / SQRT_2))
    return np.where(np.abs(x) < 0.5, near, np.where(x < 0, half, scale - half))


def sigmoid(x: Array, scale: Array = 1.0) -> Array:
    e = np.exp(-np.abs(x))
    y = scale * np.where(x >= 0, 1.0, e) / (1 + e)
    low = x < -700
    if np.any(low):
        root = np.exp(x / 2)
        y = np.where(low, np.where(root > 0, scale * root * root, 0.0), y)
    return y


def one_by_one(name: str, arity: int) -> Callable[..., Any]:
    """The function of floats on every element."""
    function = np.frompyfunc(PLAIN[name], arity, 1)
    return lambda *x: np.asarray(function(*x), dtype=float)


def prod(*x: Array) -> Array:
    """The product, whose parts may over- or underflow though it does not."""
    total, exponent = np.frexp(x[0])
    for each in x[1:]:
        fraction, more = np.frexp(each)
        total, carry = np.frexp(total * fraction)
        exponent = exponent + more + carry
    return np.ldexp(total, exponent)


def hypot(*x: Array) -> Array:
    """Of more than two, by the squares with their rounding errors, scaled by a power of 2."""
    if len(x) <= 2:
        return np.hypot(*x) if len(x) == 2 else np.abs(x[0])
    top = largest(*map(np.abs, x))
    _, exponent = np.frexp(np.where(top < math.inf, top, 1.0))
    total: Array = 0.0
    error: Array = 0.0
    for each in x:
        part = np.ldexp(each, -exponent)
        square = part * part
        scaled = 134217729.0 * part
        high = scaled - (scaled - part)
        low = part - high
        added = total + square
        back = added - total
        error += ((high * high - square) + 2 * high * low) + low * low
        error += (total - (added - back)) + (square - back)
        total = added
    infinite = reduce(np.logical_or, [np.isinf(each) for each in x])
    return np.where(infinite, math.inf, np.ldexp(np.sqrt(total + error), exponent))


def patched(y: Array, rare: Array, name: str, *x: Array) -> Array:
    """A column with FLOAT's own result, one by one, in the rare rows where a short cut fails."""
    if not np.any(rare):
        return y
    y, rare, *operands = np.broadcast_arrays(y, rare, *x)
    y = y.copy()
    y[rare] = np.frompyfunc(getattr(IEEE, name), len(x), 1)(*[each[rare] for each in operands])
    return y


def power_slope(x: Array, y: Array, z: Array) -> Array:
    rest, lost = difference(y, 1.0)
    lower, size = np.power(x, rest), np.abs(z)
    exact = (lost == 0) & (np.abs(lower) > LEAST) & (np.abs(lower) < MOST)
    edge = exact | (x == 0) | np.isinf(x) | np.isnan(z) | np.isinf(y)
    found = np.where(edge, y * lower, y * z / x)
    return patched(found, ~((size > LEAST) & (size < MOST) | edge), "power_slope", x, y, z)


def over_square(x: Array, y: Array, z: Array) -> Array:
    small = (np.abs(z) < NORMAL) & (np.abs(y) < 1) & (x != 0)
    return patched(z / y, small, "over_square", x, y, z)


def over_norm(each: Array, n: Array, *x: Array) -> Array:
    norm = hypot(*x)
    y = each / norm if n == 1 else each / norm / norm
    fine = (norm > LEAST) & (norm < MOST) & ((np.abs(y) >= NORMAL) | (each == 0))
    return patched(y, ~(fine | (norm == 0) | np.isnan(norm)), "over_norm", each, n, *x)


def mod_slope(x: Array, y: Array, z: Array) -> Array:
    whole = z - x
    return patched(np.rint(whole / y), np.isinf(whole), "mod_slope", x, y, z)


def exp_difference(x: Array, y: Array) -> Array:
    d, lost = difference(x, y)
    e = np.exp(d)
    return np.where(np.isinf(d), e, e + e * lost)


def mean(*x: Array) -> Array:
    total = reduce(np.add, x)
    return patched(total / len(x), np.isinf(total), "mean", *x)


def logsumexp(*x: Array) -> Array:
    shift = largest(*x)
    count: Array = 0.0
    rest: Array = 0.0
    for each in x:
        count = count + (each == shift)
        rest = rest + np.where(each == shift, 0.0, np.exp(each - shift))
    y = shift + (np.log(count) + np.log1p(rest / count))
    rare = np.isinf(shift) | (np.abs(y) < np.abs(shift) / 2)
    return patched(y, rare, "logsumexp", *x)


def slope(series: Series, x: Array, y: Array) -> Array:
    """A derivative y, by its series about the root where x is close to that."""
    t = (x - series.root) - series.rest
    return np.where(np.abs(t) < ROOT_RADIUS, near_root(series, t), y)


def silu_slope(x: Array) -> Array:
    return slope(SILU_SLOPE, x, sigmoid(x, 1 + sigmoid(-x, x)))


def gelu_slope(x: Array) -> Array:
    plain = normal_cdf(x) + gaussian(x, 0.5, x / math.sqrt(2 * math.pi))
    return slope(GELU_SLOPE, x, plain)


def largest(*x: Array) -> Array:
    """The first of the greatest, as Python's max; nan where one is nan."""
    return reduce(lambda a, b: np.where((b > a) | (b != b), b, a), x)


def least(*x: Array) -> Array:
    return reduce(lambda a, b: np.where((b < a) | (b != b), b, a), x)


# With an argument `out` for the result.
UFUNCS: dict[str, Any] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
    "mod": np.remainder, "neg": np.negative, "square": np.square, "abs": np.abs, "pow": np.power,
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2,
    "log10": np.log10, "log1p": np.log1p, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos,
    "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "round": np.rint,
}  # fmt: skip
OTHERS: dict[str, Callable[..., Any]] = {
    # an ulp between two roots would be six between their derivatives, 1/(3·y²)
    "cbrt": one_by_one("cbrt", 1), "lgamma": one_by_one("lgamma", 1),
    "digamma": one_by_one("digamma", 1), "polygamma": one_by_one("polygamma", 2),
    "erfinv": one_by_one("erfinv", 1), "erfinv_slope": one_by_one("erfinv_slope", 2),
    "prod": prod, "erf": erf, "erfc": erfc, "gaussian": gaussian, "normal_cdf": normal_cdf,
    "sigmoid": sigmoid, "hypot": hypot, "max": largest, "min": least,
    "power_slope": power_slope, "over_square": over_square, "over_norm": over_norm,
    "mod_slope": mod_slope, "exp_difference": exp_difference, "mean": mean, "logsumexp": logsumexp,
    "silu_slope": silu_slope, "gelu_slope": gelu_slope,
    "sign": lambda x: np.sign(x) + 0.0, "where": np.where, "indicator": lambda p: p * 1.0,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal,
    "both": np.logical_and, "either": np.logical_or, "negate": np.logical_not,
}  # fmt: skip
