"""Angles that are known exactly: fractions of π, at which sines and cosines may be fractions."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq


class Angle:
    """The number `share`·π. With fractions it is scaled; a quotient of two angles is a fraction."""

    __slots__ = ("share",)

    def __init__(self, share: fmpq) -> None:
        self.share = share

    def height_bits(self) -> int:
        return int(self.share.height_bits())

    def __neg__(self) -> Angle:
        return Angle(-self.share)

    def __add__(self, other: Any) -> Angle:
        if isinstance(other, Angle):
            return Angle(self.share + other.share)
        return NotImplemented if other else self

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Angle:
        return NotImplemented if isinstance(other, Angle) else Angle(self.share * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Angle):
            return self.share / other.share
        return Angle(self.share / other)


def sin(x: Angle) -> arb:
    return arb.sin_pi_fmpq(x.share)


def cos(x: Angle) -> arb:
    return arb.cos_pi_fmpq(x.share)


def tan(x: Angle) -> arb:
    """The tangent, nan at a pole."""
    quarters = 4 * x.share
    if quarters.q != 1:
        return sin(x) / cos(x)
    return QUARTERS[int(quarters.p) % 4]


QUARTERS = [arb(0), arb(1), arb("nan"), arb(-1)]
