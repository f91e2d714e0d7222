"""Tables as batches of rows, each a frame of Polars: binary files, and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import polars as pl

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.files.text import composed
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.text.cells import BadRowError
from micrograd_cli.rows.text.records import Block, RecordReader

ROWS = 1 << 16  # of a batch


class Batch(NamedTuple):
    """A few rows; `bad` says what is wrong with those that have not the cells of the others."""

    frame: pl.DataFrame
    height: int  # which a frame without columns does not know
    bad: Mapping[int, str]


class FrameTable(NamedTuple):
    """A table as batches; `reader` is that of a text."""

    name: str
    schema: Mapping[str, pl.DataType]
    batches: Iterator[Batch]
    reader: RecordReader | None = None

    @property
    def no_rows(self) -> Batch:
        return Batch(pl.DataFrame(schema=self.schema), 0, {})


def scan_file(path: str, dialect: Dialect, rows: tuple[int, int] | None = None) -> FrameTable:
    """The table of a binary file, here or at an address, or some of its rows. Raises DataError."""
    lazy = lazy_file(path, dialect)
    with reading_by_polars(path):
        schema = lazy.collect_schema()
    return FrameTable(path, schema, scan_batches(path, lazy.slice(*rows) if rows else lazy))


def count_rows(path: str, dialect: Dialect) -> int:
    """The rows of a binary file. Raises DataError."""
    lazy = lazy_file(path, dialect)
    with reading_by_polars(path):
        return int(lazy.select(pl.len()).collect().item())


def lazy_file(path: str, dialect: Dialect) -> pl.LazyFrame:
    """A binary file, its names composed. Raises DataError."""
    format_ = dialect.format
    if path == "-":
        raise UsageError(f"{format_.name} is read from a file, not from a pipe")
    with reading_by_polars(path):
        lazy: pl.LazyFrame = load(format_.reader)(path, dict(dialect.storage))
        names = lazy.collect_schema().names()
        return lazy.rename({name: composed(name) for name in names if composed(name) != name})


def scan_batches(path: str, lazy: pl.LazyFrame) -> Iterator[Batch]:
    with reading_by_polars(path):
        frames = lazy.collect_batches(chunk_size=ROWS)
    while True:
        with reading_by_polars(path):
            frame = next(frames, None)
        if frame is None:
            return
        yield Batch(frame, frame.height, {})


@contextmanager
def reading_by_polars(path: str) -> Iterator[None]:
    """Turns what Polars complains of in a file, or in a storage option, into a DataError."""
    polars = pl.exceptions.PolarsError, pl.exceptions.PanicException
    try:
        yield
    except (*polars, OSError, ValueError) as error:
        reason = next(iter(str(error).splitlines()), "it is damaged")
        raise DataError(f"cannot read '{path}': {reason}") from None


def text_table(reader: RecordReader) -> FrameTable:
    """The table of a text, every cell as text. Raises DataError for two columns of a name."""
    names = reader.header
    schema: dict[str, Any] = dict.fromkeys(names, pl.String())
    if len(schema) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{reader.file.name}: duplicate column '{twice}'")
    batches = (text_batch(reader, block) for block in reader.blocks)
    return FrameTable(reader.file.name, schema, batches, reader)


def text_batch(reader: RecordReader, block: Block) -> Batch:
    names = reader.header
    rows: list[list[str | None]] = []
    bad: dict[int, str] = {}
    for record in reader.records(block):
        if record.strip():
            try:
                rows.append(reader.cells(record))
            except BadRowError as error:
                bad[len(rows)] = str(error)
                rows.append([""] * len(names))
    columns = zip(*rows, strict=True) if rows and names else [()] * len(names)
    series = [
        pl.Series(name, column, dtype=pl.String)
        for name, column in zip(names, columns, strict=True)
    ]
    return Batch(pl.DataFrame(series), len(rows), bad)
