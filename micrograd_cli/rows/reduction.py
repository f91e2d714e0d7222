"""`map --reduce`: the mean or the sum of a program over rows, with its gradient by the parameters.

The rows are added up block by block, in blocks of the same rows however the tables are read: the
result is the same to the last bit for every format, and memory does not grow with the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from micrograd_cli.compiled import Compiled, by_elements, result_names
from micrograd_cli.errors import DataError, NonFiniteError, UsageError
from micrograd_cli.objective import Objective
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.frames.output import write_file, write_text
from micrograd_cli.rows.number_block import NumberBlock
from micrograd_cli.rows.numbers import NumberTable
from micrograd_cli.rows.plan import bound_columns, bound_twice, column_for, missing_column
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.rounding import rounded
from micrograd_cli.rows.sources import Source
from micrograd_cli.terminal.progress import progress
from micrograd_cli.terminal.saying import say

CHUNKS = 4  # of those that the kernel adds up by itself: what is read before it is computed


def run_reduced(
    request: MapRequest, sources: Sequence[Source], reading: Dialect, writing: Dialect
) -> RunCounts:
    """Write one row: of all tables, or of each where the output is a folder. Raises MgradError."""
    total = RunCounts(sources[0].name if len(sources) == 1 else "")
    groups = [([source], source.target) for source in sources] if request.folder else [
        (list(sources), request.output)
    ]  # fmt: skip
    for tables, path in groups:
        reduction = Reduction(request, NumberTable(tables, reading))
        numbers = reduction.numbers()
        total.add(reduction.counts)
        if request.digits:
            numbers = [rounded(x, request.digits) for x in numbers]
        frame = pl.DataFrame(dict(zip(reduction.names, [[x] for x in numbers], strict=True)))
        if writing.format.binary:
            write_file(iter([frame]), writing, path)
        else:
            write_text([frame], writing, path, request.nonfinite == "string")
    return total


class Reduction:
    """The sums over the rows of tables. Raises UsageError for an input that has no number."""

    def __init__(self, request: MapRequest, table: NumberTable) -> None:
        self.request = request
        self.table = table
        self.counts = RunCounts(table.name if len(table.sources) == 1 else "")
        program = request.program
        self.columns, numbers = bindings(request, table)
        if not self.columns:
            raise UsageError(f"the program uses no column of {table.name}",
                             hint="without --reduce it gives its value in every row")  # fmt: skip
        wanted = by_elements(program, request.wrt)
        of_rows = next((name for name in wanted or () if name in self.columns), None)
        if of_rows is not None:
            raise UsageError(f"--wrt {of_rows}: it is a column, with a number in each row",
                             hint="--reduce differentiates by the other inputs")  # fmt: skip
        self.per_row = Compiled(program, tuple(numbers) if wanted is None else wanted, numbers)
        parameters = self.per_row.wrt
        results = result_names(program, parameters)
        self.names = [request.prefix + result.name for result in results]
        fixed = {name: x for name, x in numbers.items() if name not in parameters}
        self.point = [numbers[name] for name in parameters]
        self.sums = [
            Objective(program._replace(outputs=[output]), self.columns, fixed)
            for output in program.outputs
        ]

    def numbers(self) -> list[float]:
        """The results. Raises DataError for a bad row under `stop`, or where there is no row."""
        totals: Any = 0.0
        count = 0
        size = max(each.compiled.chunk for each in self.sums) * CHUNKS
        with progress("rows", size=self.table.size, results_last=True) as tell:
            for rows in in_chunks(self.good_rows(tell), size):
                found = np.concatenate([self.sum(each, rows.columns) for each in self.sums])
                if not np.isfinite(found).all():
                    self.find_nonfinite(rows)
                totals = totals + found
                count += len(rows.numbers)
        if not count:
            raise DataError(f"{self.table.name} has no rows" + " that are good" * bool(
                self.counts.bad))  # fmt: skip
        if self.request.reduce == "mean":
            totals = totals / count
        results: list[float] = totals.tolist()
        if not (all(map(isfinite, results)) or self.counts.nonfinite):
            self.tell_overflow()
        return results

    def sum(self, objective: Objective, columns: Mapping[str, Any]) -> Any:
        """The sum of an output over some rows, and its derivatives, as one array."""
        value, slopes = objective(self.point, columns)
        return np.concatenate([[value], slopes])

    def good_rows(self, tell: Callable[..., None]) -> Iterator[Rows]:
        """The rows of the tables without the bad ones."""
        names = list(dict.fromkeys(self.columns.values()))
        for block in self.table.blocks(names):
            height = len(block.columns[0])
            good = np.ones(height, bool)
            for row, reason in sorted(block.bad.items()):
                self.refuse(row, reason, block)
                good[row] = False
            given = dict(zip(names, block.columns, strict=True))
            numbers = np.flatnonzero(good) + block.before + 1
            of_table = f" of {block.table}" if len(self.table.sources) > 1 else ""
            yield Rows({name: given[column][good] for name, column in self.columns.items()},
                       numbers, [(0, of_table)])  # fmt: skip
            self.counts.rows += height
            tell(height, self.table.position)

    def refuse(self, row: int, reason: str, block: NumberBlock) -> None:
        """Count a bad row. Raises DataError under `stop`."""
        self.counts.bad += 1
        if self.request.on_error == "stop":
            line = f" (line {block.lines[row]})" if row in block.lines else ""
            place = f"row {block.before + row + 1}{line}"
            raise DataError(f"{block.table}: {place}, {reason}",
                            hint="--on-error skip leaves such rows out")  # fmt: skip

    def find_nonfinite(self, rows: Rows) -> None:
        """Count the rows with a result that is inf or nan."""
        found = self.per_row.kernel([rows.columns[name] for name in self.per_row.inputs])
        finite = np.ones(len(rows.numbers), bool)
        for column in found:
            finite &= np.isfinite(column)
        for row in np.flatnonzero(~finite).tolist():
            self.counts.add_nonfinite(rows.place(row))

    def tell_overflow(self) -> None:
        """Warn of a total that is beyond the floats. Raises NonFiniteError under `strict`."""
        message = f"the {self.request.reduce} is inf or nan, though no row is"
        if self.request.strict:
            raise NonFiniteError(f"{message} (--strict)")
        say(f"warning: {message}")


class Rows(NamedTuple):
    """Some rows: a column for each input that has one, and their numbers in their tables.

    `tables` are said behind a number: from which of the rows on which one.
    """

    columns: dict[str, Any]
    numbers: Any
    tables: list[tuple[int, str]]

    def place(self, row: int) -> str:
        """Where a row stands."""
        table = [said for start, said in self.tables if start <= row][-1]
        return f"row {self.numbers[row]}{table}"


def in_chunks(parts: Iterator[Rows], size: int) -> Iterator[Rows]:
    """The rows again, so many at a time; the last may be fewer."""
    held: list[Rows] = []
    count = 0
    for part in parts:
        held.append(part)
        count += len(part.numbers)
        if count >= size:
            whole = joined(held)
            for start in range(0, count - size + 1, size):
                yield cut(whole, start, start + size)
            held = [cut(whole, count - count % size, count)]
            count %= size
    if count:
        yield joined(held)


def joined(parts: Sequence[Rows]) -> Rows:
    starts = np.cumsum([0, *(len(part.numbers) for part in parts)]).tolist()
    return Rows(
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns},
        np.concatenate([part.numbers for part in parts]),
        [(start + at, said) for start, part in zip(starts, parts, strict=False)
         for at, said in part.tables],
    )  # fmt: skip


def cut(rows: Rows, start: int, stop: int) -> Rows:
    return Rows(
        {name: column[start:stop] for name, column in rows.columns.items()},
        rows.numbers[start:stop],
        [(at - start, said) for at, said in rows.tables],
    )


def bindings(request: MapRequest, table: NumberTable) -> tuple[dict[str, str], dict[str, float]]:
    """The columns and the numbers of the inputs. Raises UsageError."""
    program = request.program
    bound = bound_columns(program, request.bind)
    columns: dict[str, str] = {}
    numbers: dict[str, float] = {}
    for name in program.inputs:
        column = column_for(program, name, table.header, bound, table.lists)
        if name in request.numbers:
            if column is not None and not request.override:
                raise bound_twice(name, "column")
            numbers[name] = request.numbers[name]
        elif column is not None:
            columns[name] = column
        elif name in program.defaults:
            numbers[name] = program.defaults[name]
        else:
            raise missing_column(name, table.header, request, table.name)
    return columns, numbers
