"""Sums and differences that lose their digits, because they are far smaller than their terms."""

from __future__ import annotations

from math import inf, isfinite, log10, nan
from types import SimpleNamespace

from micrograd_cli.engine import Value
from micrograd_cli.ops import OPS

DIGITS = 16  # of a float
CANCELLED = 1e-8  # a sum that is less than this share of its terms has lost more than 8 of them
PLUS, MINUS, SUM, MEAN = (OPS[name] for name in ("+", "-", "sum", "mean"))
CHOOSING = {"max", "min", "where", "clamp", "detach", "abs"}  # may give an operand back unchanged
# What rules need beside operators to run on fractions. A larger power would take for ever.
EXACT = SimpleNamespace(pow=lambda x, y: x**y if abs(y) < 64 else nan, max=max, min=min, abs=abs)


def cancels(value: Value) -> bool:
    """Whether a node is a sum that has lost more than eight digits. Quick about all others."""
    op = value.op
    if op is PLUS or op is MINUS:
        if not abs(value.data) <= CANCELLED * abs(value.left.data):
            return False
    elif not ((op is SUM or op is MEAN) and abs(value.data) <= CANCELLED * largest(value)):
        return False
    return not exact(value)


def told(value: Value) -> str:
    """What happened: how many digits have gone, and the numbers that show it."""
    digits = log10(largest(value) / abs(value.data)) if value.data else DIGITS
    lost = f"{int(digits)} of" if digits < DIGITS else "all"
    terms = [repr(arg.data) for arg in value.args]
    if len(terms) == 2:
        sign = "-" if value.op is MINUS else "+"
        how = f"{terms[0]} {sign} {terms[1]} is {value.data!r}"
    else:
        how = f"its terms are as large as {largest(value)!r}, it is {value.data!r}"
    return f"loses {lost} its {DIGITS} digits: {how}"


def largest(value: Value) -> float:
    return float(max(abs(arg.data) for arg in value.args))


def exact(value: Value) -> bool:
    """Whether a sum has nothing to lose: its terms are exact numbers, or copies of one another."""
    args = value.args
    if not 0 < largest(value) < inf or all(map(exactly_known, args)):
        return True
    if value.data or len(args) > 2:
        return False
    return all(a.left is None for a in args) or any(
        a is b or (b.op.name in CHOOSING and a in b.args) for a, b in (args, args[::-1])
    )


def exactly_known(value: Value) -> bool:
    """Whether a number is meant as it stands: a short one that was given, or worked out exactly."""
    x = [arg.data for arg in value.args]
    if not short(value.data) or not all(map(isfinite, x)):
        return False
    if not any(x):
        return True  # a leaf, or cos(0)
    from fractions import Fraction  # here because it is slow to import and seldom needed

    try:
        return bool(value.op.value(EXACT, *map(Fraction, x)) == value.data)
    except (AttributeError, ArithmeticError):
        return False  # the rule needs more than arithmetic


def short(x: float) -> bool:
    """Whether a number has so few digits that no rounding shows: an integer, 0.25, 1.5e10."""
    return abs(x) < 2**53 and (x.is_integer() or x.as_integer_ratio()[0].bit_length() <= 26)
