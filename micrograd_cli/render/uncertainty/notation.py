"""A value with its uncertainty, rounded as the GUM says: u to two digits, the value to its place.

Every notation is one that the command line reads.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from micrograd_cli.estimation.estimate import Estimate
from micrograd_cli.numbers import ALL_DIGITS, exact

SMALLEST = -4  # power of ten of the first digit that is still written without an exponent


class Rounded(NamedTuple):
    """A value and an uncertainty to the same place, times a power of ten: `e-8`, or nothing."""

    value: str
    u: str
    power: str


def notation(estimate: Estimate, form: str, digits: int) -> str:
    """The result of an estimate in a form of NOTATIONS, with so many digits of u."""
    u = estimate.expanded if form == "expanded" else estimate.u
    if not (isfinite(estimate.value) and isfinite(u)):
        return f"{estimate.value!r}±{u!r}"
    if not u:
        return exact(estimate.value)
    if abs(estimate.value) > u * 10.0 ** (ALL_DIGITS - digits):
        return f"{exact(estimate.value)}±{u:.{digits - 1}e}"  # the value has no such digit
    return NOTATIONS[form](round_together(estimate.value, u, digits), estimate, digits)


def round_together(value: float, u: float, digits: int) -> Rounded:
    """A value to the place of the last digit of its uncertainty."""
    error = Decimal(f"{u:.{digits - 1}e}")
    place = error.adjusted() - digits + 1
    number = Decimal(repr(value)).scaleb(-place).to_integral_value().scaleb(place)
    first = max(number.adjusted() if number else place, error.adjusted())
    if place <= 0 and first >= SMALLEST:
        return Rounded(f"{number:.{-place}f}", f"{error:.{-place}f}", "")
    decimals = first - place
    return Rounded(f"{number.scaleb(-first):.{decimals}f}", f"{error.scaleb(-first):.{decimals}f}",
                   f"e{first}")  # fmt: skip


def short(x: Rounded, estimate: Estimate, digits: int) -> str:
    """`2.00(10)`; an uncertainty of one or more has its point: `12.3(1.5)`."""
    u = x.u if float(x.u) >= 1 else x.u.replace(".", "").lstrip("0")
    return f"{x.value}({u}){x.power}"


def plus_minus(x: Rounded, estimate: Estimate, digits: int) -> str:
    """`2.00±0.10`."""
    return f"({x.value}±{x.u}){x.power}" if x.power else f"{x.value}±{x.u}"


def relative(x: Rounded, estimate: Estimate, digits: int) -> str:
    """`2.00±5.0%`; without a percentage where the value is 0."""
    if not estimate.value:
        return plus_minus(x, estimate, digits)
    share = Decimal(f"{100 * estimate.u / abs(estimate.value):.{digits - 1}e}")
    return f"{x.value}{x.power}±{share:f}%"


def expanded(x: Rounded, estimate: Estimate, digits: int) -> str:
    """`2.00±0.20@95%`."""
    return f"{plus_minus(x, estimate, digits)}@{100 * estimate.coverage:.12g}%"


NOTATIONS: dict[str, Callable[[Rounded, Estimate, int], str]] = {
    "short": short,
    "pm": plus_minus,
    "relative": relative,
    "expanded": expanded,
}
