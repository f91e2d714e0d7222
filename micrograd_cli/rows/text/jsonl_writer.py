"""JSONL out. inf and nan are null, or strings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import isfinite

from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.cells import BadRowError, commas_for_points
from micrograd_cli.rows.text.jsonl import JsonReader, parse_object, write_json
from micrograd_cli.rows.text.records import RecordReader
from micrograd_cli.rows.text.writer import RecordWriter

JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.A)


class JsonWriter(RecordWriter):
    """Lines of JSONL: an object without its closing brace, then the results."""

    def __init__(
        self, reader: RecordReader, dialect: Dialect, plan: Plan, request: MapRequest
    ) -> None:
        super().__init__(reader, dialect, plan, request)
        self.keys = [f"{write_json(name)}: " for name in self.names]
        self.columns = [f"{write_json(name)}: " for name in reader.header]
        same = isinstance(reader, JsonReader)
        self.pass_on: Callable[[str], str] = self.open_object if same else self.translate
        self.reserved = [*plan.added, *self.names, *["error"] * self.errors]
        members = {name: json_cell(text) if text else "null" for name, text in plan.added.items()}
        if request.file_column is not None:
            members[request.file_column] = write_json(plan.added[request.file_column])
        if members:
            self.added = ", ".join(f"{write_json(name)}: {text}" for name, text in members.items())
        self.marks = [write_json(name) for name in self.reserved] if same else []

    def open_object(self, record: str) -> str:
        """The object without its brace. Raises BadRowError where it has a result's name already."""
        if any(mark in record for mark in self.marks):
            taken = parse_object(record).keys()
            clash = next((name for name in self.reserved if name in taken), None)
            if clash is not None:
                raise BadRowError(f"the row has a field '{clash}' already (--prefix)")
        return record.strip()[:-1].rstrip()

    def translate(self, record: str) -> str:
        cells = zip(self.columns, self.reader.cells(record), strict=True)
        decimal = self.reader.dialect.decimal
        return "{" + ", ".join(key + json_cell(cell or "", decimal) for key, cell in cells)

    def line(self, record: str, results: Sequence[float]) -> str:
        numbers = (json_number(x, self.as_string) for x in results)
        fields = [key + text for key, text in zip(self.keys, numbers, strict=True)]
        return self.close(record, fields + ['"error": null'] * self.errors)

    def error_line(self, record: str, message: str) -> str:
        fields = [f"{key}null" for key in self.keys]
        fields.append(f'"error": {write_json(message)}')
        try:
            return self.close(self.reader.repair(record), fields)
        except ValueError:  # it cannot even be read
            return self.close("", fields)

    def close(self, record: str, fields: Sequence[str]) -> str:
        start = "{" if self.alone or not record else self.pass_on(record)
        added = [] if self.added is None else [self.added]
        return start + (", " if len(start) > 1 else "") + ", ".join([*added, *fields]) + "}"


def json_number(x: float, as_string: bool) -> str:
    if isfinite(x):
        return repr(x)
    return f'"{x!r}"' if as_string else "null"


def json_cell(cell: str, decimal: str = ".") -> str:
    """The text of a cell as JSON: a number if it is written as one, else a string."""
    text = cell if decimal == "." else commas_for_points(cell)
    return text if JSON_NUMBER.fullmatch(text) else write_json(cell)
