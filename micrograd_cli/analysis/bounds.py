"""The bounds of a sweep: its values and gradients beside their rounding errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from micrograd_cli.algebra.bound import BOUND, NAMED, number
from micrograd_cli.algebra.rounding import Bound, bound
from micrograd_cli.analysis.second_run import misread
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.engine import backward, forward
from micrograd_cli.nodes import Constant, Node


class Bounds(NamedTuple):
    """The bounds of a sweep's nodes and of their grads, by index."""

    values: list[Bound]
    grads: list[Bound | None]


def bounds(order: Sequence[Node], values: list[Any], root: Node) -> Bounds:
    """The bounds of all nodes and of their grads from `values`, which has those of the leaves."""
    forward(order, values, BOUND)
    grads = backward(order, values, root, Bound(1.0), BOUND)
    return Bounds(
        [bound(value) for value in values],
        [None if grad is None else bound(grad) for grad in grads],
    )


def leaf_bounds(sweep: Sweep) -> list[Bound]:
    """The bounds of the leaves: exact numbers, but for decimals that their floats miss."""
    return [
        decimal(node, x) if node.left is None and misread(node, x) else Bound(x)
        for node, x in zip(sweep.program.nodes, sweep.values, strict=True)
    ]


def decimal(leaf: Node, x: float) -> Bound:
    """The bound of such a leaf: in doubt by what its float misses, for either may be meant."""
    text = leaf.text if isinstance(leaf, Constant) else repr(x)
    missed = (NAMED.get(leaf.label) or number(text)).rest
    return Bound(x, 0.0, abs(missed), missed)
