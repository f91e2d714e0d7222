"""Where outputs have a value: by the solver of `fit`, in a bracket by a safe Newton's method."""

from __future__ import annotations

from math import isfinite

import numpy as np

from micrograd_cli.estimation.estimate import Caution
from micrograd_cli.estimation.fitting.model import Residuals
from micrograd_cli.estimation.fitting.trust_region import EPSILON
from micrograd_cli.estimation.minimizing.minimize import FAR, NotFiniteError, Task, least_squares
from micrograd_cli.estimation.minimizing.objective import Scalar
from micrograd_cli.estimation.minimizing.result import STOPS, Minimum
from micrograd_cli.estimation.minimizing.squares import Residual
from micrograd_cli.tape.columns import Array

NEAR = 1e-11  # of the terms that make up a value: it is as near as floats allow
SMALL = 1e-13
HALVINGS = 200


def find_root(task: Task, level: float) -> Minimum:
    """A point where all outputs have the value `level`, by the first start that leads to one."""
    with np.errstate(all="ignore"):
        return of_starts(task, level)


def of_starts(task: Task, level: float) -> Minimum:
    """`find_root`, with NumPy's warnings off."""
    squares = [Residual(output.node, 1.0) for output in task.program.outputs]
    best: tuple[float, Array, bool] | None = None
    evaluations = 0
    for start in task.starts:
        inside = bracketed(task, level) if len(task.names) == 1 else None
        found, residuals = least_squares(
            task, squares, start if inside is None else np.array([inside]), level=level
        )
        evaluations += residuals.calls
        if not isfinite(found.at.rss):
            continue
        [rows] = residuals.shares.each(Residuals.rows, found.at.x, slice(0, 1))
        gaps, slopes = rows[:, -1], rows[:, :-1]
        terms = abs(level) + np.abs(slopes) @ np.abs(found.at.x)
        near = bool((np.abs(gaps) <= NEAR * terms + SMALL).all())
        reached = near and float(np.abs(found.at.x).max()) < FAR  # else it is nearest at infinity
        size = float(np.abs(gaps).max())
        if best is None or size < best[0]:
            best = size, found.at.x, reached
        if reached:
            break
    if best is None:
        raise NotFiniteError(task.starts[0])
    return root_result(task, level, best, evaluations)


def root_result(
    task: Task, level: float, best: tuple[float, Array, bool], evaluations: int
) -> Minimum:
    """The root as a result; the value and gradient are those of the first output."""
    _, x, reached = best
    at = Scalar(task.program, task.names, task.numbers)
    there = at(x)
    stop = "root" if reached else "no root"
    told = f"{level:g} is not reached: {STOPS[stop]}"
    warnings = [] if reached else [Caution("root", told)]
    return Minimum(
        params=dict(zip(at.names, x.tolist(), strict=True)),
        fixed=task.numbers,
        value=there.value,
        grad=dict(zip(at.names, there.grad.tolist(), strict=True)),
        grad_norm=there.norm,
        kind="root" if reached else "unknown",
        eigenvalues=None,
        converged=reached,
        stop=STOPS[stop],
        method="root",
        steps=evaluations,
        evaluations=evaluations,
        starts=(len(task.starts), 1),
        warnings=warnings,
    )


def bracketed(task: Task, level: float) -> float | None:
    """A root between the bounds of the only variable, where the signs at them differ."""
    low, high = float(task.box.low[0]), float(task.box.high[0])
    if not (isfinite(low) and isfinite(high)):
        return None
    objective = Scalar(task.program, task.names, task.numbers)

    def f(x: float) -> float:
        return objective(np.array([x])).value - level

    at_low, at_high = f(low), f(high)
    if not (isfinite(at_low) and isfinite(at_high)) or at_low * at_high > 0:
        return None
    x = (low + high) / 2
    for _ in range(HALVINGS):  # pragma: no branch: a bound that nothing known reaches
        there = objective(np.array([x]))
        gap, slope = there.value - level, float(there.grad[0])
        if gap == 0 or high - low <= 2 * EPSILON * abs(x):
            break
        low, high = (x, high) if (gap > 0) == (at_high < at_low) else (low, x)
        x = x - gap / slope if isfinite(gap) and slope else low
        if not low < x < high:
            x = (low + high) / 2
    return x
