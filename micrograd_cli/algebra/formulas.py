"""Primitives as plain formulas of others, for the algebras that write down what they are asked.

FLOAT and columns have better ones, in `accurate.py`, `reductions.py` and `columns.py`: these lose
digits at the ends of the range, or where terms cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any


def over_norm(m: Any, each: Any, n: int, *x: Any) -> Any:
    norm = m.hypot(*x)
    return each / norm if n == 1 else each / norm / norm


def logsumexp(m: Any, *x: Any) -> Any:
    """The largest x is taken out, so that nothing overflows, or 0 where it is not finite."""
    top = m.max(*x)
    shift = m.where(m.lt(m.abs(top), inf), top, 0)
    count = m.sum(*[m.eq(each, shift) for each in x])
    lower = m.sum(*[m.where(m.eq(each, shift), 0, m.exp(each - shift)) for each in x])
    base = m.max(count, 1)  # log1p of all but the largest: log(1 + 1e-17) would be 0
    return shift + (m.log(base) + m.log1p((lower + (count - base)) / base))


FORMULAS: dict[str, Callable[..., Any]] = {
    "mean": lambda m, *x: m.sum(*x) / len(x),
    "logsumexp": logsumexp,
    "silu_slope": lambda m, x: m.sigmoid(x) * (1 + m.sigmoid(-x, x)),
    "gelu_slope": lambda m, x: m.normal_cdf(x) + m.gaussian(x, 0.5, x / m.sqrt(2 * m.pi)),
    "exp_difference": lambda m, x, y: m.exp(x - y),
    "power_slope": lambda m, x, y, z: y * m.pow(x, y - 1),
    "over_square": lambda m, x, y, z: z / y,
    "over_norm": over_norm,
    "mod_slope": lambda m, x, y, z: m.round((z - x) / y),
}
