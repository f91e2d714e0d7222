"""BOUND: the algebra of numbers beside their rounding error, by which eval knows its right digits.

Its numbers and their arithmetic are in `rounding.py`; here are the functions. Of those that are
made of others the error is known by a formula. Any other is right to a unit or a few in the last
place, which is in doubt, and the errors of its arguments go through it by secants.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from math import inf, isfinite, nan, nextafter, ulp
from operator import add, mul
from types import SimpleNamespace
from typing import Any
from zlib import crc32

from micrograd_cli.algebra.formulas import logsumexp as log_sum
from micrograd_cli.algebra.reductions import deviations
from micrograd_cli.algebra.rounding import (
    LEAST,
    MOST,
    Bound,
    bound,
    corrected,
    quotient,
    root,
    unsure,
)
from micrograd_cli.algebra.scalar import PLAIN, divide, safely
from micrograd_cli.algebra.vocabulary import COMPARE, SMOOTH, STEP, names

# In units of the last place, what functions are off at most: what glibc's `exp`, `sin` … are, twice
# that of its worst, and what our own functions are.
UNITS = dict.fromkeys(("sigmoid", "gaussian", "normal_cdf", "sech_squared", "erf", "erfc"), 3.0)
USUAL = 0.6
WILD = 1000.0  # by how much samples are distrusted that go up and down, as those of tan(1e40)
SHARES = (-1.0, -0.7, -0.4, 0.3, 0.6, 0.8, 1.0)  # of an error, where its effect is sampled
RANGES = {"sin": 2.0, "cos": 2.0, "tan": inf}  # of waves
WAVES = (0.37, -0.61, 0.83, -0.86, 0.53, -0.29, 0.0625, -0.0625)  # of a step, likewise
ROOTS = {"log2", "log10", "cbrt", "hypot"}  # of whole numbers often whole


# --- smooth functions -----------------------------------------------------------------------------


def smooth(name: str) -> Callable[..., Bound]:
    """A function of which no more is known than its values."""
    function, units, code = safely(name), UNITS.get(name, USUAL), crc32(name.encode())
    span = RANGES.get(name)

    def call(*x: Any) -> Bound:
        args = [bound(each) for each in x]
        values = [each.value for each in args]
        value = function(*values)
        if not isfinite(value):
            return Bound(value)
        doubt = 0.0 if trivial(name, value, values) else units * ulp(value)
        total = Bound(value, 0.0, doubt, math.copysign(doubt, value) * sample(code, values))
        for i, arg in enumerate(args):
            if span and arg.error > 0.06:
                return unsure(value, 0.0, span)
            if span and arg.error and ulp(arg.value) > 0.06:  # floats are too coarse for secants
                total.doubt += (1 + value * value) * arg.error
                total.guess += (1 + value * value) * arg.error
            elif arg.rest or arg.doubt:

                def along(there: float, i: int = i) -> float:
                    return function(*values[:i], there, *values[i + 1 :])

                move(total, along, arg)
        return total

    return call


def sample(code: int, values: Sequence[float]) -> float:
    """A number between ½ and 1 or -1 and -½, the same for the same numbers but for their signs."""
    bits = hash((code, *map(abs, values)))
    size = 0.5 + (bits & 0xFFFFF) / 0x200000
    return size if bits & 0x100000 else -size


def trivial(name: str, value: float, x: Sequence[float]) -> bool:
    """Whether a value is exact: exp(0) is 1, log10(1000) is 3, while tanh(20) is not 1."""
    if 0.0 in x:
        return value in (0.0, 0.5, 1.0) or value in x or -value in x
    if value == 0 or (name == "pow" and x[0] == 1):
        return 1.0 in x
    if name == "exp2":
        return x[0].is_integer()
    return name in ROOTS and all(each.is_integer() for each in (value, *x))


def move(total: Bound, function: Callable[[float], float], x: Bound) -> None:
    """Add to a function's value what the error of an argument does to it."""
    slope = secant(function, x, total.value)
    if isfinite(slope):
        total.rest += slope * x.rest
        total.doubt += abs(slope) * (x.doubt + 2.0**-10 * abs(x.rest))
        total.guess += slope * x.guess
        return
    coarse = abs(x.rest) < 64 * ulp(x.value)  # then floats cannot tell where x is
    centre, width = (x.value, x.error) if coarse else (x.exact, x.doubt)
    width = max(width, 2 * ulp(x.value))
    middle = function(centre)
    sides = [function(centre + share * width) for share in SHARES]
    sides = [side for side in sides if side == side]  # nan is beyond the domain
    if not (sides and all(map(isfinite, (middle, *sides)))):
        total.doubt = total.guess = inf
        return
    monotonic = sides in (sorted(sides), sorted(sides, reverse=True))
    spread = max(abs(side - middle) for side in sides) * (1.0 if monotonic else WILD)
    total.rest += middle - total.value
    total.doubt += spread + ulp(middle)
    total.guess += spread + ulp(middle)


