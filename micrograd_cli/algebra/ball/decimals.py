"""Decimal numbers as balls, and balls as the decimals of which they are certain."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from math import log2, nan
from typing import Any

from flint import arb, fmpq, fmpz

from micrograd_cli.algebra.ball.angles import Angle
from micrograd_cli.algebra.ball.ends import INF, ONE, ZERO, Real
from micrograd_cli.algebra.ball.numbers import NAN, Ball, enclosed, exactly, rational

BITS = log2(10)  # of a decimal digit
PLAIN = re.compile(r"[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?")
CONSTANTS: dict[str, Callable[[], Any]] = {
    "pi": arb.pi,
    "tau": lambda: 2 * arb.pi(),
    "e": arb.const_e,
    "inf": lambda: INF,
}
ANGLES = {"pi": fmpq(1), "tau": fmpq(2)}  # as fractions of π
EXACT = 100_000  # a binary exponent up to which a number's decimals are worked out in full
LONGEST_EXPONENT = 10_000  # bits: Python writes no integer of more than 4300 digits
SMALLEST = -4  # the least exponent that is written without an e


def constant(name: str) -> Ball | None:
    """A constant of the language at the precision of the moment; None for another name."""
    if name == repr(nan):
        return NAN
    if name not in CONSTANTS:
        return None
    found = enclosed(CONSTANTS[name]())
    return exactly(Angle(ANGLES[name]), found) if name in ANGLES else found


def typed(text: str) -> Ball | None:
    """The number that a decimal text says; None for a text that is no plain number."""
    text = text.strip()
    if not PLAIN.fullmatch(text):
        return None
    text = text.replace("_", "")
    found = enclosed(arb(text))
    assert found.short is not None
    if found.short.is_exact():
        return found
    exact = Decimal(text)
    return exactly(fraction(exact), found) if abs(exact.adjusted()) < EXACT else found


def fraction(x: Decimal) -> fmpq:
    return fmpq(*x.as_integer_ratio())


def decimals(x: Ball, digits: int) -> str | None:
    """The number rounded to that many significant digits, half to even; None where that is unknown.

    It has one digit more where the next one is a 5, and what follows cannot be told from 0.
    """
    if x is NAN:
        return repr(nan)
    if x.nan:
        return None
    if x.lo == x.hi and x.has_inf:
        return "inf" if x.lo == INF else "-inf"
    if x.has_inf:
        return None
    if x.lo == x.hi == ZERO:
        return "0"
    if x.has_zero:
        return None
    for count in (digits, digits + 1):
        first, last = rounded(x.lo, count), rounded(x.hi, count)
        if first is not None and first == last:
            return written(*first)
    exact = None if x.exact is None else rational(x)
    return None if exact is None else written(*divided(exact, digits))


Digits = tuple[int, str, int]  # a sign, digits, and the exponent of the first


def rounded(x: Real, digits: int) -> Digits | None:
    """A number rounded to digits; None where its exponent is too long to be written."""
    mantissa, exponent = map(int, x.man_exp())
    if exponent.bit_length() > LONGEST_EXPONENT:
        return None
    if abs(exponent) < EXACT:
        return of_decimal(in_full(mantissa, exponent), digits)
    middle, radius, power = x.mid_rad_10exp(digits + 20)
    ends = [
        of_decimal(Decimal(str(middle + side)), digits, int(power)) for side in (-radius, radius)
    ]
    return ends[0] if ends[0] == ends[1] else None


def divided(x: fmpq, digits: int) -> Digits:
    """A fraction rounded to digits."""
    context = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return of_decimal(context.divide(Decimal(int(x.p)), Decimal(int(x.q))), digits)


def in_full(mantissa: int, exponent: int) -> Decimal:
    """mantissa·2^exponent as a decimal, without rounding."""
    if exponent >= 0:
        return Decimal(str(fmpz(mantissa) << exponent))  # Python's own way takes its square
    return Decimal(str(mantissa * fmpz(5) ** -exponent)).scaleb(exponent, WIDE)


WIDE = Context(prec=10**6, Emax=MAX_EMAX, Emin=MIN_EMIN)


def of_decimal(number: Decimal, digits: int, power: int = 0) -> Digits:
    """The digits of number·10^power."""
    context = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)
    sign, found, exponent = context.plus(number).as_tuple()
    text = "".join(map(str, found))
    padded = text.ljust(digits, "0")
    assert isinstance(exponent, int)
    return sign, padded, exponent + len(text) - 1 + power


def written(sign: int, digits: str, exponent: int) -> str:
    """A decimal as Python writes a float: with an e where that is shorter to read."""
    suffix = ""
    if SMALLEST <= exponent < 0:
        digits, exponent = "0" * -exponent + digits, 0
    elif not 0 <= exponent < len(digits):
        suffix, exponent = f"e{exponent:+03d}", 0
    whole, fraction = digits[: exponent + 1], digits[exponent + 1 :]
    return f"{'-' * sign}{whole}{'.' * bool(fraction)}{fraction}{suffix}"


def scale(x: Real) -> str:
    """A bound on a number > 0, to one digit: `1e-9863`."""
    _, digits, exponent = rounded(x, 1) or (0, "0", -EXACT)
    return f"{int(digits) + 1}e{exponent}" if x < ONE or digits != "0" else "inf"
