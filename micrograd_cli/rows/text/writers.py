"""Rows out: a record's own text with the results behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from micrograd_cli.rows.formats import Dialect
from micrograd_cli.rows.text.delimited import joined, quoted
from micrograd_cli.rows.text.jsonl import dumps
from micrograd_cli.rows.text.records import Source

JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.A)


class Sink:
    """Lines of the output; `names` are those of the result columns.

    `line(record, results)` is a row with its numbers, `failed(record, message)` one without them
    and with an error; both end without a line end. `head` is the first line, or nothing.
    """

    head: str | None = None

    def __init__(
        self, source: Source, dialect: Dialect, names: Sequence[str], alone: bool, errors: bool
    ) -> None:
        self.source = source
        self.dialect = dialect
        self.names = names
        self.alone = alone  # the results, without the original columns
        self.errors = errors  # whether there is a column for them
        self.newline = source.newline if dialect.format in ("csv", "tsv") else "\n"

    def line(self, record: str, results: Sequence[float]) -> str:
        raise NotImplementedError

    def failed(self, record: str, message: str) -> str:
        raise NotImplementedError


class DelimitedSink(Sink):
    """CSV and TSV. Floats are Python's `repr`, the shortest text that reads back exactly."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.delimiter = self.dialect.delimiter
        same = self.source.dialect.delimiter == self.delimiter
        self.passed: Callable[[str], str] = str if same else self.translated
        names = [quoted(name, self.delimiter) for name in (*self.names, *["error"] * self.errors)]
        if self.dialect.header:
            header = self.source.first if same and self.source.first else (
                joined(self.source.header, self.delimiter)
            )  # fmt: skip
            self.head = self.delimiter.join(names if self.alone else [header, *names])

        if same and not self.alone and not self.errors:
            self.line = self.appended()  # type: ignore[assignment]

    def translated(self, record: str) -> str:
        return joined([cell_text(cell) for cell in self.source.cells(record)], self.delimiter)

    def appended(self) -> Callable[[str, Sequence[float]], str]:
        """`line` for the most usual case, a third faster."""
        delimiter = self.delimiter
        join = delimiter.join
        return lambda record, results: f"{record}{delimiter}{join(map(repr, results))}"

    def line(self, record: str, results: Sequence[float]) -> str:
        ending = self.delimiter if self.errors else ""
        text = self.delimiter.join(map(repr, results)) + ending
        return text if self.alone else f"{self.passed(record)}{self.delimiter}{text}"

    def failed(self, record: str, message: str) -> str:
        text = self.delimiter * len(self.names) + quoted(message, self.delimiter)
        if self.alone:
            return text
        try:
            return f"{self.passed(self.source.fitted(record))}{self.delimiter}{text}"
        except ValueError:  # it cannot even be read
            return f"{self.delimiter * (len(self.source.header) - 1)}{self.delimiter}{text}"


class JsonSink(Sink):
    """JSONL. inf and nan are null, or strings."""

    def __init__(self, *arguments: Any, as_string: bool = False) -> None:
        super().__init__(*arguments)
        self.as_string = as_string
        self.keys = [f"{dumps(name)}: " for name in self.names]
        self.columns = [f"{dumps(name)}: " for name in self.source.header]
        same = self.source.dialect.format == "jsonl"
        self.passed: Callable[[str], str] = self.opened if same else self.translated

    def opened(self, record: str) -> str:
        """The object without its closing brace."""
        return record.strip()[:-1].rstrip()

    def translated(self, record: str) -> str:
        cells = zip(self.columns, self.source.cells(record), strict=True)
        return "{" + ", ".join(key + json_text(cell) for key, cell in cells)

    def line(self, record: str, results: Sequence[float]) -> str:
        numbers = (json_number(x, self.as_string) for x in results)
        fields = [key + text for key, text in zip(self.keys, numbers, strict=True)]
        return self.closed(record, fields + ['"error": null'] * self.errors)

    def failed(self, record: str, message: str) -> str:
        fields = [f"{key}null" for key in self.keys]
        fields.append(f'"error": {dumps(message)}')
        try:
            return self.closed(self.source.fitted(record), fields)
        except ValueError:  # it cannot even be read
            return self.closed("", fields)

    def closed(self, record: str, fields: Sequence[str]) -> str:
        start = "{" if self.alone or not record else self.passed(record)
        return start + (", " if len(start) > 1 else "") + ", ".join(fields) + "}"


def json_number(x: float, as_string: bool) -> str:
    if isfinite(x):
        return repr(x)
    return f'"{x!r}"' if as_string else "null"


def cell_text(cell: Any) -> str:
    """A JSON value as the text of a cell."""
    if isinstance(cell, str):
        return cell
    return "" if cell is None else dumps(cell)


def json_text(cell: str) -> str:
    """The text of a cell as JSON: a number if it is written as one, else a string."""
    return cell if JSON_NUMBER.fullmatch(cell) else dumps(cell)
