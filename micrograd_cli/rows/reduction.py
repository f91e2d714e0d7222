"""`map --reduce`: the mean or the sum of a program over rows, with its gradient by the parameters.

The rows are added up block by block, in blocks of the same rows however the tables are read: the
result is the same to the last bit for every format, and memory does not grow with the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from micrograd_cli.compiled import Compiled, by_elements, result_names
from micrograd_cli.errors import DataError, NonFiniteError, UsageError
from micrograd_cli.language.program import Program
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
        write_row(reduction, reduction.add_up(), writing, path)
        total.add(reduction.counts)
    return total


def write_row(
    reduction: Reduction, numbers: list[float], writing: Dialect, path: str | None
) -> None:
    """Write the results. Raises DataError."""
    request = reduction.request
    if request.digits:
        numbers = [rounded(x, request.digits) for x in numbers]
    frame = pl.DataFrame(dict(zip(reduction.names, [[x] for x in numbers], strict=True)))
    if writing.format.binary:
        write_file(iter([frame]), writing, path)
    else:
        write_text([frame], writing, path, request.nonfinite == "string")


class Reduction:
    """The sums over the rows of tables. Raises UsageError for an input that has no number."""

    def __init__(self, request: MapRequest, table: NumberTable) -> None:
        self.request = request
        self.table = table
        self.counts = RunCounts(table.name if len(table.sources) == 1 else "")
        program = request.program
        columns, numbers = bindings(request, table)
        if not columns:
            raise UsageError(f"the program uses no column of {table.name}",
                             hint="without --reduce it gives its value in every row")  # fmt: skip
        wanted = by_elements(program, request.wrt)
        of_rows = next((name for name in wanted or () if name in columns), None)
        if of_rows is not None:
            raise UsageError(f"--wrt {of_rows}: it is a column, with a number in each row",
                             hint="--reduce differentiates by the other inputs")  # fmt: skip
        self.sums = Sums(program, tuple(columns), numbers, wanted)
        results = result_names(program, self.sums.per_row.wrt)
        self.names = [request.prefix + result.name for result in results]
        self.reading = Reading(columns, request.on_error, table.dialect, len(table.sources) > 1)

    def add_up(self) -> list[float]:
        """The results. Raises DataError for a bad row under `stop`, or where there is no row."""
        with progress("rows", size=self.table.size, results_last=True) as tell:
            rows = self.reading.rows(self.table, self.counts, tell)
            return self.results(self.sums.by_chunk(rows))

    def results(self, parts: Iterable[Sum]) -> list[float]:
        """The results, of the sums over each chunk in their order. Raises DataError."""
        totals: Any = 0.0
        count = 0
        for part in parts:
            totals = totals + part.found
            count += part.height
            self.counts.nonfinite += part.nonfinite
            self.counts.first_nonfinite = self.counts.first_nonfinite or part.first
        if not count:
            raise DataError(f"{self.table.name} has no rows" + " that are good" * bool(
                self.counts.bad))  # fmt: skip
        if self.request.reduce == "mean":
            totals = totals / count
        results: list[float] = totals.tolist()
        if not (all(map(isfinite, results)) or self.counts.nonfinite):
            self.tell_overflow()
        return results

    def tell_overflow(self) -> None:
        """Warn of a total that is beyond the floats. Raises NonFiniteError under `strict`."""
        message = f"the {self.request.reduce} is inf or nan, though no row is"
        if self.request.strict:
            raise NonFiniteError(f"{message} (--strict)")
        say(f"warning: {message}")


class Reading(NamedTuple):
    """How rows are read: the column of each input, what a bad row does, if tables are named."""

    columns: dict[str, str]
    on_error: str
    dialect: Dialect
    several: bool

    def read(self, source: Source) -> tuple[Rows, RunCounts]:
        """The good rows of a table, or of a part of one. Raises DataError."""
        table = NumberTable([source], self.dialect)
        counts = RunCounts(table.name)
        empty = Rows({name: np.zeros(0) for name in self.columns}, np.zeros(0, int), [])
        return Rows.joined([empty, *self.rows(table, counts)]), counts

    def rows(
        self,
        table: NumberTable,
        counts: RunCounts,
        tell: Callable[..., None] = lambda height, position: None,
    ) -> Iterator[Rows]:
        """The rows of the tables without the bad ones, which are counted."""
        names = list(dict.fromkeys(self.columns.values()))
        for block in table.blocks(names):
            height = len(block.columns[0])
            good = np.ones(height, bool)
            for row, reason in sorted(block.bad.items()):
                self.refuse(row, reason, block, counts)
                good[row] = False
            given = dict(zip(names, block.columns, strict=True))
            numbers = np.flatnonzero(good) + block.before + 1
            of_table = f" of {block.table}" if self.several else ""
            yield Rows({name: given[column][good] for name, column in self.columns.items()},
                       numbers, [(0, of_table)])  # fmt: skip
            counts.rows += height
            tell(height, table.position)

    def refuse(self, row: int, reason: str, block: NumberBlock, counts: RunCounts) -> None:
        """Count a bad row. Raises DataError under `stop`."""
        counts.bad += 1
        if self.on_error == "stop":
            line = f" (line {block.lines[row]})" if row in block.lines else ""
            place = f"row {block.before + row + 1}{line}"
            raise DataError(f"{block.table}: {place}, {reason}",
                            hint="--on-error skip leaves such rows out")  # fmt: skip


class Sum(NamedTuple):
    """The sums over some rows: of each output, behind it its derivatives."""

    found: Any
    height: int
    nonfinite: int = 0  # rows with a result that is inf or nan
    first: str = ""  # where the first of them stands


class Sums:
    """The sums of a program's outputs, and their derivatives by `wrt`, at a point."""

    def __init__(
        self,
        program: Program,
        columns: Sequence[str],
        numbers: Mapping[str, float],
        wrt: tuple[str, ...] | None,
    ) -> None:
        self.given = program, columns, numbers, wrt
        self.per_row = Compiled(program, tuple(numbers) if wrt is None else wrt, numbers)
        parameters = self.per_row.wrt
        fixed = {name: x for name, x in numbers.items() if name not in parameters}
        self.point = [numbers[name] for name in parameters]
        self.outputs = [
            Objective(program._replace(outputs=[output]), columns, fixed)
            for output in program.outputs
        ]

    def __reduce__(self) -> tuple[Any, ...]:
        return Sums, self.given

    def by_chunk(self, parts: Iterable[Rows]) -> Iterator[Sum]:
        """The sums over each chunk of the rows."""
        size = max(each.compiled.chunk for each in self.outputs) * CHUNKS
        return map(self.over, in_chunks(parts, size))

    def over(self, rows: Rows) -> Sum:
        """The sums over some rows, added up as one."""
        pairs = [each(self.point, rows.columns) for each in self.outputs]
        found = np.concatenate([[value, *slopes] for value, slopes in pairs])
        if np.isfinite(found).all():
            return Sum(found, rows.height)
        finite = np.ones(rows.height, bool)
        for column in self.per_row.kernel([rows.columns[name] for name in self.per_row.inputs]):
            finite &= np.isfinite(column)
        bad = np.flatnonzero(~finite)
        return Sum(found, rows.height, len(bad), rows.place(bad[0]) if len(bad) else "")


