"""Standard errors and how well the model fits, at an optimum."""

from __future__ import annotations

from math import inf, log, nan, pi
from typing import NamedTuple

import numpy as np

from micrograd_cli.estimation.fitting.data import moments, scatters, sums
from micrograd_cli.estimation.fitting.linear import Linear
from micrograd_cli.estimation.fitting.model import LeastSquares
from micrograd_cli.tape.columns import Array

UNDETERMINED = 1e-13  # a singular value beside the greatest, of the Jacobian with columns of norm 1
PART = 1e-6  # of an undetermined direction that makes a parameter undetermined


class Certainty(NamedTuple):
    """How sure the parameters are, apart from a common factor.

    `root` is L with L·Lᵀ = (JᵀJ)⁻¹; a parameter at a bound, or undetermined, has a row of nan.
    `directions` do not change the residuals; `held` parameters are at a bound.
    """

    root: Array
    held: Array
    directions: Array

    @property
    def errors(self) -> Array:
        """The standard errors where the residuals have the standard deviation 1."""
        return np.sqrt(np.sum(self.root**2, axis=1))

    @property
    def correlation(self) -> Array:
        """The correlations of the parameters."""
        with np.errstate(all="ignore"):
            unit = self.root / self.errors[:, None]
        found = np.clip(unit @ unit.T, -1.0, 1.0)
        np.fill_diagonal(found, 1.0)
        return found


def certainty(at: Linear, held: Array) -> Certainty:
    """By the singular values of the triangle, whose columns are scaled to the norm 1."""
    size = len(at.x)
    free = np.flatnonzero(~held)
    norms = at.norms[free]
    scale = np.where(norms > 0, norms, 1.0)
    root = np.full((size, size), nan)
    directions = np.zeros((0, size))
    if len(free):
        _, s, vt = np.linalg.svd(at.triangle[:, free] / scale, full_matrices=False)
        good = s > UNDETERMINED * max(s[0], 1e-300)
        v = vt[good] / s[good, None]
        root[free] = 0.0
        root[free, : len(v)] = v.T / scale[:, None]
        null = vt[~good]
        directions = np.zeros((len(null), size))
        directions[:, free] = null / scale
        lost = free[(np.abs(null) > PART).any(axis=0)] if len(null) else free[:0]
        root[lost] = nan
    return Certainty(root, held, directions)


class Goodness(NamedTuple):
    """Sums over all rows: the weighted squares of the residuals, and of the targets about their
    mean, and of log(weight²).
    """

    rss: float
    total: float
    log_weights: float


def goodness(residuals: LeastSquares, x: Array) -> Goodness:
    """The sums at a point."""
    data = residuals.data
    with np.errstate(all="ignore"):
        found = sums(data.each(moments))
        means = [mean / weights for weights, mean, _ in found]
        total = sum(each for (each,) in sums(data.each(scatters, means)))
    return Goodness(residuals.squares(x), total, sum(logs for *_, logs in found))


def information(
    goodness: Goodness, count: int, parameters: int, absolute: bool
) -> tuple[float, float]:
    """Akaike's and the Bayesian information criterion, by the likelihood of normal residuals.

    Their standard deviation counts as a parameter, unless the weights are `absolute`.
    """
    if absolute:
        twice = count * log(2 * pi) - goodness.log_weights + goodness.rss
    elif not goodness.rss > 0:
        return -inf, -inf
    else:
        twice = count * (log(2 * pi * goodness.rss / count) + 1) - goodness.log_weights
        parameters += 1
    return twice + 2 * parameters, twice + log(count) * parameters
