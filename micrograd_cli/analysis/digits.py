"""How many digits of a value and of its gradients are right.

Most results lose nothing, and a second run shows that cheaply: with every number a little off
(Parker 1997, Monte Carlo arithmetic, with one sample). Where that moves a result by more, the
algebra BOUND says by how much it is wrong, and `lost_digits.py` where the digits went.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite, log10
from typing import Any, NamedTuple

from micrograd_cli.algebra.bound import BOUND, NAMED, number, sample
from micrograd_cli.algebra.rounding import HALF, Bound, bound
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.underflow import Underflow, first_underflow
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.nodes import Constant, Node

DIGITS = 16  # of a float
LOST = 1e-8  # a result of which a larger share is wrong has lost more than half of them
SUSPICIOUS = 1e-13  # the share of a result that rounding may take before it is looked into
MOST = 2000  # operations: of a larger program nothing is said
SHORT = 15  # digits of a decimal that is meant as it reads: 0.1, not the float beside it

NUDGE = 2.0**-42  # a thousand times a float's rounding, so that chance seldom makes two the same
FACTORS = [1 + NUDGE * sample(n, ()) for n in range(256)]


class Digits(NamedTuple):
    """The right digits of a value and of its gradients; None where they are not known."""

    value: float | None
    grad: dict[str, float | None]


class Bounds(NamedTuple):
    """The bounds of a sweep's nodes and of their grads, by index."""

    values: list[Bound]
    grads: list[Bound | None]


class Accuracy(NamedTuple):
    """What is known of a sweep's digits: the bounds too, if they are worth a run."""

    digits: Digits
    bounds: Bounds | None = None
    underflow: Underflow | None = None  # the first


def accuracy(sweep: Sweep) -> Accuracy:
    """The right digits of a sweep's results; none for a program of more than MOST operations."""
    results = sweep.results
    if len(sweep.order) > MOST or not any(map(isfinite, results)):
        return Accuracy(Digits(None, dict.fromkeys(sweep.wrt)))
    underflow, again = first_underflow(sweep), second_run(sweep)
    if not underflow and all(map(undisturbed, results, again)):
        return Accuracy(digits(sweep, results, map(difference, results, again)))
    found = bounds(sweep.order, leaf_bounds(sweep), sweep.root)
    exact = [found.values[sweep.root.index], *[found.grads[leaf.index] for leaf in sweep.leaves]]
    shares = [each.relative_error if each else 0.0 for each in exact]
    return Accuracy(digits(sweep, results, shares), found, underflow)


def digits(sweep: Sweep, results: Sequence[float], shares: Iterable[float]) -> Digits:
    """The digits of results of which these shares may be wrong."""
    value, *grad = map(right_digits, results, shares)
    return Digits(value, dict(zip(sweep.wrt, grad, strict=True)))


def right_digits(result: float, share: float) -> float | None:
    """To a tenth: all of them if no more than the last place is wrong; None for an inf or nan."""
    if not isfinite(result) or share != share:
        return None
    return int(-10 * log10(share)) / 10 if share > 4 * HALF else float(DIGITS)


# --- the second run -------------------------------------------------------------------------------


class Nudged(list[Any]):
    """Numbers by index, which are a little off when they are set.

    But for those at `exact`, the results of `max` and the like: their rules rely on it that such a
    result is one of the operands.
    """

    exact: frozenset[int] = frozenset()

    def __setitem__(self, index: Any, x: Any, store: Any = list.__setitem__) -> None:
        store(self, index, x if index in self.exact else x * FACTORS[index & 255])


def second_run(sweep: Sweep) -> list[float]:
    """The value and the gradients once more, with every number on the way nudged."""
    order, root = sweep.order, sweep.root
    values, grads = Nudged(sweep.values), Nudged([None] * len(sweep.values))
    values.exact = frozenset([node.index for node in order if node.op.returns_operand])
    for node in sweep.program.nodes:
        if node.left is None and misread(node, sweep.values[node.index]):
            values[node.index] = sweep.values[node.index]
    forward(order, values)
    backward(order, values, root, 1.0, grads=grads)
    return [values[root.index], *gradient(grads, sweep.leaves)]


def undisturbed(x: float, again: float) -> bool:
    """Whether the second run moves a result by no more than nudges do; what is not finite is."""
    return abs(again - x) <= SUSPICIOUS / HALF * NUDGE * abs(x) or not isfinite(x)


def difference(x: float, again: float) -> float:
    """Which share of a result rounding may take."""
    return HALF / NUDGE * abs((again - x) / x) if x else 0.0


# --- bounds ---------------------------------------------------------------------------------------


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


def misread(leaf: Node, x: float) -> bool:
    """Whether a leaf is meant as a decimal number, or as pi, which its float misses."""
    if not (x * 2**20) % 1 or x - x:  # a short binary fraction, inf or nan
        return False
    return isinstance(leaf, Constant) or sum(map(str.isdigit, repr(x).partition("e")[0])) <= SHORT


def decimal(leaf: Node, x: float) -> Bound:
    """The bound of such a leaf: in doubt by what its float misses, for either may be meant."""
    text = leaf.text if isinstance(leaf, Constant) else repr(x)
    missed = (NAMED.get(leaf.label) or number(text)).rest
    return Bound(x, 0.0, abs(missed), missed)
