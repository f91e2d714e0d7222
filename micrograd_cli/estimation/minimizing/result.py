"""What is said of a minimum, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micrograd_cli.estimation.estimate import Caution
from micrograd_cli.estimation.minimizing.stochastic import State

STOPS = {
    "gradient": "the gradient is 0",
    "settled": "the next step would be lost in rounding",
    "step": "the next step would be lost in rounding",
    "flat": "the gradient is 0 but for rounding",
    "gain": "no step lowers the value further in floats",
    "radius": "no step lowers the value, however short: is it smooth there?",
    "edge": "no step lowers the value, but the gradient is not 0: the edge of a domain, or a kink",
    "corner": "every variable is at a bound",
    "steps": "the steps are used up (--steps)",
    "budget": "the steps are used up (--steps)",
    "hessian": "a second derivative is inf or nan",
    "unbounded": "the value falls without end",
    "trained": "all steps are done",
    "diverged": "the value is inf or nan: the rate is too large",
    "interrupted": "it was interrupted",
    "root": "the value is reached, but for rounding",
    "no root": "there is no root near: the value does not come nearer",
}
CONVERGED = ("gradient", "settled", "step", "flat", "gain", "corner", "root")


class Minimum(NamedTuple):
    """Where a search ended: a minimum, or what `kind` says, if it is known.

    `params` has the variables, `fixed` the other inputs. `state` is that of a training.
    """

    params: Mapping[str, float]
    fixed: Mapping[str, float]
    value: float
    grad: Mapping[str, float]
    grad_norm: float
    kind: str
    eigenvalues: Sequence[float] | None
    converged: bool
    stop: str
    method: str
    steps: int
    evaluations: int
    starts: tuple[int, int]
    warnings: Sequence[Caution]
    state: State | None = None

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it."""
        return self.stop == STOPS["interrupted"]
