"""Gradients that leave the range of floats on their way: those are computed in WIDE once more."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import Any

from micrograd_cli.algebra.accurate import NORMAL
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.underflow import gradient_underflows
from micrograd_cli.engine import backward
from micrograd_cli.nodes import Node

GREATEST = 1.7976931348623157e308  # float


def completed(sweep: Sweep) -> Sweep:
    """The sweep, with the grads of WIDE where those of floats over- or underflow."""
    if leaves_range(sweep):
        grads: list[Any] = [None] * len(sweep.values)
        wide_backward(sweep.order, sweep.values, sweep.root, grads)
        sweep.grads = [None if grad is None else float(grad) for grad in grads]
        sweep.wide = True
    return sweep


def leaves_range(sweep: Sweep) -> bool:
    """Whether a share of a gradient underflows, or a gradient overflows though no value does."""
    grads = sweep.grads
    found = [grads[node.index] for node in sweep.listing]
    strange = [grad for grad in found if grad is not None and not NORMAL <= abs(grad) <= GREATEST]
    sweep.ordinary = not strange
    if all(map(isfinite, strange)):
        return bool(strange) and next(gradient_underflows(sweep), None) is not None
    return all(isfinite(sweep.values[node.index]) for node in sweep.listing)


def wide_backward(
    order: Sequence[Node], values: Sequence[float], root: Node, grads: list[Any]
) -> None:
    """Fill in the grads by a backward pass whose numbers know no end of the range."""
    from micrograd_cli.algebra.wide import WIDE, Wide  # seldom needed

    backward(order, list(map(Wide, values)), root, Wide(1.0), WIDE, grads)


def is_whole(sweep: Sweep) -> bool:
    """Whether WIDE has found every result, and none is itself too small for a float."""
    return sweep.wide and all(NORMAL <= abs(result) < inf for result in sweep.results)
