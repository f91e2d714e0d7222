"""The original columns of a block, as the text before the results of each row."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial

import polars as pl

from micrograd_cli.rows.columns.lines import LINE, read_lines
from micrograd_cli.rows.text.jsonl import write_json
from micrograd_cli.rows.text.jsonl_writer import JSON_NUMBER
from micrograd_cli.rows.text.records import RecordReader
from micrograd_cli.rows.text.writer import RecordWriter

ESCAPED = bytes({*range(32), ord("\\"), ord('"')} - {ord("\n")})  # by JSON

Originals = Callable[[bytes], pl.Series | None]


def originals(reader: RecordReader, writer: RecordWriter) -> Originals:
    """The function that gives each row's text before its results; None: it takes the row engine."""
    old, new = reader.dialect.delimiter, writer.dialect.delimiter
    if not old:
        return open_objects
    if not new:
        return partial(cells_to_objects, old, reader.header)
    return read_lines if old == new else partial(change_delimiter, old, new)


def change_delimiter(old: str, new: str, data: bytes) -> pl.Series | None:
    if new.encode() in data or b'"' in data:
        return None
    return read_lines(data.replace(old.encode(), new.encode()))


def open_objects(data: bytes) -> pl.Series:
    """JSON objects without their closing braces."""
    return read_lines(data).str.replace(r"[ \t]*\}[ \t]*$", "").str.strip_chars_start(" \t")


def cells_to_objects(delimiter: str, names: Sequence[str], data: bytes) -> pl.Series | None:
    """Delimited cells as open JSON objects: a number where one is written, else a string."""
    kept = ESCAPED.replace(delimiter.encode(), b"")
    if len(data.translate(None, kept)) < len(data):
        return None
    columns = [str(i) for i in range(len(names))]
    frame = pl.read_csv(
        io.BytesIO(data), has_header=False, separator=delimiter, quote_char=None,
        infer_schema=False, new_columns=columns, empty_string_is_null=False,
    )  # fmt: skip
    parts = [pl.lit("{")]
    for i, name in enumerate(names):
        cell = pl.col(str(i))
        quote = pl.when(cell.str.contains(f"^(?:{JSON_NUMBER.pattern})$".replace(r"\d", "[0-9]")))
        mark = quote.then(pl.lit("")).otherwise(pl.lit('"'))
        parts += [pl.lit(f"{', ' if i else ''}{write_json(name)}: "), mark, cell, mark]
    return frame.select(pl.concat_str(parts).alias(LINE)).to_series()