def secant(function: Callable[[float], float], x: Bound, y: float) -> float:
    """The slope of a function beside x, where it is y; nan if it is not straight there."""
    at, error = x.value, x.error
    if not error < 2.0**-30 * abs(at):
        return nan
    step = max(16 * error, 2.0**-50 * abs(at))

    def slope(share: float) -> float:
        there = at + share * step
        return (function(there) - y) / (there - at) if there != at else nan

    slopes = [slope(1.0), slope(-1.0)]
    if not all(map(isfinite, slopes)):  # at the end of the domain one side may do
        side = 1.0 if isfinite(slopes[0]) else -1.0
        slopes = [slope(side), slope(side / 4)]
    steepest = max(slopes, key=abs)
    if abs(steepest) * error < 4 * ulp(y):  # nothing to speak of
        return steepest
    if abs(steepest) * error > 2.0**-40 * abs(y):  # waves might meet two points by chance
        slopes += filter(isfinite, map(slope, WAVES))
    return steepest if max(slopes) - min(slopes) < 0.4 * abs(steepest) else nan


# --- functions that are made of others ------------------------------------------------------------


def by_formula(name: str, formula: Callable[..., Bound]) -> Callable[..., Bound]:
    """A function with a formula that knows the error, as long as nothing in it overflows."""
    function, otherwise = safely(name), smooth(name)

    def call(*x: Any) -> Bound:
        args = [bound(each) for each in x]
        value = function(*[each.value for each in args])
        other = formula(*args) if isfinite(value) else Bound(value)
        known = isfinite(other.value) and other.error < inf
        return corrected(value, other) if known else otherwise(*args)

    return call


def power(x: Bound, y: Bound) -> Bound:
    """x^y by products and a root for small y in halves."""
    n = y.value
    if y.uncertain or not ((2 * n).is_integer() and 0 < abs(n) <= 64):
        return POWER(x, y)
    product, base, left = root(x) if n % 1 else Bound(1.0), x, int(abs(n))
    while left:
        product = product * base if left & 1 else product
        left >>= 1
        base = base * base if left else base
    return quotient(Bound(1.0), product) if n < 0 else product


def norm(*x: Bound) -> Bound:
    """The root of the sum of squares, of numbers whose squares are floats by a power of 2."""
    largest = max(abs(each.value) for each in x)
    if LEAST < largest * largest < MOST or not 0 < largest < inf:
        return root(reduce(add, [each * each for each in x]))
    scale = math.ldexp(1.0, min(-math.frexp(largest)[1], 1000))
    return norm(*[each * scale for each in x]) / scale


def over_norm(each: Bound, n: Bound, *x: Bound) -> Bound:
    size: Bound = BOUND.hypot(*x)
    if size.value == inf:
        return Bound(nan)  # it overflows, what is divided by it need not
    return each / size if n.value == 1 else each / size / size


EXP, POWER = smooth("exp"), smooth("pow")
MADE: dict[str, Callable[..., Bound]] = {
    "pow": power,
    "hypot": norm,
    "mean": lambda *x: reduce(add, x) / len(x),
    "prod": lambda *x: reduce(mul, x),
    "logsumexp": lambda *x: log_sum(BOUND, *x),
    "exp_difference": lambda x, y: EXP(Bound(0.0) if x is y else x - y),
    "power_slope": lambda x, y, z: y * z / x,
    "over_square": lambda x, y, z: z / y,
    "over_norm": over_norm,
}

# --- functions with jumps and choices -------------------------------------------------------------


def stepped(name: str) -> Callable[[Any], Bound]:
    """A function of one argument that is constant between jumps, which an error may cross."""
    function = safely(name)

    def call(x: Any) -> Bound:
        x = bound(x)
        value = function(x.value)
        if not isfinite(value) or not x.uncertain:
            return Bound(value)
        crossed = 0.0
        for shift in (x.rest - x.doubt, x.rest + x.doubt):
            there = x.value + shift
            if there == x.value and shift:
                there = nextafter(there, shift * inf)
            crossed = max(crossed, abs(function(there) - value))
        return unsure(value, 0.0, crossed)

    return call


def mod(x: Any, y: Any) -> Bound:
    """X % y: x - y·q, where the whole number q is known; near a jump any remainder may be right."""
    x, y = bound(x), bound(y)
    value = MOD(x.value, y.value)
    q = ROUND(divide(x.value - value, y.value))
    if not (isfinite(value) and isfinite(y.value) and isfinite(q)):
        return Bound(value)
    here, beyond = x - q * y, x - (q + 1) * y
    found = corrected(value, here)
    side = math.copysign(1.0, y.value)
    if (x.uncertain or y.uncertain) and not (at_least_0(side * here) and below_0(side * beyond)):
        found.doubt += abs(y.value)
        found.guess += abs(y.value)
    return found


