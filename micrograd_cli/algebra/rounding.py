"""Numbers beside their rounding error: what the algebra BOUND computes with.

A `Bound` has the value that FLOAT gives; the exact number is value + rest, to within ± doubt. The
rest is what is known to be missing: what + - * / and roots round away is itself a float (Dekker
1971, Knuth's TwoSum). The doubt bounds what is not known. Through each operation go rest and doubt
of its operands too (Langlois 2001, "Automatic linear correction of rounding errors"), here with
the products of errors.

A bound cannot know that errors cancel, as those of exp(x) - exp(x). So beside it goes a guess at
what is in doubt: one sample, the same for the same function of the same numbers.

Nor can it see what is smaller than the rest of a term that cancels, as 1e-40 in q + 1e-40 - q: so
what sums of values leave out is kept once more, without the rests of their terms.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from math import inf, isfinite
from typing import Any

from micrograd_cli.algebra.accurate import HALF, NORMAL
from micrograd_cli.algebra.scalar import IEEE, Ieee, divide

LEAST, MOST = 1e-270, 1e290  # the rounding error of a product between them is a float
TINY = 5e-324
FAIR = 1024.0  # by how much a guess may fall short by chance
CANCELLED = 2.0**-48  # a guess that is so small beside its bound is the rounding of 0
NOISE = 2.0**-100  # rests and guesses are rounded to a smaller share


class Bound:
    """A number; see above. The operators give the values that FLOAT's give."""

    __slots__ = ("doubt", "guess", "left_out", "rest", "value")

    def __init__(
        self,
        value: float,
        rest: float = 0.0,
        doubt: float = 0.0,
        guess: float = 0.0,
        left_out: float = 0.0,
    ) -> None:
        self.value = value
        self.rest = rest
        self.doubt = doubt
        self.guess = guess
        self.left_out = left_out

    def __repr__(self) -> str:
        return f"Bound({self.value!r}, {self.rest!r}, {self.doubt!r}, {self.guess!r})"

    @property
    def exact(self) -> float:
        """The best that is known of the exact number."""
        return self.value + self.rest

    @property
    def error(self) -> float:
        """A bound on the distance from the exact number."""
        return abs(self.rest) + self.doubt

    @property
    def slack(self) -> float:
        """The doubt, or less where the guess says that errors cancel."""
        guess = abs(self.guess)
        return 0.0 if guess < CANCELLED * self.doubt < inf else min(self.doubt, FAIR * guess)

    @property
    def likely_error(self) -> float:
        """The same without the doubts that cancel."""
        return abs(self.rest) + self.slack

    @property
    def relative_error(self) -> float:
        """The share of the number that is likely to be wrong, 1 at most."""
        error = self.likely_error
        return error / abs(self.exact) if error < abs(self.exact) else float(error != 0)

    @property
    def uncertain(self) -> bool:
        """Whether the exact number may be another one."""
        return self.rest != 0 or self.doubt != 0

    def __add__(self, other: Any) -> Bound:
        if other.__class__ is not Bound:
            other = Bound(float(other))
        x, y = self.value, other.value
        value = x + y
        back = value - x
        rest = (x - (value - back)) + (y - back)
        if rest != rest or not isfinite(value):
            return Bound(value)
        left_out = rest + self.left_out + other.left_out
        passed = self.rest + other.rest
        doubt, guess = self.doubt + other.doubt, self.guess + other.guess
        if passed:
            lost = sum_error(self.rest, other.rest, passed) + sum_error(rest, passed, rest + passed)
            rest += passed
            doubt += abs(lost)
            guess += lost
        if not value and abs(rest) <= 4 * abs(guess) < NOISE * abs(x):
            # no more is left but how rests were rounded, or what they hide
            return Bound(value, left_out if abs(left_out) < NOISE * abs(x) else 0.0)
        return Bound(value, rest, doubt, guess, left_out)

    __radd__ = __add__

    def __neg__(self) -> Bound:
        return Bound(-self.value, -self.rest, self.doubt, -self.guess, -self.left_out)

    def __abs__(self) -> Bound:
        size = abs(self.value)
        if self.error < size:
            return self if self.value > 0 else -self
        return Bound(size, abs(self.exact) - size, self.doubt, self.guess)

    def __sub__(self, other: Any) -> Bound:
        return self + -bound(other)

    def __rsub__(self, other: Any) -> Bound:
        return bound(other) + -self

    def __mul__(self, other: Any) -> Bound:
        if other.__class__ is not Bound:
            other = Bound(float(other))
        x, y = self.value, other.value
        value = x * y
        if not isfinite(value):
            return Bound(value)
        rest, doubt = product_error(x, y, value)
        guess = math.copysign(doubt, value)
        left_out = x * other.left_out + y * self.left_out
        dx, dy = self.rest, other.rest
        if dx or dy:
            rest += x * dy + y * dx + dx * dy
            doubt += 4 * HALF * (abs(x * dy) + abs(y * dx) + abs(rest))
            guess += HALF * rest
        ex, ey = self.doubt, other.doubt
        if ex or ey:
            x, y = x + dx, y + dy
            doubt += abs(x) * ey + abs(y) * ex + ex * ey
            guess += x * other.guess + y * self.guess + self.guess * other.guess
            if doubt < TINY and ((ex and y) or (ey and x) or (ex and ey)):
                return unsure(value, rest, TINY)  # a doubt does not vanish
        return Bound(value, rest, doubt, guess, left_out)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Bound:
        return quotient(self, bound(other))

    def __rtruediv__(self, other: Any) -> Bound:
        return quotient(Bound(float(other)), self)

    def __pow__(self, exponent: int) -> Bound:
        assert exponent == 2
        return corrected(float(Ieee(self.value) ** 2), self * self)


