"""Where a derivative is a number though the value is not: 1/x of log(x*y) at (-1, 1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from math import inf, isfinite, nan

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate
from micrograd_cli.nodes import Node
from micrograd_cli.ops import Op
from micrograd_cli.symbolic.derivative import lift
from micrograd_cli.symbolic.graph import Graph

MOST = 20  # operations that are looked at


def widened(
    order: Iterable[Node], active: Collection[Node], found: Collection[Node], graph: Graph
) -> Iterator[Node]:
    """The operations of a program, on expressions, whose domain its derivative does not keep.

    `active` are the program's nodes that the derivative is taken through, and `found` those of the
    graph that it is made of.
    """
    wide = (node for node in order if node in active and leaves_domain(node.op))
    for node in islice(wide, MOST):
        if node.args[0].left is not None and lift(node, graph) not in found:
            yield node


def leaves_domain(op: Op) -> bool:
    """Whether an operation's derivative, by its first argument, is a number outside its domain."""
    low, high = op.domain
    if low == -inf:
        return False
    outside = low - 1 if high == inf else high + 1
    return isfinite(evaluate(FLOAT, op.partials, nan, outside)[0])


def outside(op: Op, name: str) -> str:
    """Where an operation is nan, in words, of an operand with that name."""
    low, high = op.domain
    return f"{name} < {low:g}" if high == inf else f"{name} is not between {low:g} and {high:g}"
