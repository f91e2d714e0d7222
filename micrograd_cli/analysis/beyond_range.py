"""Gradients that leave the range of floats on their way: those are computed in WIDE once more."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, nan
from typing import Any

from micrograd_cli.algebra.accurate import NORMAL
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.underflow import gradient_underflows, value_underflows
from micrograd_cli.engine import backward
from micrograd_cli.nodes import Node

GREATEST = 1.7976931348623157e308  # float


def completed(sweep: Sweep) -> Sweep:
    """The sweep, with the grads of WIDE where those of floats over- or underflow."""
    if leaves_range(sweep):
        grads: list[Any] = [None] * len(sweep.values)
        values = list(sweep.values)
        for underflow in value_underflows(sweep):  # what depends on these stays as it is
            values[underflow.node.index] = nan
        wide_backward(sweep.order, values, sweep.root, grads)
        found = [None if grad is None else float(grad) for grad in grads]
        known = {i for i, grad in enumerate(found) if grad is not None and grad == grad}
        before = sweep.grads
        sweep.grads = [grad if i in known else before[i] for i, grad in enumerate(found)]
        sweep.wide = known
    return sweep


def leaves_range(sweep: Sweep) -> bool:
    """Whether a share of a gradient underflows, or a gradient overflows though no value does."""
    grads = sweep.grads
    found = [grads[node.index] for node in sweep.listing]
    sizes = [abs(grad) for grad in found if grad is not None]
    greatest = max(sizes, default=1.0)
    if greatest <= GREATEST and min(sizes, default=1.0) >= NORMAL * max(greatest, 1.0):
        sweep.ordinary = True
        return False
    if all(map(isfinite, sizes)):
        return next(gradient_underflows(sweep), None) is not None
    return all(isfinite(sweep.values[node.index]) for node in sweep.listing)


def wide_backward(
    order: Sequence[Node], values: Sequence[float], root: Node, grads: list[Any]
) -> None:
    """Fill in the grads by a backward pass whose numbers know no end of the range."""
    from micrograd_cli.algebra.wide import WIDE, Wide  # seldom needed

    backward(order, list(map(Wide, values)), root, Wide(1.0), WIDE, grads)


def is_whole(sweep: Sweep) -> bool:
    """Whether WIDE has found every result, and none is itself too small for a float."""
    if not sweep.wide:
        return False
    found = sweep.wide.issuperset([leaf.index for leaf in sweep.leaves])
    return found and all(NORMAL <= abs(result) < inf for result in sweep.results)
