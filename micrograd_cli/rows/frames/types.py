"""Which types of columns are numbers, and which ones a format of text has a place for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from micrograd_cli.errors import DataError

PLAIN = (pl.Boolean, pl.String, pl.Null)  # of which numbers can be made, where the cells are some
CELLS = (*PLAIN, pl.Categorical, pl.Enum, pl.Date, pl.Datetime, pl.Time)
MEMBERS = (*CELLS, pl.Duration)  # of JSON objects, in lists and structs too


def check_inputs(table: str, schema: Mapping[str, pl.DataType], inputs: list[str]) -> None:
    """Raises DataError for a column of anything but numbers, or texts that may be some."""
    for name in inputs:
        kind = element_type(schema, name)
        if not (kind.is_numeric() or isinstance(kind, PLAIN)):
            raise DataError(f"{table}: the column '{name}' holds no numbers but {kind}")


def element_type(schema: Mapping[str, pl.DataType], name: str) -> Any:
    """The type of a column, or of what a column of lists holds at `x[0]`."""
    array, _, place = name.partition("[")
    if name in schema:
        return schema[name]
    kind: Any = schema[array]
    for _ in place.split(","):
        kind = kind.inner if isinstance(kind, pl.List | pl.Array) else kind
    return kind


def check_cells(format_: str, schema: Mapping[str, pl.DataType]) -> None:
    """Raises DataError for a column that CSV and TSV cannot hold."""
    for name, kind in schema.items():
        if not (kind.is_numeric() or isinstance(kind, CELLS)):
            raise no_place_error(format_, name, kind)


def check_members(format_: str, schema: Mapping[str, pl.DataType]) -> None:
    """Raises DataError for a column that JSON cannot hold."""
    for name, kind in schema.items():
        for part in parts(kind):
            if not (part.is_numeric() or part.is_nested() or isinstance(part, MEMBERS)):
                raise no_place_error(format_, name, kind)


def no_place_error(format_: str, name: str, kind: pl.DataType) -> DataError:
    return DataError(f"{format_} has no place for column '{name}' of {kind}",
                     hint="--only-results leaves the columns out")  # fmt: skip


def parts(kind: Any) -> Iterator[Any]:
    """A type and those within it."""
    yield kind
    if isinstance(kind, pl.List | pl.Array):
        yield from parts(kind.inner)
    if isinstance(kind, pl.Struct):
        for field in kind.fields:
            yield from parts(field.dtype)
