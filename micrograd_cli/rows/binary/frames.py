"""Parquet and Arrow files, in and out, as frames of Polars."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.files.output import beside, output
from micrograd_cli.rows.columns.blocks import joined_lines, joined_members, json_numbers, written
from micrograd_cli.rows.formats import Dialect
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.text.engine import Tally
from micrograd_cli.rows.text.jsonl import dumps
from micrograd_cli.rows.text.records import Source, number

ROWS = 1 << 16  # of a frame
SCANS: dict[str, Callable[[str], pl.LazyFrame]] = {
    "parquet": pl.scan_parquet,
    "arrow": pl.scan_ipc,
}


class Frame(NamedTuple):
    """A few rows; `bad` says what is wrong with those that have not the cells of the others."""

    rows: pl.DataFrame
    bad: dict[int, str]


def scanned(path: str, format_: str) -> tuple[list[str], Iterator[Frame]]:
    """The names of a file's columns, and its rows after a frame of none. Raises DataError."""
    if path == "-":
        raise UsageError(f"{format_} is read from a file, not from a pipe")
    if not os.path.exists(path):
        raise DataError(f"cannot read '{path}': No such file or directory")
    try:
        frame = SCANS[format_](path)
        schema = frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"cannot read '{path}': {str(error).splitlines()[0]}") from None
    batches = chain([pl.DataFrame(schema=schema)], frame.collect_batches(chunk_size=ROWS))
    return schema.names(), (Frame(rows, {}) for rows in batches)


def text_frames(source: Source) -> Iterator[Frame]:
    """The rows of a text source after a frame of none, every cell as text."""
    yield Frame(pl.DataFrame(schema=dict.fromkeys(source.header, pl.String)), {})
    for block in source.blocks():
        rows: list[list[str]] = []
        bad: dict[int, str] = {}
        for record in source.records(block):
            if record.strip():
                try:
                    rows.append(source.cells(record))
                except ValueError as error:
                    bad[len(rows)] = str(error)
                    rows.append([""] * len(source.header))
        if rows:
            columns = zip(source.header, zip(*rows, strict=True), strict=True)
            series = [pl.Series(n, c, dtype=pl.String, strict=False) for n, c in columns]
            yield Frame(pl.DataFrame(series), bad)


def picked(name: str, frame: pl.DataFrame) -> Any:
    """A column, or the element `x[0]` of a column of lists."""
    array, bracket, place = name.partition("[")
    if not bracket or name in frame.columns:
        return pl.col(name)
    column, dtype = pl.col(array), frame.schema[array]
    for index in place.removesuffix("]").split(","):
        fixed = isinstance(dtype, pl.Array)
        column = (column.arr if fixed else column.list).get(int(index), null_on_oob=True)
        dtype = getattr(dtype, "inner", dtype)
    return column