def bound(x: Any) -> Bound:
    """A number of the algebra as it is, a plain one as exact."""
    return x if x.__class__ is Bound else Bound(float(x))


def sum_error(x: float, y: float, total: float) -> float:
    """What rounding has left out of a sum (Knuth's TwoSum)."""
    back = total - x
    return (x - (total - back)) + (y - back)


def unsure(value: float, rest: float, doubt: float) -> Bound:
    """A number of which the whole doubt is the guess."""
    return Bound(value, rest, doubt, doubt)


def corrected(value: float, other: Bound) -> Bound:
    """A value whose error another calculation of the same number knows."""
    if not isfinite(value):
        return Bound(value)
    rest = (other.value - value) + other.rest
    return Bound(value, rest, other.doubt, other.guess, other.left_out)


def product_error(x: float, y: float, product: float) -> tuple[float, float]:
    """What rounding has left out of a product, and a bound where that is no float."""
    size = abs(product)
    if LEAST < size < MOST and abs(x) < MOST and abs(y) < MOST:
        scaled = 134217729.0 * x  # halves, whose products are exact (Veltkamp 1968)
        x_high = scaled - (scaled - x)
        x_low = x - x_high
        scaled = 134217729.0 * y
        y_high = scaled - (scaled - y)
        y_low = y - y_high
        error = x_low * y_low - (((product - x_high * y_high) - x_low * y_high) - x_high * y_low)
        return error, 0.0
    if x == 0 or y == 0 or abs(x) == 1 or abs(y) == 1:
        return 0.0, 0.0
    return 0.0, HALF * size + (TINY if size < NORMAL else 0.0)


def quotient(x: Bound, y: Bound) -> Bound:
    """x/y, of which the remainder is known: it is exact."""
    value = divide(x.value, y.value)
    if not isfinite(value) or not isfinite(y.value):
        return Bound(value)
    product = value * y.value
    rounded, doubt = product_error(value, y.value, product)
    rest = (x.value - product) - rounded
    if abs(value) < NORMAL:
        rest, doubt = 0.0, TINY * abs(y.value) if x.value else 0.0
    below = abs(y.exact) - y.doubt
    if not below > 0:
        return unsure(value, 0.0, inf)
    if x.rest or y.rest:
        doubt += 4 * HALF * (abs(rest) + abs(x.rest) + abs(value * y.rest))
    guess = math.copysign(doubt, value * y.value)
    unsettled = doubt or x.doubt
    rest = (rest + x.rest - value * y.rest) / y.exact
    doubt = (doubt + x.doubt + abs(value + rest) * y.doubt) / below + 2 * HALF * abs(rest)
    guess = (guess + x.guess - (value + rest) * y.guess) / y.exact + HALF * rest
    if unsettled and doubt < TINY:
        return unsure(value, rest, TINY)
    left_out = (x.left_out - value * y.left_out) / y.value
    return Bound(value, rest, doubt, guess, left_out)


def root(x: Any) -> Bound:
    """√x."""
    x = bound(x)
    value = float(SQRT(Ieee(x.value)))
    if not isfinite(value):
        return Bound(value)
    product = value * value
    rounded, doubt = product_error(value, value, product)
    missing = (x.value - product) - rounded + x.rest
    doubt += x.doubt + 4 * HALF * abs(missing)
    inside = max(x.exact, 0.0)
    below = value + math.sqrt(max(inside - doubt, 0.0))
    if below == 0:
        return unsure(value, math.sqrt(inside), math.sqrt(doubt))
    above = value + math.sqrt(inside)
    guess = (x.guess + HALF * missing) / above
    return Bound(value, missing / above, doubt / below, guess, x.left_out / above)


SQRT: Callable[[float], float] = IEEE.sqrt
