"""The residuals of a model over rows, and their derivatives by its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import numpy as np

from micrograd_cli.compiled import Compiled
from micrograd_cli.estimation.crew import Crew, cuts
from micrograd_cli.estimation.fitting.linear import Linear, Part, fold, joined
from micrograd_cli.estimation.fitting.losses import LOSSES, Loss
from micrograd_cli.language.program import Program
from micrograd_cli.tape.columns import Array
from micrograd_cli.tape.instructions import Tape
from micrograd_cli.tape.kernel import Kernel, make_kernel
from micrograd_cli.tape.threads import cores, in_order

Found = TypeVar("Found")

BLOCK = 1 << 15  # rows whose Jacobian is in memory at once, in each thread
NUMBERS = 1 << 21  # of the Jacobian of a block at most, 16 MB


class Data(NamedTuple):
    """Columns of the model's inputs, and for each output its target and the weight 1/σ of rows.

    `rows` are the numbers of the rows in their table, from 1; None where none is left out.
    """

    columns: Mapping[str, Array]
    targets: Sequence[Array]
    weights: Sequence[Array | None]
    rows: Array | None = None

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.targets[0] if self.targets else next(iter(self.columns.values())))

    def part(self, rows: slice) -> Data:
        """Some of the rows, one after the other."""
        return Data(
            {name: column[rows] for name, column in self.columns.items()},
            [target[rows] for target in self.targets],
            [None if weight is None else weight[rows] for weight in self.weights],
        )

    def chosen(self, rows: Array) -> Data:
        """Some of the rows, by index."""
        return Data(
            {name: column[rows] for name, column in self.columns.items()},
            [target[rows] for target in self.targets],
            [None if weight is None else weight[rows] for weight in self.weights],
            rows + 1 if self.rows is None else self.rows[rows],
        )


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
    """The problem (model - target)·weight over all rows, block by block on all cores, or by a crew.

    Its sum of squares is that of a `loss`, of residuals in units of `scale`, where one is given.
    `calls` counts evaluations. The result does not depend on how many cores or workers there are.
    """

    def __init__(
        self,
        model: Model,
        data: Data,
        loss: Loss | None = None,
        scale: float = 1.0,
        crew: Crew | None = None,
    ) -> None:
        self.model = model
        self.data = data
        self.loss = loss
        self.scale = scale
        self.calls = 0
        width = max(1, (len(model.parameters) + 1) * model.outputs)
        self.block = max(256, min(BLOCK, NUMBERS // width))
        self.crew = crew
        self.shares = cuts(data.height, self.block, crew.count) if crew else []

    def __reduce__(self) -> tuple[Any, ...]:
        loss = next((name for name, each in LOSSES.items() if each is self.loss), None)
        return residuals_again, (self.model, self.data, loss, self.scale)

    @cached_property
    def sent(self) -> Any:
        """The shares, each at a worker of the crew."""
        assert self.crew is not None
        return self.crew.send(
            [Residuals(self.model, self.data.part(share), self.loss, self.scale)
             for share in self.shares]
        )  # fmt: skip

    @property
    def count(self) -> int:
        """The number of residuals."""
        return self.data.height * self.model.outputs

    def __call__(self, x: Array) -> Linear:
        self.calls += 1
        return joined(x, chain.from_iterable(self.by_share("folds", x)))

    def by_share(self, method: str, x: Array) -> Iterator[Any]:
        """What a method gives for each share of the rows, in their order."""
        if not self.shares:
            yield getattr(self, method)(x)
            return
        assert self.crew is not None
        yield from self.crew.ask(self.sent, method, x)

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

    def at(self, x: Array) -> Array:
        """All weighted residuals, of shape (outputs, rows)."""
        return np.concatenate([*self.by_share("here", x)], axis=1)

    def here(self, x: Array) -> Array:
        """Those of the rows that are here."""
        parts = self.each_block(lambda block: self.rows(x, block)[:, -1])
        shaped = [part.reshape(self.model.outputs, -1) for part in parts]
        return np.concatenate(shaped, axis=1)

    def first_bad_row(self, x: Array) -> int:
        """The index of the first row at which a residual or a derivative is inf or nan."""

        def look(block: slice) -> int:
            good = np.isfinite(self.rows(x, block)).all(axis=1).reshape(self.model.outputs, -1)
            bad = np.flatnonzero(~good.all(axis=0))
            return block.start + int(bad[0]) if len(bad) else -1

        return next((row for row in self.each_block(look) if row >= 0), -1)


def residuals_again(model: Model, data: Data, loss: str | None, scale: float) -> Residuals:
    """What pickle calls: a loss is sent by its name."""
    return Residuals(model, data, None if loss is None else LOSSES[loss], scale)
