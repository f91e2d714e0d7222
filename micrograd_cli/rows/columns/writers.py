"""The new text of a block: each row's original columns, as text, and its results."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from micrograd_cli.rows.columns.floats import json_floats, unlike_repr
from micrograd_cli.rows.columns.lines import UNIT, close_objects, write_lines
from micrograd_cli.rows.text.jsonl_writer import JsonWriter
from micrograd_cli.rows.text.writer import RecordWriter


def write_rows(writer: RecordWriter, start: pl.Series | None, results: Sequence[Any]) -> list[Any]:
    """The rows in pieces of bytes; `results` are arrays."""
    if isinstance(writer, JsonWriter):
        return [json_rows(writer, start, results)]
    return delimited_rows(writer, start, results)


def delimited_rows(
    writer: RecordWriter, start: pl.Series | None, results: Sequence[Any]
) -> list[Any]:
    """The rows of CSV or TSV.

    Polars leaves marks where it would not write what `repr` does, and those texts are set between:
    a column of texts, for all the others too, would take twice the time.
    """
    rare = [unlike_repr(column) for column in results]
    columns = [
        pl.Series(f"r{i}", column).scatter(rows, None) if len(rows) else pl.Series(f"r{i}", column)
        for i, (column, rows) in enumerate(zip(results, rare, strict=True))
    ]
    starts = [] if start is None else [start]
    if writer.added is not None:
        starts.append(pl.repeat(writer.added, len(results[0]), eager=True).alias("added"))
    ends = [pl.repeat("", len(results[0]), eager=True).alias("error")] * writer.errors
    out = io.BytesIO()
    pl.DataFrame([*starts, *columns, *ends]).write_csv(
        out, include_header=False, separator=writer.dialect.delimiter, quote_style="never",
        line_terminator=writer.newline, null_value=UNIT,
    )  # fmt: skip
    marked = memoryview(out.getvalue())
    if not any(map(len, rare)):
        return [marked]
    order = np.argsort(np.concatenate([rows * len(rare) + i for i, rows in enumerate(rare)]))
    floats = np.concatenate([c[rows] for c, rows in zip(results, rare, strict=True)])[order]
    marks = np.flatnonzero(np.frombuffer(marked, np.uint8) == ord(UNIT)).tolist()
    pieces: list[Any] = []
    end = 0
    for mark, x in zip(marks, floats.tolist(), strict=True):
        pieces += marked[end:mark], repr(x).encode()
        end = mark + 1
    return [*pieces, marked[end:]]


def json_rows(writer: JsonWriter, start: pl.Series | None, results: Sequence[Any]) -> bytes:
    """The rows of JSONL."""
    first = [pl.lit("{")] if start is None else [pl.lit(start), pl.lit(", ")]
    fields = [] if writer.added is None else [pl.lit(writer.added)]
    for key, column in zip(writer.keys, results, strict=True):
        texts = json_floats(pl.Series(column), writer.as_string)
        fields.append(pl.concat_str([pl.lit(key), pl.lit(texts)]))
    if writer.errors:
        fields.append(pl.lit('"error": null'))
    return write_lines(pl.select(pl.concat_str([*first, close_objects(fields)])))