class FrameEngine:
    """Sets the results beside the columns of a frame, with the policy for bad rows."""

    def __init__(self, plan: Plan, tally: Tally, on_error: str, alone: bool, text: bool) -> None:
        self.plan = plan
        self.text = text  # whether all cells are texts: those that are inputs become numbers
        self.tally = tally
        self.on_error = on_error
        self.alone = alone

    def answer(self, given: Frame) -> tuple[pl.DataFrame, DataError | None]:
        """A frame with its results, and the error that ends the run: what is before it is good."""
        plan, frame = self.plan, given.rows
        numbers = frame.select(
            picked(name, frame).cast(pl.Float64, strict=False).alias(name) for name in plan.columns
        )
        bad = pl.repeat(False, frame.height, eager=True)
        if plan.columns:
            bad = numbers.select(pl.any_horizontal(pl.all().is_null())).to_series()
        bad = bad.scatter([*given.bad], True)
        error = None
        if bad.any() and self.on_error == "stop":
            first = bad.arg_true()[0]
            place = f"row {self.tally.rows + first + 1}"
            error = DataError(f"{self.tally.table}: {place}, {self.reason(given, first)}")
            frame, numbers, bad = frame.head(first), numbers.head(first), bad.head(first)
        self.note(frame.height, int(bad.sum()))
        found = plan.function.kernel([numbers[name].fill_null(np.nan).to_numpy()
                                      for name in plan.columns])  # fmt: skip
        if not plan.columns:
            found = [np.repeat(column, frame.height) for column in found]
        for row in np.flatnonzero(~np.isfinite(found).all(axis=0) & ~bad.to_numpy()):
            self.tally.note_nonfinite(f"row {self.tally.rows - frame.height + int(row) + 1}")
        results = pl.DataFrame(dict(zip(plan.names, found, strict=True)))
        if bad.any():
            results = results.select(pl.when(~bad).then(pl.all()))
        reasons = [self.reason(given, i) if wrong else None for i, wrong in enumerate(bad)]
        if self.text:
            frame = frame.with_columns(numbers)
        parts = [results] if self.alone else [frame, results]
        if self.on_error == "record":
            parts.append(pl.DataFrame({"error": pl.Series(reasons, dtype=pl.String)}))
        whole = pl.concat(parts, how="horizontal")
        return (whole.filter(~bad) if self.on_error == "skip" else whole), error

    def note(self, rows: int, bad: int) -> None:
        self.tally.rows += rows
        self.tally.skipped += bad

    def reason(self, frame: Frame, row: int) -> str:
        if row in frame.bad:
            return frame.bad[row]
        for name in self.plan.columns:
            cell = frame.rows[name][row]
            try:
                number("" if cell is None else str(cell), name)
            except ValueError as error:
                return str(error)
        return "a cell is no number"


def write(frames: Iterable[tuple[pl.DataFrame, DataError | None]], dialect: Dialect,
          path: str | None, as_string: bool) -> None:  # fmt: skip
    """Write frames one after the other; raises a frame's error once what is before it is out."""
    if dialect.format in SCANS:
        write_file(frames, dialect, path)
        return
    with output(path) as out:
        first = dialect.header and dialect.format != "jsonl"
        for frame, error in frames:
            if dialect.format == "jsonl":
                out.write(json_lines(frame, as_string))
            else:
                floats = [written(column) for column in frame if column.dtype == pl.Float64]
                lists = [json_texts(column) for column in frame if column.dtype.is_nested()]
                texts = frame.with_columns(floats).with_columns(lists)
                text = texts.write_csv(include_header=first, separator=dialect.delimiter)
                out.write(text.encode())
            first = False
            out.flush()
            if error is not None:
                raise error


def json_texts(column: pl.Series) -> Any:
    """The cells of a column as JSON."""
    alone = pl.struct(pl.col(column.name).alias("x")).struct.json_encode()
    texts = alone.str.strip_prefix('{"x":').str.strip_suffix("}")
    return texts.alias(column.name)


def json_lines(frame: pl.DataFrame, as_string: bool) -> bytes:
    members = []
    for column in frame:
        if column.dtype.is_float():
            texts = pl.lit(json_numbers(column, as_string).fill_null("null"))
        else:
            texts = json_texts(column)
        members.append(pl.concat_str([pl.lit(f"{dumps(column.name)}: "), texts]))
    return joined_lines(frame.select(pl.concat_str([pl.lit("{"), joined_members(members)])))


def write_file(
    frames: Iterable[tuple[pl.DataFrame, DataError | None]], dialect: Dialect, path: str | None
) -> None:
    """A Parquet or Arrow file, whole or not there at all, in bounded memory."""
    from polars.io.plugins import register_io_source

    if path is None or path == "-":
        raise UsageError(f"{dialect.format} is written to a file", hint="name it with -o FILE")
    rest = iter(frames)
    first, error = next(rest, (pl.DataFrame(), None))
    failed: list[DataError] = [error] if error else []

    def pieces(*_: Any) -> Iterator[pl.DataFrame]:
        yield first
        for frame, problem in () if failed else rest:
            yield frame
            if problem is not None:
                failed.append(problem)
                return

    lazy = register_io_source(pieces, schema=dict(first.schema))
    with beside(path) as temporary:
        if dialect.format == "parquet":
            lazy.sink_parquet(temporary)
        else:
            lazy.sink_ipc(temporary)
        if failed:
            raise failed[0]
