"""The method of Levenberg and Marquardt in a trust region scaled by columns (Moré 1978), in a box.

Of each point it needs the triangle of `linear.py` alone. The step is found by a singular value
decomposition of the triangle, so a Jacobian that lacks rank is no exception.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from micrograd_cli.estimation.fitting.linear import Linear, Problem
from micrograd_cli.tape.columns import Array

EPSILON = float(np.finfo(float).eps)
STEP = 1e-10  # of the parameters: a shorter one ends the search; the polish does the rest
GAIN = 1e-12  # of rss
TINY = 1e-300
FLAT = 1e-13  # the cosine between the residuals and any column of J
WIDE = 100.0  # the first radius, in sizes of the scaled start (Moré 1978)


class Box(NamedTuple):
    """The least and the greatest value of each parameter."""

    low: Array
    high: Array

    def inside(self, x: Array) -> Array:
        """The nearest point of the box."""
        return np.clip(x, self.low, self.high)

    def held(self, x: Array, downhill: Array) -> Array:
        """Which parameters are at a bound that the direction would carry them beyond."""
        return ((x <= self.low) & (downhill <= 0)) | ((x >= self.high) & (downhill >= 0))


class Descent(NamedTuple):
    """Where a descent ended, and why: a key of STOPS."""

    at: Linear
    stop: str


def descend(
    problem: Problem,
    start: Linear,
    box: Box,
    budget: Callable[[], bool],
    factor: float = WIDE,
) -> Descent:
    """Lower the sum of squares from a start until a step changes nothing; `budget` may end it."""
    at = start
    scale = np.zeros(len(at.x))
    radius = 0.0
    while True:
        scale = np.maximum(scale, at.norms)
        scale[scale == 0] = 1.0
        downhill = -at.triangle.T @ at.z
        free = ~box.held(at.x, downhill)
        slopes = np.abs(downhill[free]) / np.maximum(at.norms[free], TINY)
        if not free.any():
            return Descent(at, "corner")
        if slopes.max() <= FLAT * sqrt(at.rss):
            return Descent(at, "flat")
        size = float(np.linalg.norm(scale * at.x))
        radius = radius or factor * (size or 1.0)
        while True:
            if not budget():
                return Descent(at, "budget")
            step, damped = bounded_step(at, scale, free, radius, box)
            length = float(np.linalg.norm(scale * step))
            if length <= STEP * size and length <= radius:
                return Descent(at, "step")
            trial = problem(box.inside(at.x + step))
            predicted = at.reduction(step)
            actual = at.rss - trial.rss
            ratio = actual / predicted if predicted > 0 and isfinite(trial.rss) else -inf
            if ratio < 0.25:
                radius = min(radius, length) * (0.5 if ratio > 0 else 0.25)
            elif ratio > 0.75 or not damped:
                radius = max(radius, 2 * length) if ratio > 0.75 else radius
            if ratio > 1e-4:
                small = abs(actual) <= GAIN * at.rss and predicted <= GAIN * at.rss
                at = trial
                if small:
                    return Descent(at, "gain")
                break
            if predicted <= EPSILON * at.rss:
                return Descent(at, "gain")
            if radius <= EPSILON * (size or 1.0):
                return Descent(at, "radius")


def bounded_step(
    at: Linear, scale: Array, free: Array, radius: float, box: Box
) -> tuple[Array, bool]:
    """The best step within the radius and the box, and whether the radius limits it.

    A parameter that would leave the box goes to its bound, and the others make the best of it.
    """
    step = np.zeros(len(at.x))
    free = free.copy()
    damped = False
    while free.any():
        rest = at.z + at.triangle @ np.where(free, 0.0, step)
        part, damped = trust_step(at.triangle[:, free] / scale[free], rest, radius)
        step[free] = part / scale[free]
        target = at.x + step
        outside = free & ((target < box.low) | (target > box.high))
        if not outside.any():
            break
        step[outside] = box.inside(target)[outside] - at.x[outside]
        free &= ~outside
    return step, damped


def trust_step(matrix: Array, z: Array, radius: float) -> tuple[Array, bool]:
    """The δ, no longer than radius, of the least ‖z + matrix·δ‖; whether the radius limits it."""
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    b = u.T @ z
    good = s > len(s) * EPSILON * s[0]
    newton = np.where(good, -b / np.where(good, s, 1.0), 0.0)
    if np.linalg.norm(newton) <= 1.1 * radius:
        return vt.T @ newton, False
    return vt.T @ (-s * b / (s * s + damping(s, b, radius))), True


def damping(s: Array, b: Array, radius: float) -> float:
    """The λ > 0 for which the step has the length of the radius (Hebden 1973, Moré 1978)."""
    low, high = 0.0, float(np.linalg.norm(s * b)) / radius
    value = 1e-3 * high
    for _ in range(50):
        if not low < value < high:
            value = max(1e-3 * high, sqrt(low * high))
        weights = s * b / (s * s + value)
        length = float(np.linalg.norm(weights))
        if abs(length - radius) <= 0.1 * radius:
            break
        low, high = (value, high) if length > radius else (low, value)
        slope = float(np.sum(weights**2 / (s * s + value)))
        value += length / slope * (length - radius) * length / radius if slope else 0.0
    return value
