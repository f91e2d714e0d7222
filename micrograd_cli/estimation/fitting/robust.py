"""What a robust fit asks of the residuals of all rows: their spread, and what they tell of errors.

Nothing of the size of the table is brought together: shares count, and add up by block.
"""

from __future__ import annotations

from functools import partial
from itertools import chain

import numpy as np

from micrograd_cli.estimation.fitting.losses import Loss
from micrograd_cli.estimation.fitting.model import LeastSquares, Residuals
from micrograd_cli.estimation.shares import Shares
from micrograd_cli.numbers import rounded_sum
from micrograd_cli.tape.columns import Array

MAD = 1.4826022185056018  # the standard deviation of a normal distribution by its median |r|
DIGIT = 16  # bits of a float that are counted at once
FLOAT = 64


def spread(residuals: LeastSquares, x: Array) -> float:
    """The standard deviation of the bulk of the residuals, by their median size."""
    sizes = residuals.shares.made(partial(Residuals.sizes, x=x))
    middle = {(residuals.count - 1) // 2, residuals.count // 2}
    found = [ranked(sizes, rank) for rank in sorted(middle)]
    return MAD * (sum(found) / len(found))


def ranked(sizes: Shares, rank: int) -> float:
    """The number of this rank, from 0, among all that are not negative.

    These are in the order of their bits, of which a digit is found after the other.
    """
    known = 0
    for shift in range(FLOAT - DIGIT, -1, -DIGIT):
        counts = sum(sizes.each(digit_counts, known, shift))
        below = np.cumsum(counts)
        digit = int(np.searchsorted(below, rank, side="right"))
        rank -= int(below[digit - 1]) if digit else 0
        known = known << DIGIT | digit
    return float(np.array([known], dtype=np.uint64).view(float)[0])


def digit_counts(sizes: Array, known: int, shift: int) -> Array:
    """How often each digit comes at a place of the numbers whose digits before it are known."""
    bits = sizes.view(np.uint64) >> np.uint64(shift)
    fit = bits[bits >> np.uint64(DIGIT) == known]
    return np.bincount((fit & np.uint64((1 << DIGIT) - 1)).astype(np.int64), minlength=1 << DIGIT)


def inflation(residuals: LeastSquares, x: Array, parameters: int) -> float:
    """What (JᵀJ)⁻¹ is multiplied by for the covariance of an M-estimate (Huber 1981, 7.6).

    It is K²·Σψ²/(n - p)/(mean of ψ')², for ψ(r) = r·ρ'((r/c)²).
    """
    shares, count = residuals.shares, residuals.count
    parts = zip(*chain.from_iterable(shares.each(influences, x)), strict=True)
    squares, slopes = map(rounded_sum, parts)
    mean = slopes / count
    if not mean > 0 or count <= parameters:
        return np.nan
    variance = rounded_sum([*chain.from_iterable(shares.each(slope_scatters, x, mean))]) / count
    correction = 1 + parameters / count * variance / mean**2
    return correction**2 * squares / (count - parameters) / mean**2


def influences(residuals: Residuals, x: Array) -> list[tuple[float, float]]:
    """By block the sums of ψ² and of ψ'."""
    loss = loss_of(residuals)
    found = []
    for r in residuals.at(x):
        z = np.square(r / residuals.scale)
        psi = r * loss.slope(z)
        found.append((float(np.sum(psi**2)), float(np.sum(slopes_of(loss, z)))))
    return found


def slope_scatters(residuals: Residuals, x: Array, mean: float) -> list[float]:
    """By block the sum of the squares of ψ' about its mean."""
    loss = loss_of(residuals)
    return [
        float(np.sum((slopes_of(loss, np.square(r / residuals.scale)) - mean) ** 2))
        for r in residuals.at(x)
    ]


def loss_of(residuals: Residuals) -> Loss:
    assert residuals.loss is not None
    return residuals.loss


def slopes_of(loss: Loss, z: Array) -> Array:
    """ψ' where z is (r/c)²."""
    return loss.slope(z) + 2 * z * loss.bend(z)
