"""Gauss–Newton steps to the last digit.

A stop by the sum of squares leaves half the digits of the parameters: near its minimum the sum is
flat. Full steps through the QR decomposition are taken until they are lost in rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

import numpy as np

from micrograd_cli.estimation.fitting.linear import Linear, Problem, triangle_of
from micrograd_cli.estimation.fitting.trust_region import EPSILON, Box
from micrograd_cli.tape.columns import Array

SETTLED = 1e-9  # of the parameters: a step that is short
WORSE = 1e-9  # of rss, that a step may add by rounding


class Plan(NamedTuple):
    """How many steps there are at `most`; and once one is `short`, how many `more`.

    Among those it is luck which is the shortest, and the shortest has the most digits.
    """

    most: int
    short: float
    more: int


THOROUGH = Plan(40, 1e-13, 8)
BRIEF = Plan(12, 1e-12, 0)  # for many rows


def newton_step(at: Linear, free: Array) -> Array | None:
    """The full step in the free parameters; None where they are not determined."""
    norms = at.norms[free]
    if not norms.size or not norms.all():
        return None
    matrix = triangle_of(np.column_stack([at.triangle[:, free] / norms, at.z]))
    square = matrix[: len(norms), :-1]
    diagonal = np.abs(np.diag(square))
    if len(diagonal) < len(norms) or diagonal.min() <= EPSILON * len(norms):
        return None
    step = np.zeros(len(at.x))
    step[free] = -np.linalg.solve(square, matrix[: len(norms), -1]) / norms
    return step


def polish(
    problem: Problem, at: Linear, box: Box, budget: Callable[[], bool], plan: Plan = THOROUGH
) -> tuple[Linear, bool]:
    """The point of the shortest step, and whether the steps have become short."""
    best, shortest, size = at, inf, 1.0
    left = plan.most
    while left and budget():
        free = ~box.held(at.x, -at.triangle.T @ at.z)
        step = newton_step(at, free)
        if step is None:
            return best, False
        length = float(np.linalg.norm(at.norms * step))
        size = float(np.linalg.norm(at.norms * at.x)) or 1.0
        if length <= plan.short * size < shortest:
            left = plan.more + 1
        if length < shortest:
            best, shortest = at, length
        if not length:
            break
        left -= 1
        there = problem(box.inside(at.x + step))
        if not there.rss <= at.rss * (1 + WORSE):
            break
        at = there
    return best, shortest <= SETTLED * size
