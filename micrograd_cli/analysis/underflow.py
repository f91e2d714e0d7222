"""Where numbers become so small that they lose their digits, or all that they were: underflow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micrograd_cli.algebra.accurate import NORMAL
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.engine import evaluate, partials
from micrograd_cli.nodes import Node


class Underflow(NamedTuple):
    """A node, and of its gradient the share of an operand if it is that which underflows.

    `factors` are then the node's gradient and the derivative by the operand.
    """

    node: Node
    arg: Node | None = None
    factors: tuple[float, float] = (0.0, 0.0)


def first_underflow(sweep: Sweep) -> Underflow | None:
    """The first share of a gradient, from the output down, or else the first value."""
    return next(gradient_underflows(sweep), None) or next(value_underflows(sweep), None)


def value_underflows(sweep: Sweep) -> Iterator[Underflow]:
    """The operations whose values are too small, though their operands are not."""
    if min(map(abs, sweep.values)) >= NORMAL:
        return
    for node in sweep.order:
        if abs(sweep.values[node.index]) < NORMAL and not node.op.additive:
            x = sweep.operands(node)
            if all(abs(each) >= NORMAL for each in x) and small(node, x):
                yield Underflow(node)


def gradient_underflows(sweep: Sweep) -> Iterator[Underflow]:
    """The shares of gradients that are too small, though neither a gradient nor an operand is.

    A derivative that is too small may have a share that is not: the gradient above is large then.
    """
    grads = sweep.grads
    if sweep.ordinary:
        return
    for node in reversed(sweep.order):
        grad = grads[node.index]
        if grad is None or abs(grad) < NORMAL or node not in sweep.active:
            continue
        for i, arg in enumerate(node.args):
            if arg in sweep.active and abs(sweep.grad(arg)) < NORMAL * max(abs(grad), 1.0):
                partial = partials(node, sweep.values)[i]
                if partial is not None and too_small(sweep, node, i, grad, partial):
                    yield Underflow(node, arg, (grad, partial))


def too_small(sweep: Sweep, node: Node, i: int, grad: float, partial: float) -> bool:
    """Whether a share of a gradient underflows, or the derivative in it has."""
    if abs(partial) >= NORMAL:
        return abs(grad * partial) < NORMAL
    x = sweep.operands(node)
    return all(abs(each) >= NORMAL for each in x) and small(node, x, i)


def small(node: Node, x: Sequence[float], i: int | None = None) -> bool:
    """Whether a node's value, or its partial i, is small and has digits that its float has not."""
    from micrograd_cli.algebra.bound import BOUND  # seldom needed
    from micrograd_cli.algebra.rounding import Bound, bound

    operands = list(map(Bound, x))
    found = evaluate(BOUND, node.op.value, *operands)
    if i is not None:
        found = evaluate(BOUND, node.op.partials, found, *operands)[i]
    return found is not None and abs(bound(found).value) < NORMAL and bound(found).uncertain
