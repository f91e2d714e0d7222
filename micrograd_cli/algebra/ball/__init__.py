"""BALL: the algebra of numbers with proven bounds, by Arb (python-flint).

Arb: F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE
Transactions on Computers 66 (2017), 1281-1292. The precision is that of `flint.ctx`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul
from types import SimpleNamespace
from typing import Any

from flint import arb

from micrograd_cli.algebra.ball import choices, functions, gamma, powers
from micrograd_cli.algebra.ball.numbers import NOUGHT, UNIT, Ball, ball, enclosed
from micrograd_cli.algebra.vocabulary import PRIMITIVES


def scaled(share: Ball, scale: Ball) -> Ball:
    """What fades to 0 times a scale, 0 even where the scale is inf."""
    if scale is UNIT:
        return share
    return NOUGHT if share.is_point and share.has_zero else scale * share


def gaussian(x: Ball, c: Ball, scale: Ball = UNIT) -> Ball:
    return scaled(functions.exp(-(c * (x * x))), scale)


def silu_slope(x: Ball) -> Ball:
    return functions.sigmoid(x) * (1 + x * functions.sigmoid(-x))


def gelu_slope(x: Ball) -> Ball:
    bell = gaussian(x, ball(0.5)) / enclosed((2 * arb.pi()).sqrt())
    return functions.normal_cdf(x) + x * bell


PARTS: dict[str, Callable[..., Any]] = {  # of the rules
    "sigmoid": lambda x, scale=UNIT: scaled(functions.sigmoid(x), scale),
    "gaussian": gaussian,
    "normal_cdf": lambda x, scale=UNIT: scaled(functions.normal_cdf(x), scale),
    "silu_slope": functions.bounded(silu_slope, arb(-0.125)),
    "gelu_slope": functions.bounded(gelu_slope, arb(-0.1875)),
    "erfinv_slope": lambda y, x: enclosed(arb.pi().sqrt() / 2) * functions.exp(y * y),
    "over_square": lambda x, y, z: z / y,
}


def converted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of balls, to be called with plain numbers too."""
    arity = PRIMITIVES[name].arity
    if arity == 1:
        return lambda x: function(x if x.__class__ is Ball else ball(x))
    if arity == 2:
        return lambda x, y: function(
            x if x.__class__ is Ball else ball(x), y if y.__class__ is Ball else ball(y)
        )
    if arity == 3:
        return lambda x, y, z: function(
            x if x.__class__ is Ball else ball(x),
            y if y.__class__ is Ball else ball(y),
            z if z.__class__ is Ball else ball(z),
        )
    return lambda *x: function(*[each if each.__class__ is Ball else ball(each) for each in x])


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **functions.RISING,
    **PARTS,
    **choices.COMPARISONS,
    **choices.STEPS,
    "sin": functions.sin,
    "cos": functions.cos,
    "tan": functions.tan,
    "lgamma": gamma.lgamma,
    "digamma": gamma.digamma,
    "polygamma": gamma.polygamma,
    "pow": powers.power,
    "power_slope": powers.power_slope,
    "atan2": powers.atan2,
    "hypot": powers.hypot,
    "over_norm": powers.over_norm,
    "logsumexp": powers.logsumexp,
    "exp_difference": powers.exp_difference,
    "deviations": powers.deviations,
    "sum": choices.total,
    "mean": lambda *x: reduce(add, x) / ball(len(x)),
    "prod": lambda *x: reduce(mul, x),
    "abs": abs,
    "min": choices.least,
    "max": choices.greatest,
    "mod": choices.mod,
    "mod_slope": choices.mod_slope,
}


class BallAlgebra(SimpleNamespace):
    """The primitives of `algebra/vocabulary.py`, and π at the precision of the moment."""

    nothing = None

    @property
    def pi(self) -> Ball:
        return enclosed(arb.pi())


BALL: Any = BallAlgebra(
    **{name: converted(name, function) for name, function in FUNCTIONS.items()},
    where=choices.where,
    number=lambda text: enclosed(arb(text)),
    ratio=lambda top, bottom: ball(top) / ball(bottom),
    retry=lambda rule, *x: rule(BALL, *x),
)
