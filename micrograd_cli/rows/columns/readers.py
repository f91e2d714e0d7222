"""Blocks of text as Polars takes them: what is plain enough for it, and its numbers.

What is not plain is left to the row engine, which says what is wrong with it or reads it with more
care: functions here give None then.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Protocol

import polars as pl

from micrograd_cli.rows.columns.lines import LINE, UNIT, read_lines
from micrograd_cli.rows.text.delimited import DelimitedReader
from micrograd_cli.rows.text.jsonl import write_json
from micrograd_cli.rows.text.quoting import breaks_within
from micrograd_cli.rows.text.records import Block, RecordReader

STRING = r'"[^"\\\x00-\x1f]*"'
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
MEMBER = rf"{STRING}[ \t]*:[ \t]*(?:{STRING}|{NUMBER}|true|false|null)[ \t]*"
FLAT_OBJECT = rf"^[ \t]*\{{[ \t]*{MEMBER}(?:,[ \t]*{MEMBER})*\}}[ \t]*$"


def plain_text(block: Block, newline: str) -> bytes | None:
    """The text of a block with a record on each line, which ends with a newline."""
    data = block.data
    if block.records is not None:
        return None
    if newline == "\r\n":
        data = data.replace(b"\r\n", b"\n")
    if b"\r" in data or UNIT.encode() in data:
        return None
    try:
        data.isascii() or data.decode()
    except UnicodeDecodeError:
        return None
    return data if data.endswith(b"\n") else data + b"\n"


class ColumnReader(Protocol):
    """How blocks of a format are read, whole lines of UTF-8."""

    def count_rows(self, data: bytes) -> int | None:
        """The number of rows, if all of them are plain."""
        ...

    def numbers(self, data: bytes) -> pl.DataFrame:
        """The inputs' columns in their order, null where a cell is bad. Raises PolarsError."""
        ...


def column_reader(reader: RecordReader, inputs: Sequence[str]) -> ColumnReader:
    if isinstance(reader, DelimitedReader):
        return DelimitedColumns(reader, inputs)
    return JsonColumns(inputs)


class DelimitedColumns:
    """CSV and TSV, with a record on every line."""

    def __init__(self, reader: DelimitedReader, inputs: Sequence[str]) -> None:
        self.quoting = reader.quoting
        self.delimiter = reader.dialect.delimiter
        self.width = len(reader.header)
        self.places = [reader.header.index(name) for name in inputs]
        mark = self.delimiter.encode()
        self.others = bytes({*range(256)} - {*mark, ord("\n")})
        self.pattern = mark * (self.width - 1) + b"\n"  # all else taken out, what a row must be
        read = {*self.places}
        self.schema = {
            str(place): pl.Float64 if place in read else pl.String for place in range(self.width)
        }

    def count_rows(self, data: bytes) -> int | None:
        outside = self.quoting.outside_quotes(data)
        if outside is None or breaks_within(data, outside):
            return None
        marks = outside.translate(None, self.others)  # Polars lets uneven rows pass
        rows = len(marks) // self.width
        return rows if marks == self.pattern * rows else None

    def numbers(self, data: bytes) -> pl.DataFrame:
        frame = pl.read_csv(
            io.BytesIO(data), has_header=False, separator=self.delimiter,
            quote_char='"' if b'"' in data else None, columns=sorted(self.places),
            schema=self.schema, ignore_errors=True,
        )  # fmt: skip
        places = sorted(self.places)
        return frame.select(
            frame.to_series(places.index(place)).alias(str(i))
            for i, place in enumerate(self.places)
        )


class JsonColumns:
    """JSONL of flat objects without escapes."""

    def __init__(self, inputs: Sequence[str]) -> None:
        keys = [re.escape(write_json(name)) for name in inputs]
        self.keys = [rf"{key}[ \t]*:" for key in keys]

    def count_rows(self, data: bytes) -> int | None:
        lines = read_lines(data)
        return len(lines) if lines.str.contains(FLAT_OBJECT).all() else None

    def numbers(self, data: bytes) -> pl.DataFrame:
        line = pl.col(LINE).str
        return read_lines(data).to_frame().select(
            pl.when(line.count_matches(key) == 1)  # of two, Python's last one counts
            .then(line.extract(rf"{key}[ \t]*(-?[0-9][^ \t,}}]*)"))
            .cast(pl.Float64, strict=False).alias(str(i))
            for i, key in enumerate(self.keys)
        )  # fmt: skip
