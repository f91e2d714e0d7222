"""Gauss–Newton steps to the last digit.

A stop by the sum of squares leaves half the digits of the parameters: near its minimum the sum is
flat. Full steps through the QR decomposition are taken until they are lost in rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np

from micrograd_cli.estimation.fitting.linear import Linear, Problem, triangle_of
from micrograd_cli.estimation.fitting.trust_region import EPSILON, Box
from micrograd_cli.tape.columns import Array

STEPS = 60
PATIENCE = 8  # steps that may be no shorter than the shortest, for which rounding is luck
WORSE = 1e-9  # of rss, that a step may add by rounding


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
    problem: Problem, at: Linear, box: Box, budget: Callable[[], bool], most: int | None = None
) -> tuple[Linear, bool]:
    """The point where the steps are lost in rounding, and whether they are."""
    most = PATIENCE if most is None else most
    best, shortest, patience = at, inf, most
    for _ in range(STEPS):
        free = ~box.held(at.x, -at.triangle.T @ at.z)
        step = newton_step(at, free)
        if step is None:
            return best, False
        length = float(np.linalg.norm(at.norms * step))
        size = float(np.linalg.norm(at.norms * at.x)) or 1.0
        if length < shortest:
            best, patience = at, most if length < 0.7 * shortest else patience
            shortest = length
        else:
            patience -= 1
        if length <= EPSILON * size or not patience:
            break
        if not budget():
            return best, False
        there = problem(box.inside(at.x + step))
        if not there.rss <= at.rss * (1 + WORSE):
            break
        at = there
    return best, shortest <= 1e-9 * size
