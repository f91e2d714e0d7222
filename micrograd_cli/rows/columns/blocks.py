"""Blocks of text as Polars takes them: what is plain enough for it, its numbers, its new text.

What is not plain is left to the row engine, which says what is wrong with it or reads it with more
care: functions here give None then.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import polars as pl

from micrograd_cli.rows.text.delimited import DelimitedSource, breaks_within
from micrograd_cli.rows.text.jsonl import dumps
from micrograd_cli.rows.text.records import Source
from micrograd_cli.rows.text.writers import JSON_NUMBER, JsonSink, Sink, json_number

UNIT = "\x1f"  # a control character that no table holds: read by it, a line is one cell
LINE = "line"
ESCAPED = bytes({*range(32), ord("\\"), ord('"')} - {ord("\n")})  # by JSON

STRING = r'"[^"\\\x00-\x1f]*"'
NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
MEMBER = rf"{STRING}[ \t]*:[ \t]*(?:{STRING}|{NUMBER}|true|false|null)[ \t]*"
FLAT_OBJECT = rf"^[ \t]*\{{[ \t]*{MEMBER}(?:,[ \t]*{MEMBER})*\}}[ \t]*$"

Opening = Callable[[bytes], pl.Series | None]


class Text(Protocol):
    """How blocks of a format are read, whole lines of UTF-8."""

    def rows(self, data: bytes) -> int | None:
        """The number of rows, if all of them are plain."""
        ...

    def numbers(self, data: bytes) -> pl.DataFrame:
        """The inputs' columns in their order, null where a cell is bad. Raises PolarsError."""
        ...


def reading(source: Source, inputs: Sequence[str]) -> Text:
    if isinstance(source, DelimitedSource):
        return DelimitedText(source, inputs)
    return JsonText(inputs)


class DelimitedText:
    """CSV and TSV, with a record on every line."""

    def __init__(self, source: DelimitedSource, inputs: Sequence[str]) -> None:
        self.source = source
        self.width = len(source.header)
        self.places = [source.header.index(name) for name in inputs]
        mark = source.delimiter.encode()
        self.others = bytes({*range(256)} - {*mark, ord("\n")})
        self.pattern = mark * (self.width - 1) + b"\n"  # all else taken out, what a row must be
        read = {*self.places}
        self.schema = {
            str(place): pl.Float64 if place in read else pl.String for place in range(self.width)
        }

    def rows(self, data: bytes) -> int | None:
        outside = self.source.outside_quotes(data)
        if outside is None or breaks_within(data, outside):
            return None
        marks = outside.translate(None, self.others)  # Polars lets uneven rows pass
        rows = len(marks) // self.width
        return rows if marks == self.pattern * rows else None

    def numbers(self, data: bytes) -> pl.DataFrame:
        frame = pl.read_csv(
            io.BytesIO(data), has_header=False, separator=self.source.delimiter,
            quote_char='"' if b'"' in data else None, columns=sorted(self.places),
            schema=self.schema, ignore_errors=True,
        )  # fmt: skip
        places = sorted(self.places)
        return frame.select(
            frame.to_series(places.index(place)).alias(str(i))
            for i, place in enumerate(self.places)
        )


class JsonText:
    """JSONL of flat objects without escapes."""

    def __init__(self, inputs: Sequence[str]) -> None:
        keys = [re.escape(dumps(name)) for name in inputs]
        self.keys = [rf"{key}[ \t]*:" for key in keys]

    def rows(self, data: bytes) -> int | None:
        found = lines(data)
        return len(found) if found.str.contains(FLAT_OBJECT).all() else None

    def numbers(self, data: bytes) -> pl.DataFrame:
        line = pl.col(LINE).str
        return lines(data).to_frame().select(
            pl.when(line.count_matches(key) == 1)  # of two, Python's last one counts
            .then(line.extract(rf"{key}[ \t]*(-?[0-9][^ \t,}}]*)"))
            .cast(pl.Float64, strict=False).alias(str(i))
            for i, key in enumerate(self.keys)
        )  # fmt: skip


def lines(data: bytes) -> pl.Series:
    """The lines of a text, as they are."""
    frame = pl.read_csv(
        io.BytesIO(data), has_header=False, separator=UNIT, quote_char=None, infer_schema=False,
        new_columns=[LINE], empty_string_is_null=False,
    )  # fmt: skip
    return frame.to_series()


