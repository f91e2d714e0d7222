"""Sets the results beside the columns of a frame, with the policy for bad rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import nan
from typing import Any

import numpy as np
import polars as pl

from micrograd_cli.errors import DataError
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.frames.batches import Batch
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.cells import NUMBER, BadRowError

NULL = {"", "null"}  # what --na may say for it
Truths = np.ndarray[Any, np.dtype[np.bool_]]
SPACE = " \t\n\r\f\v"  # that may stand around a number, as in a text


class FrameEngine:
    """Computes batches; of a table of texts the inputs become numbers in the output too."""

    def __init__(
        self,
        plan: Plan,
        request: MapRequest,
        counts: RunCounts,
        dialect: Dialect,
        texts: bool,
        added: Sequence[pl.Series] = (),
    ) -> None:
        self.plan = plan
        self.dialect = dialect
        self.kernel = plan.kernel
        self.added = added  # the columns that are the same in all rows, of one row each
        self.counts = counts
        self.texts = texts
        self.on_error = request.on_error
        self.alone = request.only_results

    def answers(self, batches: Iterable[Batch]) -> Iterator[pl.DataFrame]:
        """A frame for each batch. Raises DataError after the rows before a bad one under `stop`."""
        for batch in batches:
            frame, error = self.answer(batch)
            yield frame
            if error is not None:
                raise error

    def answer(self, batch: Batch) -> tuple[pl.DataFrame, DataError | None]:
        """A batch with its results, and the error that ends the run after its good rows."""
        columns = [column_of(batch.frame, name) for name in self.plan.columns]
        numbers = pl.DataFrame([as_floats(column, self.dialect) for column in columns])
        bad = self.bad_rows(numbers, batch)
        error = None
        if self.on_error == "stop" and bad.any():
            first = int(bad.argmax())
            place = f"row {self.counts.before + self.counts.rows + first + 1}"
            error = DataError(f"{self.counts.table}: {place}, {self.reason(batch, first)}")
            batch = Batch(batch.frame.head(first), first, batch.bad)
            numbers, bad = numbers.head(first), bad[:first]
        results = self.compute(numbers, batch.height, bad)
        self.counts.rows += batch.height
        self.counts.bad += int(bad.sum())
        frame = batch.frame.with_columns(numbers) if self.texts else batch.frame
        parts = [results] if self.alone or not frame.width else [frame, results]
        if self.added:
            same = [each.new_from_index(0, batch.height) for each in self.added]
            parts.insert(-1, pl.DataFrame(same))
        if self.on_error == "record":
            parts.append(pl.DataFrame({"error": self.reasons(batch, bad)}))
        whole = pl.concat(parts, how="horizontal")
        if self.on_error == "skip" and bad.any():
            whole = whole.filter(pl.Series(~bad))
        return whole, error

    def reasons(self, batch: Batch, bad: Truths) -> pl.Series:
        """What is wrong with each row, null where that is nothing."""
        reasons = pl.repeat(None, batch.height, dtype=pl.String, eager=True)
        rows = np.flatnonzero(bad).tolist()
        return reasons.scatter(rows, [self.reason(batch, row) for row in rows])

    def bad_rows(self, numbers: pl.DataFrame, batch: Batch) -> Truths:
        """Which rows are bad."""
        bad = np.zeros(batch.height, bool)
        for column in numbers.iter_columns():
            if column.null_count():
                bad |= column.is_null().to_numpy()
        bad[[*batch.bad]] = True
        return bad

    def compute(self, numbers: pl.DataFrame, height: int, bad: Truths) -> pl.DataFrame:
        """The results of all rows, null where a row is bad; counts those that are not finite."""
        found: list[Any] = self.kernel([as_array(column) for column in numbers.iter_columns()])
        if not numbers.width:
            found = [np.repeat(column, height) for column in found]
        good = np.ones(height, bool)
        for column in found:
            good &= np.isfinite(column)
        if not good.all():
            before = self.counts.before + self.counts.rows
            for row in np.flatnonzero(~(good | bad)):
                self.counts.add_nonfinite(f"row {before + int(row) + 1}")
        results = pl.DataFrame(dict(zip(self.plan.results, found, strict=True)))
        return results.select(pl.when(pl.Series(~bad)).then(pl.all())) if bad.any() else results

    def reason(self, batch: Batch, row: int) -> str:
        """What is wrong with a row."""
        if row in batch.bad:
            return batch.bad[row]
        for name in self.plan.columns:
            cell = column_of(batch.frame, name)[row]
            try:
                self.dialect.number("" if cell is None else str(cell), name)
            except BadRowError as error:
                return str(error)
        return "a cell is not a number"


def column_of(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column, or the element `x[0]` of a column of lists, null where there is none."""
    if name in frame.columns:
        return frame[name]
    array, _, place = name.partition("[")
    column = frame[array]
    for index in place.removesuffix("]").split(","):
        part = column.arr if isinstance(column.dtype, pl.Array) else column.list
        column = part.get(int(index), null_on_oob=True)
    return column.alias(name)


def as_floats(column: pl.Series, dialect: Dialect) -> pl.Series:
    """A column as floats, nan where a number is missing, null where a cell is not a number."""
    if column.dtype == pl.String:
        return parsed(column, dialect)
    missing = column.is_null() if NULL & dialect.na and column.null_count() else None
    numbers = column if column.dtype == pl.Float64 else column.cast(pl.Float64, strict=False)
    marks = [float(text) for text in dialect.na if NUMBER.fullmatch(text)]
    if marks:
        marked = numbers.is_in(marks).fill_null(False)
        missing = marked if missing is None else missing | marked
    return numbers if missing is None else numbers.set(missing, nan)


def parsed(column: pl.Series, dialect: Dialect) -> pl.Series:
    """A column of texts as floats."""
    missing = column.is_null() & bool(NULL & dialect.na)
    texts = column.str.strip_chars(SPACE)
    missing |= texts.is_in(sorted(dialect.na)).fill_null(False)
    if dialect.decimal != ".":
        texts = texts.str.replace_all(".", " ", literal=True)
        texts = texts.str.replace_all(dialect.decimal, ".", literal=True)
    numbers = texts.cast(pl.Float64, strict=False)
    return numbers.set(missing, nan) if dialect.na else numbers


def as_array(column: pl.Series) -> Any:
    """The numbers of a column, nan for null."""
    return (column.fill_null(np.nan) if column.null_count() else column).to_numpy()
