"""`fit`: from data and starts to the optimum, with all that is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from micrograd_cli.estimation.fitting.cautions import cautions
from micrograd_cli.estimation.fitting.data import squares, sums
from micrograd_cli.estimation.fitting.losses import LOSSES, Loss
from micrograd_cli.estimation.fitting.model import LeastSquares, Model
from micrograd_cli.estimation.fitting.profile import profile
from micrograd_cli.estimation.fitting.result import STOPS, Fit, Parameter
from micrograd_cli.estimation.fitting.robust import inflation, spread
from micrograd_cli.estimation.fitting.search import Search, Watch, follow, search
from micrograd_cli.estimation.fitting.statistics import (
    Certainty,
    Goodness,
    certainty,
    goodness,
    information,
)
from micrograd_cli.estimation.fitting.trust_region import EPSILON, Box
from micrograd_cli.estimation.shares import Shares
from micrograd_cli.estimation.student_t import coverage_factor
from micrograd_cli.tape.columns import Array

ROUNDS = 30  # of a robust fit, whose scale follows from its residuals
STEADY = 1e-9  # of the scale
ALIKE = 1e-6  # of rss, within which two starts have led to one optimum
ROUNDING = 8  # ulps of a target, below which residuals are its rounding


class Task(NamedTuple):
    """What to fit: a model to data, from some starts, in a box.

    `loss` is a name of LOSSES, or `linear`; its scale follows from the residuals unless given.
    Weights are `absolute` where they are known to be 1/σ, and not only in their ratios.
    """

    model: Model
    data: Shares
    starts: Sequence[Array]
    box: Box
    fixed: dict[str, float]
    loss: str = "linear"
    loss_scale: float | None = None
    absolute: bool = False
    coverage: float = 0.95
    profile: bool = False
    most: int = 500  # evaluations of each descent

    def residuals(self, loss: Loss | None = None, scale: float = 1.0) -> LeastSquares:
        """The residuals of all rows."""
        return LeastSquares(self.model, self.data, loss, scale)


class NotFiniteError(ValueError):
    """The model is inf or nan at every start.

    `row` is the number of the first such row, with its columns; None where only the sum is.
    """

    def __init__(self, start: Array, row: tuple[int, dict[str, float]] | None) -> None:
        super().__init__("not finite")
        self.start = start
        self.row = row


def fit(task: Task, tell: Callable[[int], None] = lambda count: None) -> Fit:
    """The best optimum of all starts. Ctrl-C ends it with the best so far.

    `tell` is called with the number of new evaluations. Raises NotFiniteError.
    """
    with np.errstate(all="ignore"):
        return best_of(task, tell)


def best_of(task: Task, tell: Callable[[int], None]) -> Fit:
    """`fit`, with NumPy's warnings off."""
    watch = Watch(task.most, tell)
    found: list[tuple[Search, LeastSquares]] = []
    interrupted = False
    try:
        for start in task.starts:
            found.append(optimum(task, start, watch))
    except KeyboardInterrupt:
        interrupted = True
        if watch.best is not None and watch.residuals is not None:
            found.append((Search(watch.best, False, "interrupted"), watch.residuals))
    found = [each for each in found if isfinite(each[0].at.rss)]
    if not found and interrupted:
        raise KeyboardInterrupt
    if not found:
        row = task.residuals().first_bad_row(task.starts[0])
        raise NotFiniteError(task.starts[0], row)
    best, residuals = min(found, key=lambda each: each[0].at.rss)
    if interrupted:
        best = best._replace(converged=False, stop="interrupted")
        task = task._replace(profile=False)  # which takes longer than the search
    least = best.at.rss * (1 + ALIKE) + rounding(residuals)
    alike = sum(each.at.rss <= least for each, _ in found)
    return judged(task, best, residuals, watch, (len(task.starts), alike))


def rounding(residuals: LeastSquares) -> float:
    """The sum of squares of residuals that are rounding of the targets alone."""
    found = sums(residuals.data.each(squares))
    return sum(each for (each,) in found) * (ROUNDING * EPSILON) ** 2


