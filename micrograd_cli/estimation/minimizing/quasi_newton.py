"""L-BFGS: second derivatives from the last few gradients (Nocedal 1980), in a box."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import isfinite

import numpy as np

from micrograd_cli.estimation.fitting.trust_region import EPSILON, Box
from micrograd_cli.estimation.minimizing.objective import Objective, Point
from micrograd_cli.tape.columns import Array

Tell = Callable[[Point], None]
MEMORY = 20  # pairs of a step and the change of the gradient along it
ENOUGH = 1e-4  # of the decrease that the slope promises
STEEP = 0.9  # of the slope, which must be left behind
TRIALS = 40
FLAT = 1e-15  # of the value


def lbfgs(objective: Objective, at: Point, box: Box, most: int, tell: Tell) -> tuple[Point, str]:
    """The minimum that a start leads to, and why it stopped: a key of STOPS."""
    pairs: deque[tuple[Array, Array]] = deque(maxlen=MEMORY)
    still = 0
    for _ in range(most):
        free = ~box.held(at.x, -at.grad)
        if not free.any() or not at.grad[free].any():
            return at, "gradient" if free.any() else "corner"
        direction = np.where(free, -two_loops(pairs, np.where(free, at.grad, 0.0)), 0.0)
        if not float(direction @ at.grad) < 0:
            pairs.clear()
            direction = np.where(free, -at.grad, 0.0)
        first = 1.0 if pairs else min(1.0, 1 / float(np.abs(at.grad[free]).sum()))
        there = search(objective, at, direction, first, box)
        if there is None:
            if not pairs:
                return at, "gain"
            pairs.clear()
            continue
        step, change = there.x - at.x, there.grad - at.grad
        if 0 < EPSILON * float(change @ change) < float(step @ change):
            pairs.append((step, change))
        still = still + 1 if at.value - there.value <= FLAT * abs(at.value) else 0
        at = there
        tell(at)
        if still >= 3:
            return at, "gain"
    return at, "steps"


def two_loops(pairs: deque[tuple[Array, Array]], grad: Array) -> Array:
    """The approximate inverse of the Hessian times the gradient."""
    q = grad.copy()
    weights = []
    for step, change in reversed(pairs):
        weight = float(step @ q) / float(step @ change)
        q -= weight * change
        weights.append(weight)
    if pairs:
        step, change = pairs[-1]
        q *= float(step @ change) / float(change @ change)
    for (step, change), weight in zip(pairs, reversed(weights), strict=True):
        q += (weight - float(change @ q) / float(step @ change)) * step
    return q


def search(
    objective: Objective, at: Point, direction: Array, first: float, box: Box
) -> Point | None:
    """A lower point along a direction, by the conditions of Wolfe; None where there is none.

    The path is bent along the bounds of the box, and there only the decrease counts.
    """
    low, high, t = 0.0, np.inf, first
    slope = float(at.grad @ direction)
    best = None
    for _ in range(TRIALS):
        x = box.inside(at.x + t * direction)
        if np.array_equal(x, at.x):
            return best
        there = objective(x)
        bent = not np.array_equal(x, at.x + t * direction)
        promise = float(at.grad @ (x - at.x)) if bent else t * slope
        if not isfinite(there.value) or there.value > at.value + ENOUGH * promise:
            high = t
        elif float(there.grad @ direction) < STEEP * slope and not bent:
            best, low = there, t
        else:
            return there
        t = (low + high) / 2 if high < np.inf else 2 * t
        if high - low <= EPSILON * high:
            return best
    return best
