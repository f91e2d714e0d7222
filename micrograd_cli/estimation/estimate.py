"""What is said of a result: its uncertainty and where it comes from, as plain data."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple


class Share(NamedTuple):
    """What one input does to u: |sensitivity|·u, and its part of u², which correlations move.

    `share` is None where u is 0.
    """

    input: str
    value: float
    u: float
    sensitivity: float
    contribution: float
    share: float | None


class SecondOrder(NamedTuple):
    """The value and u with the second order of the Taylor series; None where it gives none."""

    value: float | None
    u: float | None


class MonteCarlo(NamedTuple):
    """What `draws` random points say (JCGM 101:2008): mean, standard deviation, intervals.

    `interval` is the shortest that has the coverage, `symmetric` leaves as much below as above.
    The bins of the histogram lie between `edges`, one more than there are `counts`. `lost` points
    gave inf or nan and do not count; where no two are left, the numbers are None.
    """

    draws: int
    seed: int
    lost: int
    value: float | None
    u: float | None
    interval: list[float] | None
    symmetric: list[float] | None
    edges: list[float]
    counts: list[int]


class Caution(NamedTuple):
    """A reason to doubt the result."""

    kind: str
    message: str


class Estimate(NamedTuple):
    """An output with its standard uncertainty u, and its expanded uncertainty U = k·u.

    `grad` has all inputs, `budget` those that have an uncertainty, `correlation` all outputs.
    """

    output: str | None
    expr: str
    name: str
    value: float
    u: float
    dof: float
    coverage: float
    k: float
    expanded: float
    grad: dict[str, float]
    budget: list[Share]
    correlation: dict[str, float | None]
    second_order: SecondOrder | None
    mc: MonteCarlo | None = None
    warnings: tuple[Caution, ...] = ()

    @property
    def finite(self) -> bool:
        """Whether neither the value nor u is inf or nan."""
        return isfinite(self.value) and isfinite(self.u)
