"""WIDE: the algebra of floats whose exponent has no end, for gradients that leave the range.

Of 1/exp(x) at 375 the gradient by exp(x) is -1.9e-326, no float, and that by x -1.4e-163. A `Wide`
rounds as a float does; functions are FLOAT's, of numbers that are floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from math import frexp, isfinite, ldexp
from operator import mul
from types import SimpleNamespace
from typing import Any

from micrograd_cli.algebra.accurate import NORMAL
from micrograd_cli.algebra.reductions import deviations
from micrograd_cli.algebra.scalar import divide, safely
from micrograd_cli.algebra.vocabulary import ALL, OPERATOR, PRIMITIVES, SMOOTH

ZEROS = (0.0, 1.0, 2.0, math.inf, -math.inf)
FAR = 60  # bits: what is smaller by more is lost in a sum


class Wide:
    """fraction·2^exponent; the fraction is between ½ and 1, or 0, inf or nan."""

    __slots__ = ("exponent", "fraction")

    def __init__(self, number: float, exponent: int = 0) -> None:
        self.fraction, more = frexp(number)
        self.exponent = exponent + more

    def __float__(self) -> float:
        try:
            return ldexp(self.fraction, self.exponent)
        except OverflowError:
            return math.copysign(math.inf, self.fraction)

    def __bool__(self) -> bool:
        return self.fraction != 0

    def __neg__(self) -> Wide:
        return Wide(-self.fraction, self.exponent)

    def __add__(self, other: Any) -> Wide:
        other = wide(other)
        low, high = sorted((self, other), key=lambda x: x.exponent if x.fraction else -math.inf)
        apart = high.exponent - low.exponent
        if not (isfinite(low.fraction) and isfinite(high.fraction)):
            return Wide(low.fraction + high.fraction)
        if not low.fraction or apart > FAR:
            return Wide(high.fraction + 0.0 * low.fraction, high.exponent)
        return Wide(high.fraction + ldexp(low.fraction, -apart), high.exponent)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Wide:
        return self + -wide(other)

    def __rsub__(self, other: Any) -> Wide:
        return wide(other) + -self

    def __mul__(self, other: Any) -> Wide:
        other = wide(other)
        return Wide(self.fraction * other.fraction, self.exponent + other.exponent)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Wide:
        other = wide(other)
        return Wide(divide(self.fraction, other.fraction), self.exponent - other.exponent)

    def __rtruediv__(self, other: Any) -> Wide:
        return wide(other) / self

    def __pow__(self, exponent: int) -> Wide:
        return self * self if exponent == 2 else NotImplemented


def wide(x: Any) -> Wide:
    """A number of the algebra as it is, or made of a plain one."""
    return x if x.__class__ is Wide else Wide(float(x))


def by_floats(name: str) -> Callable[..., Wide]:
    """A function of FLOAT on numbers that are floats; nan where it may have lost its digits there.

    Such a function is 0 at 0, 1 or 2 if at all: any other 0 is a number that is too small.
    """
    function, smooth = safely(name), PRIMITIVES[name].kind == SMOOTH

    def call(*x: Any) -> Wide:
        args = list(map(float, x))
        y = function(*args)
        lost = smooth and abs(y) < NORMAL and args[0] not in ZEROS
        return Wide(math.nan if lost else y)

    return call


def power_slope(x: Any, y: Any, z: Any) -> Wide:
    """y·x^(y - 1), where z is x^y."""
    usual = POWER_SLOPE(x, y, z)
    left = not isfinite(usual.fraction)
    known = z.fraction and isfinite(z.fraction) and x.fraction and isfinite(x.fraction)
    found: Wide = y * z / x if left and known else usual
    return found


def over_norm(each: Any, n: int, *x: Any) -> Wide:
    """each/|x|^n."""
    usual, norm = OVER_NORM(each, n, *x), HYPOT(*x)
    if each.fraction and not isfinite(usual.fraction) and isfinite(norm.fraction):
        usual = each / norm if n == 1 else each / norm / norm
    return usual


POWER_SLOPE, OVER_NORM, HYPOT = map(by_floats, ("power_slope", "over_norm", "hypot"))
WIDE: Any = SimpleNamespace(
    **{each.name: by_floats(each.name) for each in ALL if each.kind != OPERATOR}
    | {
        "where": lambda condition, chosen, otherwise: chosen if condition else otherwise,
        "detach": lambda x: x,
        "number": lambda text: Wide(float(text)),
        "prod": lambda *x: reduce(mul, map(wide, x)),
        "sum": lambda *x: reduce(lambda a, b: a + b, map(wide, x)),
        "deviations": lambda *x: [*map(Wide, deviations(*map(float, x)))],
        "over_square": lambda x, y, z: x / y / y,
        "power_slope": power_slope,
        "over_norm": over_norm,
    },
    pi=math.pi,
    nothing=None,
    retry=lambda rule, *x: rule(WIDE, *x),
)
