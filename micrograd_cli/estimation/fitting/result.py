"""What is said of a fit, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micrograd_cli.estimation.estimate import Caution

STOPS = {
    "settled": "the next step would be lost in rounding",
    "rounding": "the model passes through every point, but for rounding",
    "flat": "the residuals are orthogonal to every derivative",
    "corner": "every parameter is at a bound, and would have to leave it to do better",
    "gain": "no step lowers the residual sum of squares further",
    "step": "the steps have become too short to matter",
    "radius": "no step lowers the residual sum of squares, however short: is the model smooth?",
    "budget": "the number of evaluations is used up",
    "interrupted": "it was interrupted",
}


class Parameter(NamedTuple):
    """A parameter at the optimum; None is what the data do not tell."""

    name: str
    value: float
    stderr: float | None
    interval: tuple[float, float] | None
    profile: tuple[float | None, float | None] | None = None

    @property
    def relative(self) -> float | None:
        """The standard error in units of the value."""
        return self.stderr / abs(self.value) if self.stderr is not None and self.value else None


class Fit(NamedTuple):
    """The optimum of a fit and how sure it is.

    `correlation` has a row for each parameter. `root` is a matrix L of a row for each parameter,
    with L·Lᵀ the covariance, and `factor` what a standard error is multiplied by for an interval.
    """

    parameters: Sequence[Parameter]
    fixed: Mapping[str, float]
    coverage: float
    factor: float
    correlation: list[list[float | None]]
    root: list[list[float]]
    rss: float
    rows: int
    dof: int
    reduced_chi2: float | None
    r2: float | None
    aic: float | None
    bic: float | None
    converged: bool
    stop: str
    evaluations: int
    absolute: bool
    loss: str
    loss_scale: float | None
    starts: tuple[int, int]  # how many there were, and how many of them led to this optimum
    warnings: Sequence[Caution]
    certain: Mapping[str, Mapping[str, str | None]] | None = None  # params and stderr as decimals

    @property
    def values(self) -> dict[str, float]:
        """The parameters' values, by name."""
        return {each.name: each.value for each in self.parameters}

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it."""
        return self.stop == STOPS["interrupted"]
