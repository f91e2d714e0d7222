"""Sums and differences that lose their digits, because they are far smaller than their terms."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, log10, nan
from types import SimpleNamespace
from typing import Any

from micrograd_cli.nodes import Node
from micrograd_cli.ops import OPS

DIGITS = 16  # of a float
CANCELLED = 1e-8  # a sum that is less than this share of its terms has lost more than 8 of them
MINUS = OPS["-"]
# What rules need beside operators to run on fractions. A larger power would take for ever.
RATIONAL = SimpleNamespace(
    pow=lambda x, y: x**y if abs(y) < 64 else nan, max=max, min=min, abs=abs, mod=lambda x, y: x % y
)


def cancels(node: Node, values: Sequence[float]) -> bool:
    """Whether a node is a sum that has lost more than eight digits. Quick about all others."""
    if not node.op.additive:
        return False
    left = node.left  # of two terms that cancel, one is as large as the other
    size = largest(node, values) if left.__class__ is tuple else abs(values[left.index])
    if not abs(values[node.index]) <= CANCELLED * size:
        return False
    return not exact(node, values)


def loss(node: Node, values: Sequence[float]) -> str:
    """What happened: how many digits have gone, and the numbers that show it."""
    value = values[node.index]
    digits = log10(largest(node, values) / abs(value)) if value else DIGITS
    lost = f"{int(digits)} of" if digits < DIGITS else "all"
    terms = [repr(values[arg.index]) for arg in node.args]
    if len(terms) == 2:
        sign = "-" if node.op is MINUS else "+"
        how = f"{terms[0]} {sign} {terms[1]} is {value!r}"
    else:
        how = f"its terms are as large as {largest(node, values)!r}, it is {value!r}"
    return f"loses {lost} {DIGITS} significant digits to cancellation: {how}"


def largest(node: Node, values: Sequence[Any]) -> Any:
    """The size of the largest operand."""
    return max([abs(values[arg.index]) for arg in node.args])


def exact(node: Node, values: Sequence[float]) -> bool:
    """Whether a sum has nothing to lose: its terms are exact numbers, or copies of one another."""
    args = node.args
    if not 0 < largest(node, values) < inf or all(exactly_known(arg, values) for arg in args):
        return True
    if values[node.index] or len(args) > 2:
        return False
    return all(arg.left is None for arg in args) or any(
        a is b or (b.op.returns_operand and a in b.args) for a, b in (args, args[::-1])
    )


def exactly_known(node: Node, values: Sequence[float]) -> bool:
    """Whether a number is meant as it stands: a short one that was given, or worked out exactly."""
    x = [values[arg.index] for arg in node.args]
    if not short(values[node.index]) or not all(map(isfinite, x)):
        return False
    if not any(x):
        return True  # a leaf, or cos(0)
    from fractions import Fraction  # here because it is slow to import and seldom needed

    try:
        return bool(node.op.value(RATIONAL, *map(Fraction, x)) == values[node.index])
    except (AttributeError, ArithmeticError, TypeError):
        return False  # the rule needs more than arithmetic


def short(x: float) -> bool:
    """Whether a number has so few digits that no rounding shows: an integer, 0.25, 1.5e10."""
    return abs(x) < 2**53 and (x.is_integer() or x.as_integer_ratio()[0].bit_length() <= 26)
