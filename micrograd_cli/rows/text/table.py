"""Texts on their way through a run: each with its reader, plan, writer and row engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from micrograd_cli.errors import MgradError
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.inputs import open_input
from micrograd_cli.rows.plan import Plan, check_alike, make_plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.engine import Answer, RowEngine
from micrograd_cli.rows.text.engines import blocks_by_engine, large_for
from micrograd_cli.rows.text.records import Block, RecordReader
from micrograd_cli.rows.text.writer import RecordWriter


class TextTable(NamedTuple):
    """One of the tables of a run."""

    source: Source
    reader: RecordReader
    plan: Plan
    writer: RecordWriter
    rows: RowEngine
    counts: RunCounts


class Work(NamedTuple):
    """A block of a table for one of the engines, or the error that ends the run there.

    Without a table, it could not be opened.
    """

    table: TextTable | None
    block: Block = Block(b"")
    by_columns: bool = False
    error: MgradError | None = None

    def by_rows(self) -> Answer:
        """What the row engine makes of it."""
        if self.table is None or not self.block.data:
            return Answer([], self.error)
        return self.table.rows.answer(self.block)


class TextTables:
    """The tables of a run, opened one after the other.

    Unless each has an output of its own, what follows is written as the first one is: `before`.
    """

    def __init__(
        self, request: MapRequest, reading: Dialect, writing: Dialect, size: int | None
    ) -> None:
        self.request = request
        self.reading = reading
        self.writing = writing
        self.as_read = writing is reading  # with the delimiter that is guessed of the table
        self.size = size  # of all tables, in bytes
        self.before: TextTable | None = None

    def open(
        self, source: Source, make_writer: Callable[..., RecordWriter] | None = None
    ) -> TextTable:
        """Raises MgradError for a table that cannot be read, or is not like those before it."""
        request, before = self.request, self.before
        reader: RecordReader = load(self.reading.format.reader)(
            open_input(source.path, self.reading), self.reading
        )
        name = reader.file.name
        self.reading = self.reading._replace(told=reader.dialect.delimiter)
        if self.as_read and (before is None or request.folder):
            self.writing = reader.dialect
        lists = not self.reading.delimiter
        plan = make_plan(request, reader.header, name, source, before and before.plan, lists)
        if before is not None and not request.folder:
            self.require_alike(before, reader, plan)
        make_writer = make_writer or load(self.writing.format.writer)
        writer: RecordWriter = make_writer(reader, self.writing, plan, request)
        if before is not None and not request.folder:
            writer.newline = before.writer.newline
        counts = RunCounts(name, reader.lines)
        rows = RowEngine(reader, writer, plan, request.on_error, counts)
        self.before = TextTable(source, reader, plan, writer, rows, counts)
        return self.before

    def require_alike(self, before: TextTable, reader: RecordReader, plan: Plan) -> None:
        """Raises DataError for a table whose rows cannot follow those of the one before."""
        alike = set(reader.header) == set(before.reader.header)
        if alike and self.writing.delimiter and not self.reading.delimiter:
            reader.header = before.reader.header  # objects have no order
        headers = [
            [*([] if self.is_objects else each.header), *its.added, *its.results]
            for each, its in ((before.reader, before.plan), (reader, plan))
        ]
        check_alike(headers[0], before.counts.table, headers[1], reader.file.name)

    @property
    def is_objects(self) -> bool:
        """Whether each row has its own names."""
        return not (self.reading.delimiter or self.writing.delimiter)

    def work(self, sources: Sequence[Source]) -> Iterator[Work]:
        """The blocks of all tables, at least one of each. An error is the last."""
        table = None
        try:
            for source in sources:
                table = None
                table = self.open(source)
                yield Work(table)  # its output has a header even where there are no rows
                reader, writer, request = table.reader, table.writer, self.request
                for block, by_columns in blocks_by_engine(
                    request.engine, reader, writer, table.plan.columns, self.size,
                    large_for(request.program),
                ):  # fmt: skip
                    yield Work(table, block, by_columns)
        except MgradError as error:
            yield Work(table, error=error)
