"""The first rows of a text, computed for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_cli.errors import counted
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.preview import ROWS, describe, draw
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.cells import encode
from micrograd_cli.rows.text.engine import RowEngine
from micrograd_cli.rows.text.engines import choose_engine
from micrograd_cli.rows.text.records import Block, RecordReader
from micrograd_cli.rows.text.writer import RecordWriter
from micrograd_cli.terminal.grid import Heading

WIDE = 12  # columns; of a wider table only those that are read are shown


class PreviewWriter(RecordWriter):
    """Keeps the rows instead of writing them."""

    def __init__(
        self, reader: RecordReader, dialect: Dialect, names: Sequence[str], request: MapRequest
    ) -> None:
        super().__init__(reader, dialect, names, request)
        self.rows: list[list[str]] = []

    def line(self, record: str, results: Sequence[float]) -> str:
        cells = [text or "" for text in self.reader.cells(record)]
        self.rows.append([*cells, *map(repr, results), *[""] * self.errors])
        return ""

    def error_line(self, record: str, message: str) -> str:
        blank = [""] * (len(self.reader.header) + len(self.names) - 1)
        self.rows.append([record, *blank, message])
        return ""


def preview(
    request: MapRequest, reader: RecordReader, writing: Dialect, plan: Plan, counts: RunCounts
) -> None:
    """Say what would be done, if asked, and show the first rows.

    Raises DataError for a bad one under `stop`, after those before it.
    """
    writer = PreviewWriter(reader, writing, plan.results, request)
    file = reader.file
    if request.dry_run:
        size = "" if file.size is None else f", {file.size:,} bytes"
        format_ = reader.dialect.format.name
        table = f"{file.name}: {format_}, {counted(len(reader.header), 'column')}{size}"
        binary = writing.format.binary
        engine = "columns" if binary else choose_engine(request.engine, reader, writer)
        describe(table, plan, request, writing.format.name, engine)
    rows = RowEngine(reader, writer, plan, request.on_error, counts)
    count = request.head or ROWS
    error = None
    for block in small_blocks(reader, count):
        error = rows.answer(block).error
        if error is not None or len(writer.rows) >= count:
            break
    del writer.rows[count:]
    show(writer, plan, request.color)
    if error is not None:
        raise error


def small_blocks(reader: RecordReader, count: int) -> Iterator[Block]:
    """The records in blocks of at most `count`."""
    for block in reader.blocks:
        records = reader.records(block)
        for start in range(0, len(records), count):
            part = records[start : start + count]
            yield Block(encode("".join(f"{record}\n" for record in part)), part)


def show(writer: PreviewWriter, plan: Plan, color: str) -> None:
    header = writer.reader.header
    places = [*range(len(header))] if len(header) <= WIDE else sorted(
        map(header.index, plan.columns)
    )  # fmt: skip
    if writer.alone:
        places = []
    columns = [
        Heading(header[i], numbers=True, style="bold cyan")
        if header[i] in plan.columns
        else Heading(header[i])
        for i in places
    ]
    columns += [Heading(name, numbers=True) for name in plan.results]
    columns += [Heading("error", numbers=True)] * writer.errors
    rows = [[*[row[i] for i in places], *row[len(header) :]] for row in writer.rows]
    draw(columns, rows, color)
