"""A least-squares problem near a point: residuals and Jacobian, folded into one triangle.

With the QR decomposition J = QR, ‖r + Jδ‖² = ‖z + Rδ‖² + rest for z = Qᵀr: of millions of rows a
few numbers are left, and JᵀJ, which squares the condition number, is never made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.numbers import rounded_sum
from micrograd_cli.tape.columns import Array

SLAB = 1 << 12  # rows that are decomposed at once: they stay in the cache


class Linear(NamedTuple):
    """A problem near `x`: `triangle` is R, `z` is Qᵀr, and `rss` the sum of the squares there.

    Where a residual or a derivative is inf or nan, rss is inf.
    """

    x: Array
    triangle: Array
    z: Array
    rss: float

    @property
    def norms(self) -> Array:
        """The norms of the columns of J."""
        return np.sqrt(np.einsum("ij,ij->j", self.triangle, self.triangle))

    def reduction(self, step: Array) -> float:
        """By how much a step lowers rss in the linear problem."""
        return float(self.z @ self.z - np.sum((self.z + self.triangle @ step) ** 2))


Problem = Callable[[Array], Linear]


def triangle_of(rows: Array) -> Array:
    """R of the decomposition rows = QR, or of each in a stack of them."""
    found: Any = np.linalg.qr(rows, mode="r")
    return found


class Part(NamedTuple):
    """What some rows give: the triangle of [J r], and the sum of the squared residuals."""

    triangle: Array
    squares: float


def fold(rows: Array, squares: float | None = None) -> Part:
    """The triangle of rows [J r], of shape (rows, parameters + 1)."""
    count, width = rows.shape
    if squares is None:
        squares = float(np.sum(np.square(rows[:, -1])))
    whole = count - count % SLAB if count >= 2 * SLAB else 0
    stack = [rows[whole:]]
    if whole:
        stack.append(triangle_of(rows[:whole].reshape(-1, SLAB, width)).reshape(-1, width))
    return Part(triangle_of(np.concatenate(stack)), squares)


def joined(x: Array, parts: Iterable[Part]) -> Linear:
    """The problem of all rows, from its parts in their order."""
    found = list(parts)
    width = len(x) + 1
    rss = rounded_sum([part.squares for part in found])
    stack = np.concatenate([part.triangle for part in found]) if found else np.zeros((0, width))
    if not (isfinite(rss) and np.isfinite(stack).all()):
        return Linear(x, np.zeros((width - 1, width - 1)), np.zeros(width - 1), inf)
    whole = np.zeros((width, width))
    triangle = triangle_of(stack)
    whole[: len(triangle)] = triangle
    return Linear(x, whole[:-1, :-1], whole[:-1, -1], rss)
