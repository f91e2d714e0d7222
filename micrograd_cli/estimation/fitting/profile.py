"""Likelihood intervals: how far a parameter may go while the others make the best of it.

(Bates and Watts 1988, 6.1.) Where the model is curved they are right,
and the symmetric ones are not.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt

import numpy as np

from micrograd_cli.estimation.fitting.linear import Linear
from micrograd_cli.estimation.fitting.model import LeastSquares
from micrograd_cli.estimation.fitting.search import Watch
from micrograd_cli.estimation.fitting.statistics import Certainty
from micrograd_cli.estimation.fitting.trust_region import Box, descend
from micrograd_cli.tape.columns import Array

DOUBLINGS = 12  # of the standard interval, beyond which there is no end
HALVINGS = 60
CLOSE = 1e-8  # of the interval

End = float | None


def profile(
    residuals: LeastSquares,
    at: Linear,
    box: Box,
    sure: Certainty,
    root: Array,
    limit: float,
    watch: Watch,
) -> list[tuple[End, End] | None]:
    """For each parameter the two values at which the least rss is `limit`; None is no end.

    A bound ends an interval too.
    """
    found: list[tuple[End, End] | None] = []
    reach = sqrt(max(limit - at.rss, 0.0))
    errors = np.sqrt(np.sum(root**2, axis=1))
    for i, error in enumerate(errors.tolist()):
        if not isfinite(error) or not error:
            found.append(None)
            continue
        width = reach * float(sure.errors[i])
        ends = [end(Along(residuals, at, box, i, watch), side * width, limit) for side in (-1, 1)]
        found.append((ends[0], ends[1]))
    return found


class Along:
    """The least rss as a function of one parameter; each call begins where the last one ended."""

    def __init__(
        self, residuals: LeastSquares, at: Linear, box: Box, index: int, watch: Watch
    ) -> None:
        self.problem = watch.counted(residuals)
        self.watch = watch
        self.index = index
        self.center = float(at.x[index])
        self.rss = at.rss
        self.x = at.x.copy()
        self.bounds = float(box.low[index]), float(box.high[index])
        self.rest = [i for i in range(len(at.x)) if i != index]
        self.box = Box(box.low[self.rest], box.high[self.rest])

    def inner(self, value: float) -> Callable[[Array], Linear]:
        """The problem in the other parameters."""

        def problem(x: Array) -> Linear:
            full = self.x.copy()
            full[self.index] = value
            full[self.rest] = x
            found = self.problem(full)
            return found._replace(x=x, triangle=found.triangle[:, self.rest])

        return problem

    def __call__(self, value: float) -> float:
        problem = self.inner(value)
        found = problem(self.x[self.rest])
        if not isfinite(found.rss):
            return np.inf
        if self.rest:
            found = descend(problem, found, self.box, self.watch.budget()).at
            self.x[self.rest] = found.x
        return found.rss


def end(along: Along, width: float, limit: float) -> End:
    """Where the least rss reaches the limit, on the side of `width`."""
    low, high = along.bounds
    inside, step = along.center, width
    inside_rss = along.rss
    for _ in range(DOUBLINGS):
        outside = along.center + step
        if not low <= outside <= high:
            outside = low if width < 0 else high
        outside_rss = along(outside)
        if outside_rss >= limit:
            break
        if outside in (low, high):
            return outside
        inside, inside_rss, step = outside, outside_rss, 2 * step
    else:
        return None
    for _ in range(HALVINGS):  # pragma: no branch: a bound that nothing known reaches
        if abs(outside - inside) <= CLOSE * abs(width):
            break
        # in the square root of what rss has gained the profile is nearly a straight line
        a, b = (sqrt(max(rss - along.rss, 0.0)) for rss in (inside_rss, min(outside_rss, 1e300)))
        share = (sqrt(limit - along.rss) - a) / (b - a) if b > a else 0.5
        middle = inside + min(max(share, 0.02), 0.98) * (outside - inside)
        rss = along(middle)
        if rss < limit:
            inside, inside_rss = middle, rss
        else:
            outside, outside_rss = middle, rss
        if abs(rss - limit) <= 1e-10 * abs(limit - along.rss):
            return middle
    return (inside + outside) / 2