def optimum(task: Task, start: Array, watch: Watch) -> tuple[Search, LeastSquares]:
    """Where a start leads to, and the residuals, which of a robust loss have a scale."""
    residuals = task.residuals()
    found = search(residuals, start, task.box, watch)
    if task.loss == "linear" or not isfinite(found.at.rss):
        return found, residuals
    loss = LOSSES[task.loss]
    scale = task.loss_scale or (loss.tuning if task.absolute else 0.0)
    if scale:
        residuals = task.residuals(loss, scale)
        return follow(residuals, found.at.x, task.box, watch), residuals
    for _ in range(ROUNDS):
        before, scale = scale, loss.tuning * spread(residuals, found.at.x)
        if not scale or abs(scale - before) <= STEADY * scale:
            break
        residuals = task.residuals(loss, scale)
        found = follow(residuals, found.at.x, task.box, watch)
    return found, residuals


def judged(
    task: Task, best: Search, residuals: LeastSquares, watch: Watch, starts: tuple[int, int]
) -> Fit:
    """The result of a search, with its statistics and the reasons to doubt it."""
    at, model = best.at, task.model
    good = goodness(residuals, at.x)
    held = task.box.held(at.x, -at.triangle.T @ at.z) | (task.box.low == task.box.high)
    plain = residuals.loss is None  # else the weights of the loss are in the triangle
    sure = certainty(at if plain else task.residuals()(at.x), held)
    free = int(np.sum(~sure.held)) - len(sure.directions)
    count = residuals.count
    dof = count - free
    exact = good.rss <= rounding(residuals)
    variance = scatter(task, residuals, at.x, good, dof, free)
    factor = coverage_factor(task.coverage, dof if dof > 0 and not task.absolute else inf)
    root = sure.root * sqrt(variance) if variance is not None else np.full_like(sure.root, np.nan)
    parameters = [parameter(name, x, error, factor) for name, x, error in zip(
        model.parameters, at.x.tolist(), np.sqrt(np.sum(root**2, axis=1)).tolist(), strict=True
    )]  # fmt: skip
    if task.profile and variance is not None and plain and not exact:
        limit = at.rss + factor * factor * variance
        found = profile(residuals, at, task.box, sure, root, limit, watch)
        parameters = [p._replace(profile=ends) for p, ends in zip(parameters, found, strict=True)]
    aic, bic = information(good, count, free, task.absolute) if plain else (None, None)
    stop = "rounding" if exact and best.stop != "interrupted" else best.stop
    return Fit(
        parameters=parameters,
        fixed=task.fixed,
        coverage=task.coverage,
        factor=factor,
        correlation=numbers(sure),
        root=np.nan_to_num(root).tolist(),
        rss=good.rss,
        rows=task.data.height,
        dof=dof,
        reduced_chi2=good.rss / dof if dof > 0 else None,
        r2=1 - good.rss / good.total if plain and good.total > 0 else None,
        aic=aic,
        bic=bic,
        converged=best.converged or stop == "rounding",
        stop=STOPS[stop],
        evaluations=watch.calls,
        absolute=task.absolute,
        loss=task.loss,
        loss_scale=None if plain else residuals.scale,
        starts=starts,
        warnings=[
            *cautions(
                task.data,
                model,
                at,
                task.box,
                sure,
                dof,
                best.converged or stop == "rounding",
                STOPS[stop],
            )
        ],
    )


def scatter(
    task: Task, residuals: LeastSquares, x: Array, good: Goodness, dof: int, free: int
) -> float | None:
    """What (JᵀJ)⁻¹ is multiplied by for the covariance; None where nothing tells."""
    if residuals.loss is not None:
        return inflation(residuals, x, free)
    if task.absolute:
        return 1.0
    return good.rss / dof if dof > 0 else None


def parameter(name: str, value: float, error: float, factor: float) -> Parameter:
    """A parameter with its standard error, nan where nothing tells."""
    if not isfinite(error):
        return Parameter(name, value, None, None)
    return Parameter(name, value, error, (value - factor * error, value + factor * error))


def numbers(sure: Certainty) -> list[list[float | None]]:
    """The correlations, None where there is none."""
    return [[x if isfinite(x) else None for x in row] for row in sure.correlation.tolist()]
