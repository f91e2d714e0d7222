"""Lines of text as columns of Polars: each line is one cell."""

from __future__ import annotations

import io

import polars as pl

UNIT = "\x1f"  # a control character that no table holds: read by it, a line is one cell
LINE = "line"


def read_lines(data: bytes) -> pl.Series:
    """The lines of a text, as they are."""
    frame = pl.read_csv(
        io.BytesIO(data), has_header=False, separator=UNIT, quote_char=None, infer_schema=False,
        new_columns=[LINE], empty_string_is_null=False,
    )  # fmt: skip
    return frame.to_series()


def write_lines(frame: pl.DataFrame) -> bytes:
    """A column of texts as lines."""
    out = io.BytesIO()
    frame.write_csv(out, include_header=False, quote_style="never", separator=UNIT)
    return out.getvalue()


def close_objects(members: list[pl.Expr]) -> pl.Expr:
    """The members of JSON objects with the closing brace."""
    return pl.concat_str([pl.concat_str(members, separator=", "), pl.lit("}")])
