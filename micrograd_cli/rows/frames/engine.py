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
            first = bad.arg_true()[0]
            place = f"row {self.counts.before + self.counts.rows + first + 1}"
            error = DataError(f"{self.counts.table}: {place}, {self.reason(batch, first)}")
            batch = Batch(batch.frame.head(first), first, batch.bad)
            numbers, bad = numbers.head(first), bad.head(first)
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
        return (whole.filter(~bad) if self.on_error == "skip" and bad.any() else whole), error

    def reasons(self, batch: Batch, bad: pl.Series) -> pl.Series:
        """What is wrong with each row, null where that is nothing."""
        reasons = pl.repeat(None, batch.height, dtype=pl.String, eager=True)
        rows = bad.arg_true()
        return reasons.scatter(rows, [self.reason(batch, row) for row in rows])

    def bad_rows(self, numbers: pl.DataFrame, batch: Batch) -> pl.Series:
        """Which rows are bad, as truths."""
        bad = pl.repeat(False, batch.height, eager=True)
        if numbers.width:
            bad = numbers.select(pl.any_horizontal(pl.all().is_null())).to_series()
        return bad.scatter([*batch.bad], True)

    def compute(self, numbers: pl.DataFrame, height: int, bad: pl.Series) -> pl.DataFrame:
        """The results of all rows, null where a row is bad; counts those that are not finite."""
        columns = [column.fill_null(np.nan).to_numpy() for column in numbers.iter_columns()]
        found: list[Any] = self.kernel(columns)
        if not columns:
            found = [np.repeat(column, height) for column in found]
        good = np.ones(height, bool)
        for column in found:
            good &= np.isfinite(column)
        if not good.all():
            before = self.counts.before + self.counts.rows
            for row in np.flatnonzero(~(good | bad.to_numpy())):
                self.counts.add_nonfinite(f"row {before + int(row) + 1}")
        results = pl.DataFrame(dict(zip(self.plan.results, found, strict=True)))
        return results.select(pl.when(~bad).then(pl.all())) if bad.any() else results

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
    missing = column.is_null() & bool(NULL & dialect.na)
    is_text = column.dtype == pl.String
    if is_text:
        column = column.str.strip_chars(SPACE)
        missing |= column.is_in(sorted(dialect.na)).fill_null(False)
        if dialect.decimal != ".":
            column = column.str.replace_all(".", " ", literal=True)
            column = column.str.replace_all(dialect.decimal, ".", literal=True)
    numbers = column.cast(pl.Float64, strict=False)
    if not is_text:
        marks = [float(text) for text in dialect.na if NUMBER.fullmatch(text)]
        missing |= numbers.is_in(marks).fill_null(False)
    return numbers.set(missing, nan) if dialect.na else numbers
