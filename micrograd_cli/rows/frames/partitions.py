"""Columns that are the same in all rows of a table: its partitions, and the file's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl

from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.cells import NUMBER

WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")


def added_series(request: MapRequest, sources: Sequence[Source]) -> Callable[[str, str], pl.Series]:
    """The function that gives a column of one row, by name and text.

    A partition is of whole numbers or floats where it is in all tables, else of text.
    """
    texts: dict[str, set[str]] = {}
    for source in sources:
        for name, text in source.partitions.items():
            texts.setdefault(name, set()).add(text)
    types = {name: type_of(found) for name, found in texts.items()}
    if request.file_column is not None:
        types[request.file_column] = pl.String()

    def series(name: str, text: str) -> pl.Series:
        return pl.Series(name, [text or None], dtype=pl.String).cast(types[name])

    return series


def type_of(texts: set[str]) -> pl.DataType:
    texts = texts - {""}
    if texts and all(map(WHOLE.fullmatch, texts)):
        return pl.Int64()
    return pl.Float64() if texts and all(map(NUMBER.fullmatch, texts)) else pl.String()
