"""A second run, with every number a little off: what it moves has lost digits to rounding.

That is Monte Carlo arithmetic (Parker 1997) with one sample, as cheap as the run itself. It finds
what is worth a closer look.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from micrograd_cli.algebra.accurate import HALF
from micrograd_cli.analysis.beyond_range import wide_backward
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.nodes import Constant, Node

LOST = 1e-8  # a result of which a larger share is wrong has lost more than half of its digits
SUSPICIOUS = 1e-13  # the share of a result that rounding may take before it is looked into
HIDDEN = 1e-5  # a sum of more than two terms that is a smaller share of them is looked into too
SHORT = 15  # digits of a decimal that is meant as it reads: 0.1, not the float beside it

NUDGE = 2.0**-42  # a thousand times a float's rounding, so that chance seldom makes two the same
GOLDEN = 0.6180339887498949
FACTORS = [1 + NUDGE * (n % 2 - 0.5) * (1 + n * GOLDEN % 1) for n in range(256)]


class Nudged(list[Any]):
    """Numbers by index, which are a little off when they are set.

    But for those at `exact`, the results of `max` and the like: their rules rely on it that such a
    result is one of the operands.
    """

    exact: frozenset[int] = frozenset()

    def __setitem__(self, index: Any, x: Any, store: Any = list.__setitem__) -> None:
        store(self, index, x if index in self.exact else x * FACTORS[index & 255])


def second_run(sweep: Sweep) -> tuple[list[float], bool]:
    """The value and the gradients once more, with every number on the way nudged.

    And whether a value on the way has lost most of its digits, which the end need not show: a
    recurrence may come to the same wrong limit both times.
    """
    order, root = sweep.order, sweep.root
    values, grads = Nudged(sweep.values), Nudged([None] * len(sweep.values))
    values.exact = frozenset([node.index for node in order if node.op.returns_operand])
    for node in sweep.program.nodes:
        if node.left is None and misread(node, sweep.values[node.index]):
            values[node.index] = sweep.values[node.index]
    forward(order, values)
    if sweep.wide:
        wide_backward(order, values, root, grads)
    else:
        backward(order, values, root, 1.0, grads=grads)
    again = [values[root.index], *map(float, gradient(grads, sweep.leaves))]
    return again, any(map(lost, sweep.values, values)) or any(
        hidden(node, sweep.values) for node in order if len(node.args) > 2
    )


def hidden(node: Node, values: Sequence[float]) -> bool:
    """Whether a node may lose digits within, where no nudge comes: between the terms of a sum."""
    if node.op.centred:
        return True
    largest = max(abs(values[arg.index]) for arg in node.args)
    return node.op.additive and abs(values[node.index]) < HIDDEN * largest


def lost(x: float, again: float) -> bool:
    """Whether the second run moves a value by as much as if most of its digits were gone."""
    return abs(again - x) > LOST / HALF * NUDGE * abs(x)


def undisturbed(x: float, again: float) -> bool:
    """Whether the second run moves a result by no more than nudges do; what is not finite is."""
    return abs(again - x) <= SUSPICIOUS / HALF * NUDGE * abs(x) or not isfinite(x)


def difference(x: float, again: float) -> float:
    """Which share of a result rounding may take."""
    return HALF / NUDGE * abs((again - x) / x) if x else 0.0


def misread(leaf: Node, x: float) -> bool:
    """Whether a leaf is meant as a decimal number, or as pi, which its float misses."""
    if not (x * 2**20) % 1 or x - x:  # a short binary fraction, inf or nan
        return False
    return isinstance(leaf, Constant) or sum(map(str.isdigit, repr(x).partition("e")[0])) <= SHORT