def at_least_0(x: Bound) -> bool:
    """Whether a number is certainly not negative."""
    return x.exact >= x.slack


def below_0(x: Bound) -> bool:
    """Whether a number is certainly negative."""
    return x.exact < -x.slack


def mod_slope(x: Any, y: Any, z: Any) -> Bound:
    x, y, z = bound(x), bound(y), bound(z)
    value = MOD_SLOPE(x.value, y.value, z.value)
    crossed = y.value and z.error >= abs(y.value) / 2
    return unsure(value, 0.0, max(1.0, z.error / abs(y.value)) if crossed else 0.0)


MOD, MOD_SLOPE, ROUND = safely("mod"), safely("mod_slope"), safely("round")


def comparison(name: str) -> Callable[[Any, Any], Bound]:
    """A comparison: its doubt is 1 where errors may decide it, its rest where they have."""
    plain = PLAIN[name]

    def call(x: Any, y: Any) -> Bound:
        x, y = bound(x), bound(y)
        value = plain(x.value, y.value)
        if x is y or not (x.uncertain or y.uncertain):
            return Bound(value)
        apart = difference(x, y)
        if abs(apart.exact) <= apart.slack and apart.slack:
            return unsure(value, 0.0, 1.0)
        return Bound(value, plain(apart.exact, 0.0) - value)

    return call


IS_NOT = comparison("ne")


def difference(x: Bound, y: Bound) -> Bound:
    """X - y, which is 0 for equal infinities."""
    return Bound(0.0) if x is y or (x.value == y.value and not isfinite(x.value)) else x - y


def where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """`m.where`; where errors may decide that the condition is 0, either branch may be right."""
    condition = IS_NOT(condition, 0.0)
    taken, other = (chosen, otherwise) if condition.value else (otherwise, chosen)
    if not condition.uncertain or (taken is None and other is None):
        return taken
    taken, other = (bound(0.0 if each is None else each) for each in (taken, other))
    apart = other.exact - taken.exact
    doubt = taken.doubt + other.doubt
    if condition.doubt:
        return Bound(taken.value, taken.rest, doubt + abs(apart), taken.guess + apart)
    return Bound(taken.value, taken.rest + apart, doubt, other.guess)


def best(name: str, sign: float) -> Callable[..., Bound]:
    """`max` (sign 1) or `min` (-1): one of the arguments, unless errors may decide which."""
    function = safely(name)

    def call(*x: Any) -> Bound:
        args = [bound(each) for each in x]
        value = function(*[each.value for each in args])
        winner = next((each for each in args if each.value == value), Bound(value))
        rest, doubt, guess, decided = winner.rest, winner.doubt, winner.guess, True
        for each in args:
            lead = difference(each, winner)
            if isfinite(each.value) and sign * lead.exact > -lead.slack:
                decided = False
                rest = sign * max(sign * rest, sign * (winner.rest + lead.exact))
                doubt = max(doubt, each.doubt)
                guess = max(guess, each.guess, key=abs)
        return winner if decided else Bound(value, rest, doubt, guess)

    return call


# --- the algebra ----------------------------------------------------------------------------------


def number(text: str) -> Bound:
    """The number that a decimal text says, which its float may miss."""
    from decimal import Decimal

    value = float(text)
    return Bound(value, float(Decimal(text) - Decimal(value)) if isfinite(value) else 0.0)


NAMED = {  # the constants of the language, which their floats miss
    "pi": Bound(math.pi, 1.2246467991473532e-16),
    "tau": Bound(math.tau, 2.4492935982947064e-16),
    "e": Bound(math.e, 1.4456468917292502e-16),
}
BOUND: Any = SimpleNamespace(
    **{name: smooth(name) for name in names(SMOOTH)}
    | {name: by_formula(name, formula) for name, formula in MADE.items()}
    | {name: stepped(name) for name in names(STEP)}
    | {name: comparison(name) for name in names(COMPARE)}
    | {
        "sqrt": root,
        "sum": lambda *x: reduce(add, map(bound, x)),
        "detach": lambda x: x,
        "deviations": lambda *x: deviations(*map(bound, x)),
        "mod": mod,
        "mod_slope": mod_slope,
        "abs": abs,
        "where": where,
        "max": best("max", 1.0),
        "min": best("min", -1.0),
        "number": number,
        "ratio": lambda top, bottom: Bound(float(top)) / float(bottom),
    },
    pi=NAMED["pi"],
    nothing=None,
    retry=lambda rule, *x: rule(BOUND, *x),
)
