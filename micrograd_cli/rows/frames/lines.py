"""Frames as lines of CSV, TSV and JSONL."""

from __future__ import annotations

import polars as pl

from micrograd_cli.files.spreadsheet import FORMULA, NUMBER, as_text
from micrograd_cli.rows.columns.floats import float_texts, json_floats
from micrograd_cli.rows.columns.lines import close_objects, write_lines
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.frames.types import check_cells, check_members
from micrograd_cli.rows.text.jsonl import write_json


def delimited_lines(frame: pl.DataFrame, dialect: Dialect, as_string: bool, first: bool) -> bytes:
    """The lines of a frame, with the header if it is the first. Raises DataError."""
    check_cells(dialect.format.name, frame.schema)
    if dialect.safe:
        frame = frame.with_columns(without_formulas()).rename(as_text)
    texts = [float_texts(column) for column in frame if column.dtype == pl.Float64]
    header = first and dialect.header
    text = frame.with_columns(texts).write_csv(include_header=header, separator=dialect.delimiter)
    return text.encode()


def without_formulas() -> pl.Expr:
    """The columns of text, in which no spreadsheet finds a formula."""
    texts = pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String)
    runs = texts.str.contains(FORMULA) & ~texts.str.contains(NUMBER.replace(r"\d", "[0-9]"))
    return pl.when(runs).then(texts.str.replace("^", "'")).otherwise(texts)


def json_lines(frame: pl.DataFrame, dialect: Dialect, as_string: bool, first: bool) -> bytes:
    """The lines of a frame. Raises DataError."""
    check_members(dialect.format.name, frame.schema)
    members = []
    for column in frame:
        if column.dtype.is_float():
            texts = pl.lit(json_floats(column, as_string).fill_null("null"))
        else:
            alone = pl.struct(pl.col(column.name).alias("x")).struct.json_encode()
            texts = alone.str.strip_prefix('{"x":').str.strip_suffix("}")
        members.append(pl.concat_str([pl.lit(f"{write_json(column.name)}: "), texts]))
    return write_lines(frame.select(pl.concat_str([pl.lit("{"), close_objects(members)])))
