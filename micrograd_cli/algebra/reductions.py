"""Functions of any number of floats, whose parts may overflow though the result does not."""

from __future__ import annotations

import math
import operator
from functools import reduce
from typing import Any

from micrograd_cli.algebra.accurate import LEAST, MOST, NORMAL

inf, nan = math.inf, math.nan


def mean(*x: float) -> float:
    """sum(x)/len(x), though the sum overflows."""
    total = reduce(operator.add, x)
    return (
        total / len(x) if abs(total) < inf else reduce(operator.add, [each / len(x) for each in x])
    )


def logsumexp(*x: float) -> float:
    """log(sum(exp(xᵢ))), of which the largest xᵢ is taken out, so that none overflows."""
    shift = max(x)
    if not abs(shift) < inf:
        return nan if any(each != each for each in x) else shift
    count, rest = 0, 0.0
    for each in x:
        if each == shift:
            count += 1
        else:
            rest += math.exp(each - shift)
    y = shift + (math.log(count) + math.log1p(rest / count))  # log(1 + 1e-17) would be 0
    return small_logsumexp(*x) if abs(y) < abs(shift) / 2 else y


def small_logsumexp(*x: float) -> float:
    """log(sum(exp(xᵢ))) where it is so small that few digits would be left of it: by decimals."""
    from decimal import Context, Decimal

    many = Context(prec=50)
    total = reduce(many.add, [many.exp(Decimal(each)) for each in x])
    return float(many.ln(total))


def over_norm(each: float, n: int, *x: float) -> float:
    """each/|x|^n for a component `each` of x and n = 1 or 2, though |x| overflows or underflows."""
    norm = math.hypot(*x)
    y = each / norm if n == 1 else each / norm / norm
    if LEAST < norm < MOST and (abs(y) >= NORMAL or each == 0):
        return y
    if norm == 0 or norm != norm or each == 0:
        return y
    top = max(map(abs, x))
    if top == inf:  # along one axis the limit is the unit vector; along two there is none
        axes = sum(abs(component) == inf for component in x)
        limit = 0.0 if n == 2 or abs(each) < inf else 1.0 if axes == 1 else nan
        return math.copysign(limit, each)
    number, exponent = math.frexp(each)
    _, scale = math.frexp(top)
    norm = math.hypot(*[math.ldexp(component, -scale) for component in x])
    return math.ldexp(number / norm if n == 1 else number / norm / norm, exponent - int(n) * scale)


def deviations(*x: Any) -> list[Any]:
    """How far each is from the mean: seen from the first, since a mean of all would be rounded."""
    seen = [each - x[0] for each in x]
    mean = reduce(operator.add, seen) / len(x)
    return [each - mean for each in seen]


def prod(*x: float) -> float:
    """The product, whose parts may over- or underflow though it does not."""
    total, exponent = 1.0, 0
    for each in x:
        fraction, more = math.frexp(each)
        total, carry = math.frexp(total * fraction)
        exponent += more + carry
    return scaled(total, exponent)


def scaled(fraction: float, exponent: int) -> float:
    """fraction·2^exponent."""
    try:
        return math.ldexp(fraction, exponent)
    except OverflowError:
        return math.copysign(inf, fraction)
