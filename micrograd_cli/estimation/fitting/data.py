"""The rows of a fit: columns, targets and weights, and sums over these, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from micrograd_cli.estimation.shares import Shares
from micrograd_cli.numbers import rounded_sum
from micrograd_cli.tape.columns import Array

BLOCK = 1 << 15  # rows whose Jacobian is in memory at once, in each thread


class Data(NamedTuple):
    """Columns of the model's inputs, and for each output its target and the weight 1/σ of rows.

    `numbers` are those of the rows in their table, from 1; None where none is left out. `start` is
    how many of all rows come before these.
    """

    columns: Mapping[str, Array]
    targets: Sequence[Array]
    weights: Sequence[Array | None]
    numbers: Array | None = None
    start: int = 0

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.targets[0] if self.targets else next(iter(self.columns.values())))

    def number(self, row: int) -> int:
        """The number of a row in its table, from 1."""
        return self.start + row + 1 if self.numbers is None else int(self.numbers[row])

    def chosen(self, rows: Array | slice) -> Data:
        """Some of the rows, by index."""
        return Data(
            {name: column[rows] for name, column in self.columns.items()},
            [target[rows] for target in self.targets],
            [None if weight is None else weight[rows] for weight in self.weights],
            None if self.numbers is None else self.numbers[rows],
        )

    def cut(self, start: int, stop: int, at: int, before: int) -> Data:
        """Some rows of a table's part: the first is at `at` of all, `before` come before its part.

        They are copied where they are few, so that the rest need not stay in memory.
        """
        some = slice(start, stop) if 2 * (stop - start) > self.height else np.arange(start, stop)
        found = self.chosen(some)
        numbers = None if found.numbers is None else found.numbers + before
        return found._replace(numbers=numbers, start=at)

    @staticmethod
    def joined(parts: Sequence[Data]) -> Data:
        """Rows that follow each other, as one."""
        first = parts[0]
        return first._replace(
            columns={name: np.concatenate([each.columns[name] for each in parts])
                     for name in first.columns},
            targets=[np.concatenate(found)
                     for found in zip(*(each.targets for each in parts), strict=True)],
            weights=[None if found[0] is None else np.concatenate(found)
                     for found in zip(*(each.weights for each in parts), strict=True)],
            numbers=None if first.numbers is None else np.concatenate(
                [each.numbers for each in parts]
            ),
        )  # fmt: skip


def chosen(data: Shares, rows: Array) -> Data:
    """Some of all rows, by index, in their order."""
    return Data.joined([part for part in data.each(chosen_of, rows) if part.height])


def chosen_of(data: Data, rows: Array) -> Data:
    """Those of the rows that are here."""
    here = rows[(rows >= data.start) & (rows < data.start + data.height)]
    return data.chosen(here - data.start)


def blocks(data: Data) -> Iterator[list[tuple[Array, Array | None]]]:
    """For each block of rows the targets with their weights."""
    for first in range(0, data.height, BLOCK):
        rows = slice(first, first + BLOCK)
        yield [(target[rows], None if weight is None else weight[rows])
               for target, weight in zip(data.targets, data.weights, strict=True)]  # fmt: skip


def weighted(target: Array, weight: Array | None) -> Array:
    """A target in units of its σ."""
    return target if weight is None else target * weight


def sums(parts: Iterable[Iterable[Sequence[Sequence[float]]]]) -> list[list[float]]:
    """For each target its sums over all rows, of those that the shares give by block and target."""
    by_target = zip(*chain.from_iterable(parts), strict=True)
    return [list(map(rounded_sum, zip(*found, strict=True))) for found in by_target]


def sizes(data: Data) -> list[float]:
    """The greatest size of each target, in units of its σ."""
    return [
        float(np.max(np.abs(weighted(target, weight)), initial=0.0))
        for target, weight in zip(data.targets, data.weights, strict=True)
    ]


def squares(data: Data) -> list[list[list[float]]]:
    """By block and target the sum of its squares."""
    return [
        [[float(np.sum(np.square(weighted(target, weight))))] for target, weight in block]
        for block in blocks(data)
    ]


def moments(data: Data) -> list[list[list[float]]]:
    """By block and target the sums of weight², of weight²·target, and of log(weight²)."""
    found: list[list[list[float]]] = []
    for block in blocks(data):
        found.append([])
        for target, weight in block:
            squared = np.ones_like(target) if weight is None else weight**2
            logs = 0.0 if weight is None else float(np.sum(np.log(squared)))
            found[-1].append([float(np.sum(squared)), float(np.sum(squared * target)), logs])
    return found


def scatters(data: Data, means: Sequence[float]) -> list[list[list[float]]]:
    """By block and target the sum of the weighted squares about a mean."""
    found: list[list[list[float]]] = []
    for block in blocks(data):
        found.append([])
        for (target, weight), mean in zip(block, means, strict=True):
            squared = np.ones_like(target) if weight is None else weight**2
            found[-1].append([float(np.sum(squared * (target - mean) ** 2))])
    return found


def constant_columns(data: Shares) -> list[str]:
    """The columns that are the same in every row."""
    first, *rest = data.each(constants_of)
    return [name for name, number in first.items()
            if number is not None and all(other[name] == number for other in rest)]  # fmt: skip


def constants_of(data: Data) -> dict[str, float | None]:
    """Of each column its number, None where it has several."""
    return {
        name: float(column[0]) if np.all(column == column[0]) else None
        for name, column in data.columns.items()
    }


def numbers_of(data: Data) -> Array:
    """The numbers of the rows in their table, from 1."""
    return np.arange(data.height) + data.start + 1 if data.numbers is None else data.numbers
