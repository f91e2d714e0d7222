"""Losses that outliers weigh less on than on the sum of squares.

Each is ρ of z = (r/c)² for a residual r and a scale c, with ρ(z) ≈ z near 0, so that a fit sums
c²·ρ(z). (The names and forms are those of SciPy's `least_squares`.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.tape.columns import Array


class Loss(NamedTuple):
    """Its ρ(z), ρ'(z) and ρ''(z), and c in standard deviations (an efficiency of 95 %)."""

    name: str
    rho: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    bend: Callable[[Array], Array]
    tuning: float

    def __reduce__(self) -> tuple[Any, ...]:
        return loss_named, (self.name,)


def floored(z: Array) -> Array:
    """Z, but no less than 1: beyond the bend of Huber's loss."""
    return np.maximum(z, 1.0)


LOSSES = {
    loss.name: loss
    for loss in (
        Loss(
            "huber",
            lambda z: np.where(z <= 1, z, 2 * np.sqrt(floored(z)) - 1),
            lambda z: 1 / np.sqrt(floored(z)),
            lambda z: np.where(z <= 1, 0.0, -0.5 * floored(z) ** -1.5),
            1.345,
        ),
        Loss(
            "soft_l1",
            lambda z: 2 * z / (np.sqrt(1 + z) + 1),
            lambda z: 1 / np.sqrt(1 + z),
            lambda z: -0.5 * (1 + z) ** -1.5,
            1.345,
        ),
        Loss(
            "cauchy",
            np.log1p,
            lambda z: 1 / (1 + z),
            lambda z: -1 / (1 + z) ** 2,
            2.385,
        ),
    )
}


def loss_named(name: str) -> Loss:
    """The loss of a name: what pickle calls."""
    return LOSSES[name]
