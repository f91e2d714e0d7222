"""From a start to the optimum: several descents, the lowest of them, and the polish.

Many rows are first searched by a sample of them: what is left for all rows is a few steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import isfinite
from typing import NamedTuple

import numpy as np

from micrograd_cli.estimation.fitting.data import chosen
from micrograd_cli.estimation.fitting.linear import Linear, Problem
from micrograd_cli.estimation.fitting.model import LeastSquares
from micrograd_cli.estimation.fitting.polish import BRIEF, THOROUGH, Plan, polish
from micrograd_cli.estimation.fitting.projection import Projected, linear_parameters
from micrograd_cli.estimation.fitting.trust_region import WIDE, Box, Descent, descend
from micrograd_cli.estimation.shares import Here
from micrograd_cli.tape.columns import Array

FACTORS = (WIDE, 1.0)  # first radii
LARGE = 20_000  # residuals from which the search begins on a sample
SAMPLE = 4_000
ALIKE = 1e-9  # of rss: two descents have ended at optima that are as low


class Search(NamedTuple):
    """Where a search ended, whether at an optimum, and why: a key of STOPS."""

    at: Linear
    converged: bool
    stop: str


class Watch:
    """Counts the evaluations of a whole fit, tells of them, and remembers the best point.

    `most` is how many a descent may take; `best` belongs to the `residuals` searched at the moment.
    """

    def __init__(
        self,
        most: int,
        tell: Callable[[int], None] = lambda count: None,
        improved: Callable[[Linear], None] = lambda found: None,
    ) -> None:
        self.most = most
        self.tell = tell
        self.improved = improved
        self.calls = 0
        self.residuals: LeastSquares | None = None
        self.best: Linear | None = None

    def begin(self, residuals: LeastSquares) -> Problem:
        """The problem of residuals that are searched now, counted and remembered."""
        self.residuals, self.best = residuals, None
        counted = self.counted(residuals)

        def evaluate(x: Array) -> Linear:
            found = counted(x)
            if isfinite(found.rss) and (self.best is None or found.rss < self.best.rss):
                self.best = found
                self.improved(found)
            return found

        return evaluate

    def counted(self, problem: Problem) -> Problem:
        """The problem, each evaluation of which is counted."""

        def evaluate(x: Array) -> Linear:
            self.calls += 1
            self.tell(1)
            return problem(x)

        return evaluate

    def budget(self) -> Callable[[], bool]:
        """Whether a descent that begins now may go on."""
        end = self.calls + self.most
        return lambda: self.calls < end


def search(residuals: LeastSquares, x: Array, box: Box, watch: Watch) -> Search:
    """The optimum that a start leads to. The stop is `start` where the problem is not finite."""
    problem = watch.begin(residuals)
    start = problem(x)
    if not isfinite(start.rss):
        return Search(start, False, "start")
    if residuals.count <= LARGE:
        found = lowest(descents(residuals, problem, start, box, watch))
        return finish(problem, found, box, watch)
    near = problem(from_sample(residuals, x, box, watch))
    if near.rss > start.rss:
        near = start
    return finish(problem, descend(problem, near, box, watch.budget()), box, watch, BRIEF)


def follow(residuals: LeastSquares, x: Array, box: Box, watch: Watch) -> Search:
    """The optimum near a point that is nearly one, by a single descent."""
    problem = watch.begin(residuals)
    return finish(problem, descend(problem, problem(x), box, watch.budget()), box, watch)


def from_sample(residuals: LeastSquares, x: Array, box: Box, watch: Watch) -> Array:
    """The optimum of some of the rows, drawn at random: every so many-th could be alike."""
    data = residuals.data
    size = max(SAMPLE, 20 * len(x))
    rows = np.sort(np.random.default_rng(0).choice(data.height, min(size, data.height), False))
    few = LeastSquares(residuals.model, Here(chosen(data, rows)), residuals.loss, residuals.scale)
    problem = watch.counted(few)
    return lowest(descents(few, problem, problem(x), box, watch)).at.x


def lowest(descents: Iterable[Descent]) -> Descent:
    """The descent that ends lowest; of those that are as low but for rounding, the first."""
    found = list(descents)
    limit = min(each.at.rss for each in found) * (1 + ALIKE)
    return next(each for each in found if each.at.rss <= limit)


def descents(
    residuals: LeastSquares, problem: Problem, start: Linear, box: Box, watch: Watch
) -> Iterator[Descent]:
    """What each of the methods finds: the trust region alone, and with variable projection."""
    for factor in FACTORS:
        yield descend(problem, start, box, watch.budget(), factor)
    names = residuals.model.parameters
    linear = linear_parameters(residuals.model.function, names)
    unbounded = np.isinf(box.low) & np.isinf(box.high)
    solved = [i for i, name in enumerate(names) if name in linear and unbounded[i]]
    if not solved or residuals.loss is not None:
        return
    projected = Projected(problem, start.x, solved)
    inner = Box(box.low[projected.searched], box.high[projected.searched])
    first = projected(start.x[projected.searched])
    if not isfinite(first.rss):
        return
    for factor in FACTORS:
        found = descend(projected, first, inner, watch.budget(), factor)
        yield Descent(projected.full(found.at.x), found.stop)


def finish(
    problem: Problem, found: Descent, box: Box, watch: Watch, plan: Plan = THOROUGH
) -> Search:
    """The descent's end, polished."""
    at, settled = polish(problem, found.at, box, watch.budget(), plan)
    if settled:
        return Search(at, True, "settled")
    return Search(at, found.stop not in ("budget", "radius"), found.stop)
