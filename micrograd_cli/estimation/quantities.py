"""Measured numbers: a value with its standard uncertainty, and how several hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, sqrt
from typing import NamedTuple

ROUNDING = 1e-10  # of a pivot: coefficients of correlation are rounded


class Distribution(NamedTuple):
    """A shape: half-width over standard deviation (JCGM 100 4.3), and the excess kurtosis."""

    half_width: float
    excess: float


DISTRIBUTIONS = {
    "normal": Distribution(1.0, 0.0),  # its ± is a standard deviation
    "uniform": Distribution(sqrt(3), -1.2),
    "triangular": Distribution(sqrt(6), -0.6),
    "arcsine": Distribution(sqrt(2), -1.5),
}


class Quantity(NamedTuple):
    """A value, its standard uncertainty, degrees of freedom, and a name of DISTRIBUTIONS."""

    value: float
    u: float
    dof: float = inf
    distribution: str = "normal"


Pair = tuple[str, str]


class NotPositiveError(ValueError):
    """A matrix of correlations that no quantities can have."""


class Measured:
    """The quantities that have an uncertainty, by name, and the correlations of pairs of them.

    Pairs that are not named are independent. Raises NotPositiveError where the correlation
    matrix has a negative eigenvalue.
    """

    def __init__(self, quantities: Mapping[str, Quantity], correlations: Mapping[Pair, float]):
        self.quantities = dict(quantities)
        self.names = list(quantities)
        self.correlations = {
            **correlations,
            **{(b, a): r for (a, b), r in correlations.items()},
        }
        self.matrix = [[self.correlation(a, b) for b in self.names] for a in self.names]
        self.root = cholesky(self.matrix)

    def correlation(self, a: str, b: str) -> float:
        """The coefficient of two of the quantities."""
        return 1.0 if a == b else self.correlations.get((a, b), 0.0)

    def groups(self) -> list[list[str]]:
        """The names, parted where none of one group is correlated with any of another."""
        groups: list[list[str]] = []
        for name in self.names:
            near = [g for g in groups if any(self.correlation(name, other) for other in g)]
            groups = [g for g in groups if g not in near]
            groups.append([other for g in near for other in g] + [name])
        return groups

    def dof(self, group: Sequence[str]) -> float:
        """The degrees of freedom of a group: they were found together, or the fewest count."""
        return min(self.quantities[name].dof for name in group)


def cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """The lower triangle L with L·Lᵀ = matrix, of a matrix that may be singular.

    Raises NotPositiveError.
    """
    rows: list[list[float]] = []
    for i, given in enumerate(matrix):
        row: list[float] = []
        for j in range(i):
            rest = given[j] - sum(a * b for a, b in zip(row, rows[j][:j], strict=True))
            if not rows[j][j] and abs(rest) > sqrt(ROUNDING):
                raise NotPositiveError
            row.append(rest / rows[j][j] if rows[j][j] else 0.0)
        pivot = given[i] - sum(a * a for a in row)
        if pivot < -ROUNDING:
            raise NotPositiveError
        rows.append(
            [*row, sqrt(pivot) if pivot > ROUNDING else 0.0, *[0.0] * (len(matrix) - i - 1)]
        )
    return rows
