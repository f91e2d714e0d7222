"""The first rows of texts, computed for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain

from micrograd_cli.errors import MgradError, counted
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.preview import ROWS, describe, draw
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.cells import encode
from micrograd_cli.rows.text.engines import choose_engine, large_for
from micrograd_cli.rows.text.records import Block, RecordReader
from micrograd_cli.rows.text.table import TextTable, TextTables
from micrograd_cli.rows.text.writer import RecordWriter
from micrograd_cli.terminal.grid import Cell, Heading

WIDE = 12  # columns; of a wider table only those that are read are shown

Rows = list[list[Cell]]


class PreviewWriter(RecordWriter):
    """Appends the rows to a list instead of writing them."""

    def __init__(
        self, rows: Rows, reader: RecordReader, dialect: Dialect, plan: Plan, request: MapRequest
    ) -> None:
        super().__init__(reader, dialect, plan, request)
        self.rows = rows
        self.cells = [*plan.added.values()]

    def line(self, record: str, results: Sequence[float]) -> str:
        cells = [text or "" for text in self.reader.cells(record)]
        self.rows.append([*cells, *self.cells, *results, *[""] * self.errors])
        return ""

    def error_line(self, record: str, message: str) -> str:
        blank = [""] * (len(self.reader.header) - 1)
        self.rows.append([record, *blank, *self.cells, *[""] * len(self.names), message])
        return ""


def preview(tables: TextTables, sources: Sequence[Source]) -> RunCounts:
    """Say what would be done, if asked, and show the first rows.

    Raises DataError for a bad one under `stop`, after those before it.
    """
    request, rows = tables.request, Rows()
    count = request.head or ROWS
    open_table = partial(tables.open, make_writer=partial(PreviewWriter, rows))
    first = open_table(sources[0])
    if request.dry_run:
        tell_plan(first, tables, len(sources))
    total = RunCounts(first.counts.table)
    error = None
    for table in chain([first], map(open_table, sources[1:])):
        error = fill(table, rows, count)
        total.add(table.counts)
        if error is not None or len(rows) >= count:
            break
    show(first, rows[:count], request.color)
    if error is not None:
        raise error
    return total


def tell_plan(table: TextTable, tables: TextTables, count: int) -> None:
    """What `--dry-run` says."""
    reader, writing = table.reader, tables.writing
    size = "" if tables.size is None else f", {tables.size:,} bytes"
    which = f"{count} tables, the first " if count > 1 else ""
    columns = counted(len(reader.header), "column")
    what = f"{which}{reader.file.name}: {reader.dialect.format.name}, {columns}{size}"
    request = tables.request
    engine = choose_engine(
        request.engine, reader, table.writer, table.plan.columns, tables.size,
        large_for(request.program),
    )  # fmt: skip
    engine = "columns" if writing.format.binary else engine
    describe(what, table.plan, request, writing.format.name, engine)


def fill(table: TextTable, rows: Rows, count: int) -> MgradError | None:
    """Compute rows of a table until there are enough; the error that ends it."""
    for block in small_blocks(table.reader, count):
        error = table.rows.answer(block).error
        if error is not None or len(rows) >= count:
            return error
    return None


def small_blocks(reader: RecordReader, count: int) -> Iterator[Block]:
    """The records in blocks of at most `count`."""
    for block in reader.blocks:
        records = reader.records(block)
        for start in range(0, len(records), count):
            part = records[start : start + count]
            yield Block(encode("".join(f"{record}\n" for record in part)), part)


def show(table: TextTable, rows: Rows, color: str) -> None:
    header, plan = table.reader.header, table.plan
    places = [*range(len(header))] if len(header) <= WIDE else sorted(
        map(header.index, plan.columns)
    )  # fmt: skip
    if table.writer.alone:
        places = []
    columns = [
        Heading(header[i], numbers=True, style="bold cyan")
        if header[i] in plan.columns
        else Heading(header[i])
        for i in places
    ]
    columns += [Heading(name) for name in plan.added]
    columns += [Heading(name, numbers=True) for name in plan.results]
    columns += [Heading("error", numbers=True)] * table.writer.errors
    shown = [[*[row[i] for i in places], *row[len(header) :]] for row in rows]
    draw(columns, shown, color)
