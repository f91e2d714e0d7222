"""The reasons to doubt a fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from micrograd_cli.estimation.estimate import Caution
from micrograd_cli.estimation.fitting.data import constant_columns
from micrograd_cli.estimation.fitting.linear import Linear
from micrograd_cli.estimation.fitting.model import Model
from micrograd_cli.estimation.fitting.statistics import PART, Certainty
from micrograd_cli.estimation.fitting.trust_region import Box
from micrograd_cli.estimation.shares import Shares
from micrograd_cli.tape.columns import Array

NEARLY = 0.9999  # a correlation from which two parameters are hardly told apart
SHOWN = 10  # pairs


def cautions(
    data: Shares,
    model: Model,
    at: Linear,
    box: Box,
    sure: Certainty,
    dof: int,
    converged: bool,
    stop: str,
) -> Iterator[Caution]:
    """What an optimum does not tell, and why."""
    names = model.parameters
    if not converged:
        yield Caution("stop", f"this need not be the optimum: {stop}")
    if data.height > 1:
        for name in constant_columns(data):
            yield Caution("constant", f"the column '{name}' is the same in every row")
    for name, x, held, low in zip(names, at.x.tolist(), sure.held, box.low, strict=True):
        if held:
            side = "lower" if x <= low else "upper"
            yield Caution("bound", f"{name} is at its {side} bound {x:g}: it has no standard error")
    for direction in sure.directions:
        yield Caution("undetermined", undetermined(names, direction))
    if dof <= 0:
        yield Caution("dof", "there are as many parameters as residuals: no standard errors")
    yield from correlated(names, sure)


def undetermined(names: list[str], direction: Array) -> str:
    """A direction that changes no residual, in words."""
    largest = np.max(np.abs(direction))
    if not largest > 0:
        return "the data do not determine the parameters: some derivative is too large for a float"
    share = np.abs(direction) / largest
    chosen = [i for i in range(len(names)) if share[i] > PART]
    if len(chosen) == 1:
        return f"the data do not determine {names[chosen[0]]}: no residual depends on it here"
    along = direction / direction[chosen[0]]
    parts = ", ".join(f"{names[i]} by {along[i]:.4g}" for i in chosen)
    who = " and ".join([", ".join(names[i] for i in chosen[:-1]), names[chosen[-1]]])
    return f"the data do not determine {who}: to change {parts} together changes no residual"


def correlated(names: list[str], sure: Certainty) -> Iterator[Caution]:
    """Pairs that are hardly told apart."""
    matrix = np.nan_to_num(sure.correlation)
    pairs = [(i, j) for j in range(len(names)) for i in range(j) if abs(matrix[i, j]) >= NEARLY]
    for i, j in pairs[:SHOWN]:
        yield Caution("correlated", f"{names[i]} and {names[j]} are almost perfectly correlated "
                                    f"(r = {matrix[i, j]:.8g})")  # fmt: skip
    if len(pairs) > SHOWN:
        yield Caution("correlated", f"{len(pairs) - SHOWN} more pairs are, too")
