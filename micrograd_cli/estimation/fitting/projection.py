"""Variable projection: parameters in which a model is linear are solved for, not searched.

(Golub and Pereyra 1973, in the form of Kaufman 1975.) What is left is a problem in the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from micrograd_cli.compiled import Compiled
from micrograd_cli.estimation.fitting.linear import Linear, Problem, triangle_of
from micrograd_cli.estimation.fitting.trust_region import EPSILON
from micrograd_cli.tape.columns import Array
from micrograd_cli.tape.instructions import Input


def linear_parameters(function: Compiled, parameters: Sequence[str]) -> list[str]:
    """Parameters in which every output is linear, all of them together.

    The tape tells: no derivative by one of them needs one of them. Of those that exclude each other
    the ones with the fewest conflicts are taken.
    """
    tape, numbers = function.tape
    needs: dict[str, set[str]] = {name: set() for name in parameters}
    for result, number in zip(function.results, numbers, strict=True):
        if result.by in needs:
            leaves = [tape.instructions[each] for each in tape.live([number])]
            needs[result.by] |= {leaf.name for leaf in leaves if isinstance(leaf, Input)}
    conflicts = {a: {b for b in parameters if b in needs[a] or a in needs[b]} for a in parameters}
    chosen: list[str] = []
    for name in sorted(parameters, key=lambda each: len(conflicts[each])):
        if name not in conflicts[name] and not conflicts[name] & set(chosen):
            chosen.append(name)
    return [name for name in parameters if name in chosen]


class Projected:
    """A problem in the parameters at `searched`; those at `solved` follow."""

    def __init__(self, whole: Problem, start: Array, solved: Sequence[int]) -> None:
        self.whole = whole
        self.solved = list(solved)
        self.searched = [i for i in range(len(start)) if i not in self.solved]
        self.order = self.solved + self.searched
        self.last = start.copy()

    def full(self, x: Array) -> Linear:
        """The whole problem there, where the solved parameters are at their best."""
        at = self.last.copy()
        at[self.searched] = x
        found = self.whole(at)
        if not np.isfinite(found.rss):
            return found
        k = len(self.solved)
        matrix = found.triangle[:, self.solved]
        scale = np.sqrt(np.sum(matrix**2, axis=0))
        scale[scale == 0] = 1.0
        step = np.linalg.lstsq(matrix / scale, -found.z, rcond=k * EPSILON)[0] / scale
        at[self.solved] += step
        self.last = at
        return self.whole(at)

    def __call__(self, x: Array) -> Linear:
        found = self.full(x)
        n = len(self.searched)
        if not np.isfinite(found.rss):
            return Linear(x, np.zeros((n, n)), np.zeros(n), np.inf)
        k = len(self.solved)
        rows = np.column_stack([found.triangle[:, self.order], found.z])
        triangle = triangle_of(rows)
        return Linear(x, triangle[k : k + n, k : k + n], triangle[k : k + n, -1], found.rss)
