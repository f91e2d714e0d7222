"""Losses that outliers weigh less on than on the sum of squares.

Each is ρ of z = (r/c)² for a residual r and a scale c, with ρ(z) ≈ z near 0, so that a fit sums
c²·ρ(z). (The names and forms are those of SciPy's `least_squares`.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from micrograd_cli.tape.columns import Array

MAD = 1.4826022185056018  # the standard deviation of a normal distribution by its median |r|


class Loss(NamedTuple):
    """Its ρ(z), ρ'(z) and ρ''(z), and c in standard deviations (an efficiency of 95 %)."""

    rho: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    bend: Callable[[Array], Array]
    tuning: float


def floored(z: Array) -> Array:
    """Z, but no less than 1: beyond the bend of Huber's loss."""
    return np.maximum(z, 1.0)


LOSSES = {
    "huber": Loss(
        lambda z: np.where(z <= 1, z, 2 * np.sqrt(floored(z)) - 1),
        lambda z: 1 / np.sqrt(floored(z)),
        lambda z: np.where(z <= 1, 0.0, -0.5 * floored(z) ** -1.5),
        1.345,
    ),
    "soft_l1": Loss(
        lambda z: 2 * z / (np.sqrt(1 + z) + 1),
        lambda z: 1 / np.sqrt(1 + z),
        lambda z: -0.5 * (1 + z) ** -1.5,
        1.345,
    ),
    "cauchy": Loss(
        np.log1p,
        lambda z: 1 / (1 + z),
        lambda z: -1 / (1 + z) ** 2,
        2.385,
    ),
}


def spread(residuals: Array) -> float:
    """The standard deviation of the bulk of some residuals, by their median size."""
    return MAD * float(np.median(np.abs(residuals)))


def inflation(residuals: Array, parameters: int, loss: Loss, scale: float) -> float:
    """What (JᵀJ)⁻¹ is multiplied by for the covariance of an M-estimate (Huber 1981, 7.6).

    It is K²·Σψ²/(n - p)/(mean of ψ')², for ψ(r) = r·ρ'((r/c)²).
    """
    r = residuals.ravel()
    z = np.square(r / scale)
    psi = r * loss.slope(z)
    slopes = loss.slope(z) + 2 * z * loss.bend(z)
    mean = float(np.mean(slopes))
    if not mean > 0 or len(r) <= parameters:
        return np.nan
    correction = 1 + parameters / len(r) * float(np.var(slopes)) / mean**2
    return correction**2 * float(np.sum(psi**2)) / (len(r) - parameters) / mean**2
