"""A number that a value is never less than.

By one above 0 a target may divide plainly; a branch that asks for less is never taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate
from micrograd_cli.nodes import Constant, Node


def least_value(node: Node, least: Sequence[float]) -> float:
    """The bound of a node whose operands have those bounds; -inf if nothing is known."""
    op, special = node.op, SPECIAL.get(node.op.name)
    bound = special(node, least) if special else op.lower_bound
    return max(bound, evaluate(FLOAT, op.value, *least)) if op.increasing else bound


def least_product(node: Node, least: Sequence[float]) -> float:
    return least[0] * least[1] if min(least) >= 0 else -inf


def least_power(node: Node, least: Sequence[float]) -> float:
    exponent = node.args[1]
    if not isinstance(exponent, Constant) or not exponent.number > 0:
        return -inf
    if least[0] >= 1:
        return 1.0
    return 0.0 if least[0] >= 0 or exponent.number % 2 == 0 else -inf


def least_branch(node: Node, least: Sequence[float]) -> float:
    return min(bound for i, bound in enumerate(least) if i not in node.op.conditions)


# Where it takes more than the facts of the row.
SPECIAL: dict[str, Callable[[Node, Sequence[float]], float]] = {
    "*": least_product,
    "^": least_power,
    "where": least_branch,
}
