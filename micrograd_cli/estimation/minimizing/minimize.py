"""`minimize`: from a program and starts to a minimum, with what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.estimation.estimate import Caution
from micrograd_cli.estimation.fitting.data import Data
from micrograd_cli.estimation.fitting.linear import Linear
from micrograd_cli.estimation.fitting.model import LeastSquares, Model
from micrograd_cli.estimation.fitting.search import Watch, search
from micrograd_cli.estimation.fitting.trust_region import Box
from micrograd_cli.estimation.minimizing.newton import newton
from micrograd_cli.estimation.minimizing.objective import (
    Negated,
    OverRows,
    Point,
    Scalar,
    Watched,
)
from micrograd_cli.estimation.minimizing.quasi_newton import lbfgs
from micrograd_cli.estimation.minimizing.result import CONVERGED, STOPS, Minimum
from micrograd_cli.estimation.minimizing.squares import Residual, program_of, residuals_of
from micrograd_cli.estimation.minimizing.stochastic import State, Training, train
from micrograd_cli.estimation.shares import Here, Shares
from micrograd_cli.language.program import Program
from micrograd_cli.nodes import Node
from micrograd_cli.tape.columns import Array

MANY = 60  # variables, beyond which Newton's matrices are not worth their time
HEAVY = 3000  # nodes, likewise
ENTRIES = 3000  # of the Jacobian of a row, likewise
JUDGED = 300  # variables at most of which the kind of a point is found
FAR = 1e50
ALIKE = 1e-6
LEVEL = 1e-7  # of the value: a gradient that is not 0
SIGNS = 1e-11  # of the greatest eigenvalue: a smaller one counts as 0
METHODS = ("auto", "squares", "newton", "lbfgs", "sgd", "adam")

Tell = Callable[[int, Point], None]


class Task(NamedTuple):
    """What to minimize: the only output of a program, in the inputs `names`, from some starts.

    With `columns` it is the mean or the sum over rows. `training` and `state` are for sgd and adam.
    """

    program: Program
    names: Sequence[str]
    numbers: dict[str, float]
    starts: Sequence[Array]
    box: Box
    columns: Shares | None = None
    mean: bool = True
    method: str = "auto"
    maximize: bool = False
    steps: int = 500
    training: Training | None = None
    state: State | None = None


class NotFiniteError(ValueError):
    """The value or its gradient is inf or nan at every start."""

    def __init__(self, start: Array) -> None:
        super().__init__("not finite at the start")
        self.start = start


class DivergedError(ValueError):
    """A training came to a value that is inf or nan, after so many `steps`."""

    def __init__(self, steps: int) -> None:
        super().__init__(f"diverged after {steps} steps")
        self.steps = steps


class Ended(NamedTuple):
    """Where a search ended, and why: a key of STOPS."""

    at: Point
    stop: str
    state: State | None = None


def minimize(task: Task, tell: Tell = lambda step, point: None) -> Minimum:
    """The lowest minimum of all starts. Ctrl-C ends it with the best so far.

    `tell` is called with each step's number and point. Raises NotFiniteError.
    """
    with np.errstate(all="ignore"):
        return Search(task, tell).result()


class Search:
    """A search for the minimum of a task."""

    def __init__(self, task: Task, tell: Tell) -> None:
        self.task = task
        self.tell = tell
        self.plain = objective_of(task)
        self.objective = Watched(Negated(self.plain) if task.maximize else self.plain)
        self.squares = None if task.maximize else residuals_of(task.program.outputs[0].node)
        self.method = self.chosen()
        self.steps = 0

    def chosen(self) -> str:
        """The method that is asked for, or that suits the task."""
        if self.task.method != "auto":
            return self.task.method
        if self.squares and len(self.squares) * len(self.task.names) <= ENTRIES:
            return "squares"
        small = len(self.task.names) <= MANY and len(self.task.program.order) <= HEAVY
        return "newton" if small else "lbfgs"

    def result(self) -> Minimum:
        """The minimum of all starts."""
        ended: list[Ended] = []
        try:
            for start in self.task.starts:
                ended.append(self.from_start(start))
        except KeyboardInterrupt:
            if not len(self.objective.best.x):
                raise
            ended.append(Ended(self.objective.best, "interrupted"))
        usable = [each for each in ended if isfinite(each.at.value)]
        if not usable and ended[0].stop == "diverged" and self.steps > 1:
            raise DivergedError(self.steps)
        if not usable:
            raise NotFiniteError(self.task.starts[0])
        best = min(usable, key=lambda each: each.at.value)
        if ended[-1].stop == "interrupted":
            best = best._replace(stop="interrupted")
        limit = best.at.value + ALIKE * max(abs(best.at.value), 1e-12)
        alike = sum(each.at.value <= limit for each in usable)
        return self.judged(best, (len(self.task.starts), alike))

    def from_start(self, start: Array) -> Ended:
        """Where a start leads to."""
        if self.method in ("sgd", "adam"):
            return self.trained(start)
        at = self.objective(self.task.box.inside(start))
        if not isfinite(at.value):
            return Ended(at, "start")
        self.told(at)
        if self.method == "squares":
            return self.by_squares(at)
        run = newton if self.method == "newton" else lbfgs
        return Ended(*run(self.objective, at, self.task.box, self.task.steps, self.told))

    def told(self, at: Point) -> None:
        """Tell of a step; its value with the sign of the program's."""
        value = -at.value if self.task.maximize else at.value
        self.tell(self.steps, at._replace(value=value))
        self.steps += 1

    def by_squares(self, at: Point) -> Ended:
        """By the solver of `fit`."""
        assert self.squares is not None

        def improved(found: Linear) -> None:
            self.told(self.objective(found.x))

        found, _ = least_squares(self.task, self.squares, at.x, improved)
        return Ended(self.objective(found.at.x), found.stop)

    def trained(self, start: Array) -> Ended:
        """By gradient descent on batches."""
        training = self.task.training
        assert training is not None
        zero = np.zeros(len(start))
        state = self.task.state or State(0, zero, zero)
        self.steps = state.step
        losses: list[float] = []

        def told(at: Point) -> None:
            losses.append(at.value)
            self.told(at)

        x, state = train(self.plain, start, training, state, self.task.steps,
                         -1.0 if self.task.maximize else 1.0, told)  # fmt: skip
        at = self.objective(x)
        good = isfinite(at.value) and all(map(isfinite, losses))
        return Ended(at, "trained" if good else "diverged", state)

    def judged(self, ended: Ended, starts: tuple[int, int]) -> Minimum:
        """The result, with the kind of the point."""
        at, task, stop = ended.at, self.task, ended.stop
        if abs(at.value) > FAR or float(np.abs(at.x).max(initial=0)) > FAR:
            stop = "unbounded"
        sign = -1.0 if task.maximize else 1.0
        free = ~task.box.held(at.x, -at.grad)
        converged = stop in CONVERGED
        kind, eigenvalues = self.kind(at, free) if converged else ("unknown", None)
        other = "minimum" if task.maximize else "maximum"
        norm = float(np.linalg.norm(at.grad[free]))
        if kind in (other, "saddle") and norm > LEVEL * (1 + abs(at.value)):
            kind, converged, stop = "unknown", False, "edge"
        names = self.plain.names
        cautions = [*warnings(converged or stop == "trained", STOPS[stop], names, at.x, free, task)]
        return Minimum(
            params=dict(zip(names, at.x.tolist(), strict=True)),
            fixed=dict(task.numbers),
            value=sign * at.value,
            grad=dict(zip(names, (sign * at.grad).tolist(), strict=True)),
            grad_norm=norm,
            kind=kind,
            eigenvalues=eigenvalues,
            converged=converged,
            stop=STOPS[stop],
            method=self.method,
            steps=self.steps,
            evaluations=self.objective.calls,
            starts=starts,
            warnings=cautions,
            state=ended.state,
        )

    def kind(self, at: Point, free: Array) -> tuple[str, list[float] | None]:
        """What the signs of the Hessian's eigenvalues say of the point."""
        heavy = len(self.task.program.order) > HEAVY
        if len(at.x) > JUDGED or (heavy and len(at.x) > MANY):
            return "unknown", None
        matrix = self.plain.hessian(at.x)[np.ix_(free, free)]
        if not np.isfinite(matrix).all():
            return "unknown", None
        values = np.linalg.eigvalsh(matrix)
        limit = SIGNS * float(np.abs(values).max(initial=0.0))
        signs = {int(s) for s in np.where(np.abs(values) <= limit, 0, np.sign(values))}
        name = {
            frozenset(): "maximum" if self.task.maximize else "minimum",
            frozenset({1}): "minimum",
            frozenset({-1}): "maximum",
        }.get(frozenset(signs), "saddle" if signs >= {1, -1} else "flat")
        return name, values.tolist()


