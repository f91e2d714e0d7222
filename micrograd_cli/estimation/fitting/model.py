"""The residuals of a model over rows, and their derivatives by its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from micrograd_cli.compiled import Compiled
from micrograd_cli.estimation.fitting.data import BLOCK, Data
from micrograd_cli.estimation.fitting.linear import Linear, Part, fold, joined
from micrograd_cli.estimation.fitting.losses import Loss
from micrograd_cli.estimation.shares import Shares
from micrograd_cli.language.program import Program
from micrograd_cli.numbers import power_of_2, rounded_sum
from micrograd_cli.tape.columns import Array
from micrograd_cli.tape.instructions import Tape
from micrograd_cli.tape.kernel import Kernel, make_kernel
from micrograd_cli.tape.threads import cores, in_order

Found = TypeVar("Found")

NUMBERS = 1 << 21  # of the Jacobian of a block at most, 16 MB


class Model:
    """A program whose inputs are columns, or parameters, or have one of `numbers`."""

    def __init__(self, program: Program, parameters: Sequence[str], numbers: Mapping[str, float]):
        self.program = program
        self.parameters = list(parameters)
        self.function = Compiled(program, tuple(parameters), numbers)
        found = self.function.results
        order = {name: place for place, name in enumerate(self.parameters)}
        self.inputs = self.function.inputs
        self.outputs = len(program.outputs)
        # in `results` the derivatives stand in the order of the program's inputs
        self.places = [
            (result.output, -1 if result.by is None else order[result.by]) for result in found
        ]
        self.tape = self.function.tape
        self.kernel: Kernel = make_kernel(*self.tape, self.inputs)

    def __reduce__(self) -> tuple[Any, ...]:
        return model_again, (self.tape, self.inputs, self.parameters, self.outputs, self.places)

    def fill(self, rows: Array, x: Array, columns: Mapping[str, Array]) -> None:
        """Write [J f] into an array of shape (outputs, rows, parameters + 1)."""
        numbers = dict(zip(self.parameters, x.tolist(), strict=True))
        given = [numbers[name] if name in numbers else columns[name] for name in self.inputs]
        for (output, place), column in zip(self.places, self.kernel(given), strict=True):
            rows[output, :, place] = column


def model_again(
    tape: tuple[Tape, list[int]],
    inputs: list[str],
    parameters: list[str],
    outputs: int,
    places: list[tuple[int, int]],
) -> Model:
    """What pickle calls: a model that computes, and knows no program."""
    model = Model.__new__(Model)
    model.tape, model.inputs, model.parameters = tape, inputs, parameters
    model.outputs, model.places = outputs, places
    model.kernel = make_kernel(*tape, inputs)
    return model


class Residuals:
    """(model - target)·weight of the rows that are here, and its derivatives, block by block.

    They are shared out among all cores. Of a `loss` the residuals are in units of `scale`.
    """

    def __init__(
        self, model: Model, data: Data, loss: Loss | None = None, scale: float = 1.0
    ) -> None:
        self.model = model
        self.data = data
        self.loss = loss
        self.scale = scale
        width = max(1, (len(model.parameters) + 1) * model.outputs)
        self.block = max(256, min(BLOCK, power_of_2(NUMBERS // width)))  # part of a UNIT

    def each_block(self, work: Callable[[slice], Found]) -> Iterator[Found]:
        """The work on each block of rows, in their order."""
        count = self.data.height
        blocks = [slice(i, min(i + self.block, count)) for i in range(0, count, self.block)]
        if len(blocks) < 2 or cores() < 2:
            yield from map(work, blocks)
            return
        yield from in_order(work, blocks)

    def rows(self, x: Array, block: slice) -> Array:
        """The rows [J r] of a block, weighted; of several outputs, one after the other."""
        columns = {name: column[block] for name, column in self.data.columns.items()}
        count = block.stop - block.start
        rows = np.empty((self.model.outputs, count, len(x) + 1))
        with np.errstate(all="ignore"):
            self.model.fill(rows, x, columns)
            for part, target, weight in zip(
                rows, self.data.targets, self.data.weights, strict=True
            ):
                part[:, -1] -= target[block]
                if weight is not None:
                    part *= weight[block, None]
        return rows.reshape(-1, len(x) + 1)

    def folds(self, x: Array) -> list[Part]:
        """What each block gives."""
        return [*self.each_block(lambda block: self.fold_block(x, block))]

    def fold_block(self, x: Array, block: slice) -> Part:
        """What a block gives."""
        rows = self.rows(x, block)
        if not np.isfinite(rows).all():
            return Part(np.full((1, len(x) + 1), np.nan), np.inf)
        with np.errstate(all="ignore"):
            squares = None
            if self.loss is not None:
                z = np.square(rows[:, -1] / self.scale)
                squares = float(np.sum(self.loss.rho(z))) * self.scale * self.scale
                rows *= np.sqrt(self.loss.slope(z))[:, None]
            return fold(rows, squares)

    def at(self, x: Array) -> list[Array]:
        """The weighted residuals of each block, of its outputs one after the other."""
        return [*self.each_block(lambda block: self.rows(x, block)[:, -1].copy())]

    def squares(self, x: Array) -> list[float]:
        """The sum of the squared residuals of each block."""
        return [float(np.sum(np.square(r))) for r in self.at(x)]

    def sizes(self, x: Array) -> Array:
        """The sizes of the residuals."""
        return np.abs(np.concatenate(self.at(x)))

    def first_bad_row(self, x: Array) -> tuple[int, dict[str, float]] | None:
        """The first row at which a residual or a derivative is inf or nan: its number, its columns.

        None where there is no such row.
        """

        def look(block: slice) -> int:
            good = np.isfinite(self.rows(x, block)).all(axis=1).reshape(self.model.outputs, -1)
            bad = np.flatnonzero(~good.all(axis=0))
            return block.start + int(bad[0]) if len(bad) else -1

        row = next((row for row in self.each_block(look) if row >= 0), None)
        if row is None:
            return None
        point = {name: float(column[row]) for name, column in self.data.columns.items()}
        return self.data.number(row), point


class LeastSquares:
    """The problem of all rows. Its sum of squares is that of a `loss`, where one is given.

    `calls` counts evaluations.
    """

    def __init__(
        self, model: Model, data: Shares, loss: Loss | None = None, scale: float = 1.0
    ) -> None:
        self.model = model
        self.data = data
        self.loss = loss
        self.scale = scale
        self.calls = 0
        self.shares = data.made(partial(Residuals, model, loss=loss, scale=scale))

    @property
    def count(self) -> int:
        """The number of residuals."""
        return self.data.height * self.model.outputs

    def __call__(self, x: Array) -> Linear:
        self.calls += 1
        return joined(x, chain.from_iterable(self.shares.each(Residuals.folds, x)))

    def squares(self, x: Array) -> float:
        """The sum of the squared residuals, whatever the loss."""
        return rounded_sum([*chain.from_iterable(self.shares.each(Residuals.squares, x))])

    def first_bad_row(self, x: Array) -> tuple[int, dict[str, float]] | None:
        """See Residuals."""
        found = self.shares.each(Residuals.first_bad_row, x)
        return next((each for each in found if each is not None), None)
