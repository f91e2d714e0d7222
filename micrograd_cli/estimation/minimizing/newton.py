"""Newton's method with exact second derivatives, in a trust region (Moré and Sorensen 1983)."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, inf, isfinite, sqrt  # hypot: squares would under- or overflow

import numpy as np

from micrograd_cli.estimation.fitting.trust_region import EPSILON, Box
from micrograd_cli.estimation.minimizing.objective import Objective, Point
from micrograd_cli.tape.columns import Array

Tell = Callable[[Point], None]
GAIN = 1e-15  # of the value, which a step promises


def newton(objective: Objective, at: Point, box: Box, most: int, tell: Tell) -> tuple[Point, str]:
    """The minimum that a start leads to, and why it stopped: a key of STOPS."""
    radius = max(1.0, hypot(*at.x))
    for _ in range(most):
        free = ~box.held(at.x, -at.grad)
        if not at.grad[free].any() and not free.any():
            return at, "corner"
        matrix = objective.hessian(at.x)
        if not np.isfinite(matrix).all():
            return at, "hessian"
        moved = False
        while not moved:
            step = boxed_step(matrix, at, free, radius, box)
            length = hypot(*step)
            size = hypot(*at.x)
            promise = -float(at.grad @ step + 0.5 * step @ matrix @ step)
            if not EPSILON * size < length < inf or promise <= 0:
                return at, "step"
            there = objective(box.inside(at.x + step))
            gain = at.value - there.value
            tiny = promise <= GAIN * abs(at.value)
            if tiny and isfinite(there.value) and there.norm < at.norm:
                moved = True  # the values tell nothing any more, the gradients do
            elif tiny:
                return at, "gain"
            else:
                ratio = gain / promise if isfinite(there.value) else -1.0
                moved = ratio > 1e-4
                if ratio < 0.25:
                    radius = 0.25 * min(radius, length)
                elif ratio > 0.75 and length > 0.9 * radius:
                    radius = 2 * radius
                if radius <= EPSILON * max(size, 1e-290):
                    return at, "radius"
        at = there
        tell(at)
    return at, "steps"


def boxed_step(matrix: Array, at: Point, free: Array, radius: float, box: Box) -> Array:
    """The best step in the radius and the box; what would leave the box goes to its bound."""
    step = np.zeros(len(at.x))
    free = free.copy()
    while free.any():
        grad = at.grad[free] + matrix[np.ix_(free, ~free)] @ step[~free]
        step[free] = trust_step(matrix[np.ix_(free, free)], grad, radius)
        target = at.x + step
        outside = free & ((target < box.low) | (target > box.high))
        if not outside.any():
            break
        step[outside] = box.inside(target)[outside] - at.x[outside]
        free &= ~outside
    return step


def trust_step(matrix: Array, grad: Array, radius: float) -> Array:
    """The p no longer than radius with the least g·p + ½p·Hp, by the eigenvalues of H."""
    values, vectors = np.linalg.eigh(matrix)
    g = vectors.T @ grad
    least = float(values[0])
    floor = EPSILON * len(values) * max(abs(least), abs(float(values[-1])), 1e-300)
    if least > floor:
        p = -g / values
        if hypot(*p) <= radius:
            return vectors @ p
    low = max(0.0, -least)
    flat = np.abs(values + low) <= floor
    p = np.where(flat, 0.0, -g / np.where(flat, 1.0, values + low))
    size = hypot(*p)
    if size < radius and not (np.abs(g[flat]) > floor * radius).any():
        # the hard case: along the direction of the least curvature to the radius
        if least < -floor:
            p[0] += sqrt(radius - size) * sqrt(radius + size) * (-1.0 if g[0] > 0 else 1.0)
        return vectors @ p
    return vectors @ (-g / (values + shift(values, g, radius, low)))


def shift(values: Array, g: Array, radius: float, low: float) -> float:
    """The λ > low for which (H + λ)p = -g has the length of the radius."""
    high = low + hypot(*g) / radius
    value = high
    floor = low
    for _ in range(100):
        p = g / (values + value)
        length = hypot(*p)
        if abs(length - radius) <= 1e-3 * radius:
            break
        floor, high = (value, high) if length > radius else (floor, value)
        slope = float(np.sum(p * p / (values + value)))
        value += (length / radius - 1) * length * length / slope if slope else 0.0
        if not floor < value < high:
            value = max((floor + high) / 2, floor * (1 + EPSILON))
    return value