def objective_of(task: Task) -> Scalar | OverRows:
    """The objective of a task."""
    if task.columns is None:
        return Scalar(task.program, task.names, task.numbers)
    return OverRows(task.program, task.names, task.numbers, task.columns, task.mean)


def least_squares(
    task: Task,
    squares: Sequence[Residual],
    start: Array,
    improved: Callable[[Linear], None] = lambda found: None,
    level: float = 0.0,
) -> tuple[Any, LeastSquares]:
    """What the solver of `fit` finds for residuals, each with its weight."""
    nodes: list[Node] = [each.node for each in squares]
    names = [name for name in task.program.inputs if name in task.names]
    aims = partial(aimed, [each.weight for each in squares], level)
    rows = Here(aims(Data({}, [np.zeros(1)], []))) if task.columns is None else (
        task.columns.made(aims)
    )  # fmt: skip
    model = Model(program_of(task.program, nodes), names, task.numbers)
    residuals = LeastSquares(model, rows)
    watch = Watch(task.steps, improved=improved)
    return search(residuals, start, task.box, watch), residuals


def aimed(weights: Sequence[float], level: float, data: Data) -> Data:
    """Rows whose residuals have this level as their target, and each its weight."""
    count = data.height
    return data._replace(
        targets=[np.full(count, level)] * len(weights),
        weights=[None if weight == 1 else np.full(count, weight) for weight in weights],
    )


def warnings(
    converged: bool, stop: str, names: Sequence[str], x: Array, free: Array, task: Task
) -> Iterator[Caution]:
    """The reasons to doubt the result."""
    if not converged:
        word = "maximum" if task.maximize else "minimum"
        yield Caution("stop", f"this need not be a {word}: {stop}")
    for i in np.flatnonzero(~free).tolist():
        side = "lower" if x[i] <= task.box.low[i] else "upper"
        yield Caution("bound", f"{names[i]} is at its {side} bound {x[i]:g}")


def wrong_kind(found: Minimum, maximize: bool) -> Caution | None:
    """A warning where the point is a stationary one, but not what was looked for."""
    wanted = "maximum" if maximize else "minimum"
    if found.kind in (wanted, "unknown"):
        return None
    what = {"flat": f"the Hessian has flat directions: this may be a {wanted} or not",
            "saddle": f"this is a saddle, not a {wanted}: start elsewhere"}  # fmt: skip
    return Caution(found.kind, what.get(found.kind, f"this is a {found.kind}, not a {wanted}"))
