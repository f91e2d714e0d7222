"""The rows of a table as the data of a fit: read, checked, and chosen by a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.commands.fitting import Expressions
from micrograd_cli.compiled import Compiled
from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.estimation.fitting.data import Data
from micrograd_cli.estimation.shares import Here, Shares
from micrograd_cli.language.program import Program
from micrograd_cli.rows.cluster.crew import Crew
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.number_block import NumberBlock
from micrograd_cli.rows.numbers import NumberTable
from micrograd_cli.rows.sources import Source
from micrograd_cli.tape.columns import Array
from micrograd_cli.terminal.progress import progress

BACKTICK = "`"  # around a column's name


class Observations:
    """Collects the good rows of a table, and counts the bad ones."""

    def __init__(
        self, table: NumberTable, columns: Mapping[str, str], asked: Expressions, on_error: str
    ) -> None:
        self.table = table
        self.counts = RunCounts(table.name)
        self.columns = dict(columns)
        self.on_error = on_error
        self.asked = asked
        programs = [*asked.targets, *asked.sigmas, *([asked.where] if asked.where else [])]
        inputs = [*columns.values(), *(name for program in programs for name in program.inputs)]
        self.names = list(dict.fromkeys(inputs))
        if not (columns or asked.targets):
            raise UsageError("neither the model nor the target uses a column of the table")
        self.functions = {id(program): column_function(program) for program in programs}
        self.parts: list[list[Array]] = []
        self.rows: list[Array] = []

    def read(self) -> Data:
        """All rows. Raises DataError for a bad one under `stop`."""
        with progress("rows", size=self.table.size) as tell:
            for block in self.table.blocks(self.names):
                before = self.counts.rows
                self.add(block)
                tell(self.counts.rows - before, self.table.position)
        width, targets = len(self.columns), len(self.asked.targets)
        empty = [np.zeros(0)] * (width + targets + len(self.asked.sigmas))
        whole = [np.concatenate(column) for column in zip(empty, *self.parts, strict=True)]
        weights: list[Array | None] = [*whole[width + targets :]]
        return Data(
            dict(zip(self.columns, whole, strict=False)),
            whole[width : width + targets],
            (weights * targets)[:targets] if len(weights) == 1 else weights or [None] * targets,
            np.concatenate([np.zeros(0, int), *self.rows]),
        )

    def add(self, block: NumberBlock) -> None:
        """The good rows of a block."""
        count = len(block.columns[0]) if block.columns else 0
        given = dict(zip(self.names, block.columns, strict=True))
        good = np.ones(count, bool)
        for row, reason in sorted(block.bad.items()):
            self.refuse(row, reason, block)
            good[row] = False
        found = [given[name] for name in self.columns.values()]
        for name, column in zip(self.columns.values(), found, strict=True):
            self.check(f"column '{name}'", column, np.isfinite(column), good, block)
        if self.asked.where is not None:
            kept = self.value(self.asked.where, given, count) != 0
            good &= kept
        for program in self.asked.targets:
            target = self.value(program, given, count)
            self.check(
                f"the target {program.text.strip(BACKTICK)}",
                target,
                np.isfinite(target),
                good,
                block,
            )
            found.append(target)
        for program in self.asked.sigmas:
            sigma = self.value(program, given, count)
            fine = np.isfinite(sigma) & (sigma > 0)
            self.check(
                f"sigma {program.text.strip(BACKTICK)}",
                sigma,
                fine,
                good,
                block,
                " is not positive",
            )
            found.append(1 / np.where(fine, sigma, 1.0))
        self.parts.append([column[good] for column in found])
        self.rows.append(np.flatnonzero(good) + self.counts.rows + 1)
        self.counts.rows += count

    def value(self, program: Program, given: dict[str, Array], count: int) -> Array:
        """An expression in every row."""
        return np.broadcast_to(self.functions[id(program)](given), count)

    def check(
        self, what: str, column: Array, fine: Array, good: Array, block: NumberBlock, why: str = ""
    ) -> None:
        """Refuse the rows that are not fine, among those that are good so far."""
        for row in np.flatnonzero(good & ~fine).tolist():
            x = float(column[row])
            self.refuse(row, f"{what}: {x!r}{why or ' is not finite'}", block)
            good[row] = False

    def refuse(self, row: int, reason: str, block: NumberBlock) -> None:
        """Count a bad row. Raises DataError under `stop`."""
        self.counts.bad += 1
        if self.on_error == "stop":
            line = f" (line {block.lines[row]})" if row in block.lines else ""
            place = f"row {block.before + row + 1}{line}"
            raise DataError(f"{block.table}: {place}, {reason}",
                            hint="--on-error skip leaves such rows out")  # fmt: skip


class Asked(NamedTuple):
    """What is read of the rows, wherever they are read."""

    columns: Mapping[str, str]
    asked: Expressions
    on_error: str
    dialect: Dialect

    def read(self, source: Source) -> tuple[Data, RunCounts]:
        """The rows of a table, or of a part of one. Raises DataError."""
        table = NumberTable([source], self.dialect)
        observed = Observations(table, self.columns, self.asked, self.on_error)
        return observed.read(), observed.counts


def observe(
    table: NumberTable,
    columns: Mapping[str, str],
    asked: Expressions,
    on_error: str,
    crew: Crew | None,
) -> tuple[Shares, RunCounts]:
    """The rows of all tables, here or at the workers of a cluster. Raises DataError."""
    observed = Observations(table, columns, asked, on_error)
    if crew is None:
        data = observed.read()
        left_out = data.height < observed.counts.rows
        rows: Shares = Here(data if left_out else data._replace(numbers=None))
        counts = observed.counts
    else:
        rows, counts = crew.read(Asked(columns, asked, on_error, table.dialect).read, table)
    if not rows.height:
        chosen = counts.rows > counts.bad
        raise DataError(f"{table.name} has {'no row that --where keeps' if chosen else 'no rows'}")
    return rows, counts


def column_function(program: Program) -> Callable[[dict[str, Any]], Array]:
    """An expression as a function of columns by name."""
    function = Compiled(program, (), {})
    return lambda given: function.kernel([given[name] for name in function.inputs])[0]
