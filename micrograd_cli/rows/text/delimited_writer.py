"""CSV and TSV out. Floats are Python's `repr`, the shortest text that reads back exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from micrograd_cli.files.spreadsheet import as_text, risk
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.quoting import Quoting
from micrograd_cli.rows.text.records import RecordReader
from micrograd_cli.rows.text.writer import RecordWriter


class DelimitedWriter(RecordWriter):
    """Lines of CSV and TSV."""

    def __init__(
        self, reader: RecordReader, dialect: Dialect, plan: Plan, request: MapRequest
    ) -> None:
        super().__init__(reader, dialect, plan, request)
        self.alone = self.alone or not reader.header
        self.newline = reader.newline
        self.quoting = Quoting(dialect.delimiter)
        same = reader.dialect.delimiter == dialect.delimiter
        self.pass_on: Callable[[str], str] = str if same else self.translate
        if dialect.safe:
            self.pass_on = self.translate
            self.risk = risk(reader.dialect.delimiter or dialect.delimiter)
        if plan.added:
            self.added = self.join([*plan.added.values()])
        self.between = "" if self.added is None else dialect.delimiter + self.added
        if dialect.header:
            results = self.join([*plan.added, *self.names, *["error"] * self.errors])
            line = reader.header_line if same and not dialect.safe else ""
            line = line or self.join(reader.header)
            self.head = results if self.alone else f"{line}{dialect.delimiter}{results}"
        self.decimal = dialect.decimal
        plain = same and not dialect.safe and dialect.decimal == "."
        if plain and not self.alone and not self.errors:
            delimiter = dialect.delimiter
            self.line = line_appender(self.between + delimiter, delimiter)  # type: ignore[assignment]

    def join(self, cells: Sequence[str]) -> str:
        """Cells of text as a record."""
        if self.dialect.safe:
            cells = [as_text(cell, self.dialect.decimal) for cell in cells]
        return self.quoting.join(cells)

    def translate(self, record: str) -> str:
        return self.join([cell or "" for cell in self.reader.cells(record)])

    def line(self, record: str, results: Sequence[float]) -> str:
        delimiter = self.dialect.delimiter
        numbers = delimiter.join(map(repr, results))
        if self.decimal != ".":
            numbers = numbers.replace(".", self.decimal)
        text = numbers + (delimiter if self.errors else "")
        return self.whole("" if self.alone else self.pass_on(record), text)

    def error_line(self, record: str, message: str) -> str:
        delimiter = self.dialect.delimiter
        text = delimiter * len(self.names) + self.join([message])
        try:
            return self.whole("" if self.alone else self.pass_on(self.reader.repair(record)), text)
        except ValueError:  # it cannot even be read
            return self.whole(delimiter * (len(self.reader.header) - 1), text)

    def whole(self, start: str, text: str) -> str:
        """A line of the record's own cells, those that are added, and the text behind them."""
        delimiter = self.dialect.delimiter
        if self.alone:
            return f"{self.added}{delimiter}{text}" if self.between else text
        return f"{start}{self.between}{delimiter}{text}"


def line_appender(between: str, delimiter: str) -> Callable[[str, Sequence[float]], str]:
    """`line` for the most usual case, a third faster."""
    join = delimiter.join
    return lambda record, results: f"{record}{between}{join(map(repr, results))}"
