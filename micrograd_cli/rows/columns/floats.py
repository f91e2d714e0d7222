"""Columns of floats as texts: those of `repr`, which Polars writes for most of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from micrograd_cli.rows.text.jsonl_writer import json_number


def unlike_repr(floats: Any) -> Any:
    """The rows of an array where Polars would not write what `repr` does: e-5 for e-05, NaN."""
    size = np.abs(floats)
    return np.flatnonzero(((size < 1e-4) & (size > 0)) | (size != size))


def float_texts(column: pl.Series) -> pl.Series:
    """A column of floats as texts, or as it is where Polars itself writes those of `repr`."""
    rare = unlike_repr(column.to_numpy())
    if not len(rare):
        return column
    texts = [None if x is None else repr(x) for x in column.gather(rare)]
    return column.cast(pl.String).scatter(rare, texts)


def json_floats(column: pl.Series, as_string: bool) -> pl.Series:
    """Floats for JSON: as `repr` writes them; null, or a string, where they are inf or nan."""
    texts = float_texts(column).cast(pl.String)
    other = (~column.is_finite()).arg_true()
    if not len(other):
        return texts
    return texts.scatter(other, [json_number(x, as_string) for x in column.gather(other)])
