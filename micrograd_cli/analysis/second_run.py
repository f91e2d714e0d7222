"""A second run, with every number a little off: what it moves has lost digits to rounding.

That is Monte Carlo arithmetic (Parker 1997) with one sample, as cheap as the run itself. It finds
what is worth a closer look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from micrograd_cli.algebra.accurate import HALF
from micrograd_cli.analysis.beyond_range import wide_backward
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.nodes import Constant, Node

LOST = 1e-8  # a result of which a larger share is wrong has lost more than half of its digits
SUSPICIOUS = 1e-11  # the share of a result that rounding may take before it is looked into
HIDDEN = 1e-5  # a sum of more than two terms that is a smaller share of them is looked into too
SHORT = 15  # digits of a decimal that is meant as it reads: 0.1, not the float beside it

NUDGE = 2.0**-42  # a thousand times a float's rounding, so that chance seldom makes two the same
MOVED = LOST / HALF * NUDGE  # a value that is moved by such a share has lost most of its digits
SHORTEST = 2**20  # what times it is a whole number is a short binary fraction
GOLDEN, ROOT = 0.6180339887498949, 0.7320508075688772
# By squares: n·GOLDEN has the same difference for any two neighbours, whose nudges would cancel.
FACTORS = [
    1 + NUDGE * (0.5 if n * n * ROOT % 1 < 0.5 else -0.5) * (1 + n * n * GOLDEN % 1)
    for n in range(256)
]


class Nudged(list[Any]):
    """Gradients by index, of which each share is a little off when it is added."""

    factors: Sequence[float]

    def __setitem__(self, index: Any, x: Any, store: Any = list.__setitem__) -> None:
        store(self, index, x * self.factors[index])


def nudging(order: Iterable[Node], values: list[float], factors: Sequence[float]) -> Iterator[Node]:
    """An order of nodes on whose way through it each value is nudged when it has been computed."""
    for node in order:
        yield node
        values[node.index] *= factors[node.index]


def nudges(count: int) -> list[float]:
    """A factor for each index."""
    return FACTORS[:count] if count <= len(FACTORS) else FACTORS * (count // len(FACTORS) + 1)


def second_run(sweep: Sweep) -> tuple[list[float], bool]:
    """The value and the gradients once more, with every number on the way nudged.

    And whether a value on the way has lost most of its digits, which the end need not show: a
    recurrence may come to the same wrong limit both times.
    """
    order, root, start = sweep.order, sweep.root, sweep.values
    values, factors = list(start), nudges(len(start))
    several = False
    for node in sweep.program.nodes:
        if node.left is None:
            x = start[node.index]
            if x * SHORTEST % 1 and misread(node, x):
                values[node.index] = x * factors[node.index]
        elif node.op.returns_operand:  # the rules of `max` and the like rely on it
            factors[node.index] = 1.0
        elif node.left.__class__ is tuple:
            several = True
    forward(nudging(order, values, factors), values)
    grads = Nudged([None] * len(start))
    grads.factors = nudges(len(start))
    found: list[Any] = grads
    if sweep.wide:
        wide_backward(order, values, root, grads)
        found = [None if grad is None else float(grad) for grad in grads]
    else:
        backward(order, values, root, 1.0, grads=grads)
    again = [values[root.index], *gradient(found, sweep.leaves)]
    if any([abs(b - a) > MOVED * abs(a) for a, b in zip(start, values, strict=True)]):  # noqa: C419
        return again, True
    return again, several and any(hidden(node, start) for node in order)


def hidden(node: Node, values: Sequence[float]) -> bool:
    """Whether a node may lose digits within, where no nudge comes: between the terms of a sum."""
    if len(node.args) <= 2:
        return False
    if node.op.centred:
        return True
    largest = max(abs(values[arg.index]) for arg in node.args)
    return node.op.additive and abs(values[node.index]) < HIDDEN * largest


def undisturbed(x: float, again: float) -> bool:
    """Whether the second run moves a result by no more than nudges do; what is not finite is."""
    return abs(again - x) <= SUSPICIOUS / HALF * NUDGE * abs(x) or not isfinite(x)


def difference(x: float, again: float) -> float:
    """Which share of a result rounding may take."""
    return HALF / NUDGE * abs((again - x) / x) if x else 0.0


def misread(leaf: Node, x: float) -> bool:
    """Whether a leaf is meant as a decimal number, or as pi, which its float misses."""
    if not x * SHORTEST % 1 or x - x:  # inf or nan
        return False
    return isinstance(leaf, Constant) or float(f"{x:.{SHORT}g}") == x
