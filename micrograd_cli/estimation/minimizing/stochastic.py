"""Gradient descent on batches of rows, plain and Adam (Kingma and Ba 2015), for those who learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.estimation.minimizing.objective import OverRows, Point, Scalar
from micrograd_cli.tape.columns import Array

BETA_1, BETA_2, TINY = 0.9, 0.999, 1e-8


class State(NamedTuple):
    """Where a training is: so many steps are done; `first` and `second` are Adam's moments."""

    step: int
    first: Array
    second: Array


class Training(NamedTuple):
    """How to train: a method, `sgd` or `adam`, its rate, and the rows of a batch (None: all)."""

    method: str
    rate: float
    batch: int | None
    seed: int


def train(
    objective: Scalar | OverRows,
    x: Array,
    training: Training,
    state: State,
    steps: int,
    sign: float,
    tell: Callable[[Point], None],
) -> tuple[Array, State]:
    """So many steps from a state; `tell` gets each point.

    The bits depend on the state alone: the batch of a step follows from the seed and its number.
    """
    for _ in range(steps):
        at = objective(x) if training.batch is None or isinstance(objective, Scalar) else (
            objective.at(x, rows_of(objective.count, training, state.step))
        )  # fmt: skip
        tell(at)
        if not np.isfinite(at.value):
            break
        state = moved(state, sign * at.grad)
        if training.method == "sgd":
            x = x - training.rate * sign * at.grad
        else:
            first = state.first / (1 - BETA_1**state.step)
            second = state.second / (1 - BETA_2**state.step)
            x = x - training.rate * first / (np.sqrt(second) + TINY)
    return x, state


def moved(state: State, grad: Array) -> State:
    """The state after one more gradient."""
    return State(
        state.step + 1,
        BETA_1 * state.first + (1 - BETA_1) * grad,
        BETA_2 * state.second + (1 - BETA_2) * grad * grad,
    )


def rows_of(count: int, training: Training, step: int) -> Array:
    """The rows of a step's batch: each epoch goes through all rows in an order of its own."""
    size = min(training.batch or count, count)
    batches = -(-count // size)
    epoch, number = divmod(step, batches)
    order: Any = np.random.default_rng((training.seed, epoch)).permutation(count)
    return order[number * size : (number + 1) * size]
