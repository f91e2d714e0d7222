"""BRANCHES: the algebra that notes which piece of a piecewise operation a point lies on.

It computes as FLOAT does, and notes each decision on the way: a condition of `where`, the winner of
`max`, the integer of `floor`, the sign under `abs`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import floor, pi
from types import SimpleNamespace
from typing import Any

from micrograd_cli.algebra.scalar import PLAIN, sign
from micrograd_cli.algebra.vocabulary import COMPARE, STEP, names
from micrograd_cli.ops import Op

_notes: list[Any] = []


def winners(result: float, *x: float) -> tuple[bool, ...]:
    return tuple(each == result for each in x)


DECISIONS: dict[str, Callable[..., Any]] = {
    **{name: lambda result, *x: result for name in names(STEP, COMPARE)},
    "mod": lambda result, x, y: floor(x / y),
    "abs": lambda result, x: sign(x),
    "where": lambda result, condition, *x: bool(condition),
    "min": winners,
    "max": winners,
}


def noting(function: Callable[..., Any], decision: Callable[..., Any]) -> Callable[..., Any]:
    def call(*x: Any) -> Any:
        result = function(*x)
        _notes.append(decision(result, *x))
        return result

    return call


BRANCHES = SimpleNamespace(
    **PLAIN | {name: noting(PLAIN[name], decision) for name, decision in DECISIONS.items()},
    pi=pi,
    nothing=None,
)


def branch(op: Op, *x: float) -> tuple[Any, ...]:
    """The decisions that the operation takes at x, in order; equal to none if they are unknown."""
    _notes.clear()
    try:
        op.value(BRANCHES, *x)
    except (ArithmeticError, ValueError):
        return (object(),)  # an integer too large for a float: next to x it is another one
    return tuple(_notes)


@cache
def piecewise(op: Op) -> bool:
    """Whether the operation takes decisions that show in its derivative: not those of softplus."""
    decides = op.kinks or (op.conditions and op.result == "number")
    return bool(decides) and bool(branch(op, *op.near))