def sums_of(rows: Rows, sums: Sums) -> list[Sum]:
    """The sums over each chunk of a share of the rows."""
    return [*sums.by_chunk([rows])]


class Rows(NamedTuple):
    """Some rows: a column for each input that has one, and their numbers in their tables.

    `tables` are said behind a number: from which of the rows on which one.
    """

    columns: dict[str, Any]
    numbers: Any
    tables: list[tuple[int, str]]

    @property
    def height(self) -> int:
        return len(self.numbers)

    def place(self, row: int) -> str:
        """Where a row stands."""
        table = [said for start, said in self.tables if start <= row][-1]
        return f"row {self.numbers[row]}{table}"

    def cut(self, start: int, stop: int, at: int = 0, before: int = 0) -> Rows:
        """Some of the rows, copied where they are few: the rest need not stay in memory.

        Where they stand among all is told in their table, and not `at` and `before`.
        """
        some = slice(start, stop) if 2 * (stop - start) > self.height else np.arange(start, stop)
        return Rows(
            {name: column[some] for name, column in self.columns.items()},
            self.numbers[some],
            [(at - start, said) for at, said in self.tables],
        )

    @staticmethod
    def joined(parts: Sequence[Rows]) -> Rows:
        """Rows that follow each other, as one."""
        starts = np.cumsum([0, *(part.height for part in parts)]).tolist()
        return Rows(
            {name: np.concatenate([part.columns[name] for part in parts])
             for name in parts[0].columns},
            np.concatenate([part.numbers for part in parts]),
            [(start + at, said) for start, part in zip(starts, parts, strict=False)
             for at, said in part.tables],
        )  # fmt: skip


def in_chunks(parts: Iterable[Rows], size: int) -> Iterator[Rows]:
    """The rows again, so many at a time; the last may be fewer."""
    held: list[Rows] = []
    count = 0
    for part in parts:
        held.append(part)
        count += part.height
        if count >= size:
            whole = Rows.joined(held)
            for start in range(0, count - size + 1, size):
                yield whole.cut(start, start + size)
            held = [whole.cut(count - count % size, count)]
            count %= size
    if count:
        yield Rows.joined(held)


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