# --- what comes before the results ----------------------------------------------------------------


def opening(source: Source, sink: Sink) -> Opening | None:
    """The function that gives each row's text before the results; None: it takes the row engine."""
    if isinstance(source, DelimitedSource):
        if isinstance(sink, JsonSink):
            return partial(objects, source.delimiter, source.header)
        delimiter = sink.dialect.delimiter
        same = delimiter == source.delimiter
        return lines if same else partial(delimited_again, source.delimiter, delimiter)
    return opened if isinstance(sink, JsonSink) else None


def delimited_again(old: str, new: str, data: bytes) -> pl.Series | None:
    if new.encode() in data or b'"' in data:
        return None
    return lines(data.replace(old.encode(), new.encode()))


def opened(data: bytes) -> pl.Series:
    """JSON objects without their closing braces."""
    return lines(data).str.replace(r"[ \t]*\}[ \t]*$", "").str.strip_chars_start(" \t")


def objects(delimiter: str, names: Sequence[str], data: bytes) -> pl.Series | None:
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
        parts += [pl.lit(f"{', ' if i else ''}{dumps(name)}: "), mark, cell, mark]
    return frame.select(pl.concat_str(parts).alias(LINE)).to_series()


# --- the new text ---------------------------------------------------------------------------------


def unlike_repr(floats: Any) -> Any:
    """The rows of an array where Polars would not write what `repr` does: e-5 for e-05, NaN."""
    size = np.abs(floats)
    return np.flatnonzero(((size < 1e-4) & (size > 0)) | (size != size))


def written(column: pl.Series) -> pl.Series:
    """A column of floats as texts, or as it is where Polars itself writes those of `repr`."""
    rare = unlike_repr(column.to_numpy())
    if not len(rare):
        return column
    texts = [None if x is None else repr(x) for x in column.gather(rare)]
    return column.cast(pl.String).scatter(rare, texts)


def json_numbers(column: pl.Series, as_string: bool) -> pl.Series:
    """Floats for JSON: as `repr` writes them; null, or a string, where they are inf or nan."""
    texts = written(column).cast(pl.String)
    other = (~column.is_finite()).arg_true()
    if not len(other):
        return texts
    return texts.scatter(other, [json_number(x, as_string) for x in column.gather(other)])


def delimited_rows(sink: Sink, start: pl.Series | None, results: Sequence[Any]) -> list[Any]:
    """The rows of CSV or TSV, in pieces; `results` are arrays.

    Polars leaves marks where it would not write what `repr` does, and those texts are set between:
    a column of texts, for all the others too, would take twice the time.
    """
    rare = [unlike_repr(column) for column in results]
    columns = [
        pl.Series(f"r{i}", column).scatter(rows, None) if len(rows) else pl.Series(f"r{i}", column)
        for i, (column, rows) in enumerate(zip(results, rare, strict=True))
    ]
    ends = [pl.repeat("", len(results[0]), eager=True).alias("error")] * sink.errors
    out = io.BytesIO()
    pl.DataFrame([*([] if start is None else [start]), *columns, *ends]).write_csv(
        out, include_header=False, separator=sink.dialect.delimiter, quote_style="never",
        line_terminator=sink.newline, null_value=UNIT,
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


def json_rows(sink: JsonSink, start: pl.Series | None, results: Sequence[Any]) -> list[Any]:
    """The rows of JSONL, in one piece; `results` are arrays."""
    first = [pl.lit("{")] if start is None else [pl.lit(start), pl.lit(", ")]
    fields = []
    for key, column in zip(sink.keys, results, strict=True):
        texts = json_numbers(pl.Series(column), sink.as_string)
        fields.append(pl.concat_str([pl.lit(key), pl.lit(texts)]))
    if sink.errors:
        fields.append(pl.lit('"error": null'))
    return [joined_lines(pl.select(pl.concat_str([*first, joined_members(fields)])))]


def joined_members(members: Sequence[pl.Expr]) -> pl.Expr:
    """The members of JSON objects with the closing brace."""
    return pl.concat_str([pl.concat_str(members, separator=", "), pl.lit("}")])


def joined_lines(frame: pl.DataFrame) -> bytes:
    """A column of texts as lines."""
    out = io.BytesIO()
    frame.write_csv(out, include_header=False, quote_style="never", separator=UNIT)
    return out.getvalue()
