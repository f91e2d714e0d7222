"""CSV and TSV out. Floats are Python's `repr`, the shortest text that reads back exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.quoting import Quoting
from micrograd_cli.rows.text.records import RecordReader
from micrograd_cli.rows.text.writer import RecordWriter


class DelimitedWriter(RecordWriter):
    """Lines of CSV and TSV."""

    def __init__(
        self, reader: RecordReader, dialect: Dialect, names: Sequence[str], request: MapRequest
    ) -> None:
        super().__init__(reader, dialect, names, request)
        self.alone = self.alone or not reader.header
        self.newline = reader.newline
        self.quoting = Quoting(dialect.delimiter)
        same = reader.dialect.delimiter == dialect.delimiter
        self.pass_on: Callable[[str], str] = str if same else self.translate
        if dialect.header:
            results = self.quoting.join([*names, *["error"] * self.errors])
            line = reader.header_line if same else ""
            line = line or self.quoting.join(reader.header)
            self.head = results if self.alone else f"{line}{dialect.delimiter}{results}"
        self.decimal = dialect.decimal
        if same and not self.alone and not self.errors and dialect.decimal == ".":
            self.line = line_appender(dialect.delimiter)  # type: ignore[assignment]

    def translate(self, record: str) -> str:
        return self.quoting.join([cell or "" for cell in self.reader.cells(record)])

    def line(self, record: str, results: Sequence[float]) -> str:
        delimiter = self.dialect.delimiter
        numbers = delimiter.join(map(repr, results))
        if self.decimal != ".":
            numbers = numbers.replace(".", self.decimal)
        text = numbers + (delimiter if self.errors else "")
        return text if self.alone else f"{self.pass_on(record)}{delimiter}{text}"

    def error_line(self, record: str, message: str) -> str:
        delimiter = self.dialect.delimiter
        text = delimiter * len(self.names) + self.quoting.quote(message)
        if self.alone:
            return text
        try:
            return f"{self.pass_on(self.reader.repair(record))}{delimiter}{text}"
        except ValueError:  # it cannot even be read
            return f"{delimiter * len(self.reader.header)}{text}"


def line_appender(delimiter: str) -> Callable[[str, Sequence[float]], str]:
    """`line` for the most usual case, a third faster."""
    join = delimiter.join
    return lambda record, results: f"{record}{delimiter}{join(map(repr, results))}"
