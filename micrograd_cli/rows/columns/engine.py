"""The column engine: blocks of a text through Polars and NumPy.

Each record's own text is passed on, and the results are set behind it. Whatever is not plain in a
block (a cell over several lines, one that Polars does not read, a short or long row) is left to the
row engine, so that there is one meaning and one set of messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from micrograd_cli.errors import DataError
from micrograd_cli.rows.columns.blocks import UNIT, delimited_rows, json_rows, opening, reading
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.text.engine import Answer, RowEngine
from micrograd_cli.rows.text.records import Block, Source
from micrograd_cli.rows.text.writers import JsonSink, Sink

FEW = 50  # rows of a block that are worth cutting out of it


class Part(NamedTuple):
    """What became of a block or a part of it: its new text, or that the row engine must do it."""

    block: Block
    pieces: list[Any] | None = None  # bytes and views of bytes
    rows: int = 0
    nonfinite: Any = ()  # the indices of rows with a result that is inf or nan


class ColumnEngine:
    """Computes blocks of text; `prepare` may run in any thread, `finish` takes them in order."""

    def __init__(self, source: Source, sink: Sink, plan: Plan, rows: RowEngine) -> None:
        self.source = source
        self.sink = sink
        self.kernel = plan.function.kernel  # made here, and not by two threads at once
        self.rows = rows
        self.tally = rows.tally
        self.reading = reading(source, plan.columns)
        self.opening = opening(source, sink)

    def prepare(self, block: Block) -> list[Part]:
        """The parts of a block, computed as far as columns go."""
        data = self.plain(block)
        rows = None if data is None else self.reading.rows(data)
        if data is None or rows is None:
            return [Part(block)]
        try:
            numbers = self.reading.numbers(data)
        except (pl.exceptions.PolarsError, ValueError):
            return [Part(block)]
        if numbers.height != rows:
            return [Part(block)]
        bad = numbers.select(pl.any_horizontal(pl.all().is_null()).arg_true()).to_series()
        if not len(bad):
            return [self.computed(block, data, numbers)]
        if len(bad) > FEW:
            return [Part(block)]
        return [part for piece, good in cut(block, bad.to_list()) for part in (
            self.prepare(piece) if good else [Part(piece)]
        )]  # fmt: skip

    def plain(self, block: Block) -> bytes | None:
        """The text of a block with a record on each line, which ends with a newline."""
        data = block.data
        if self.source.newline == "\r\n":
            data = data.replace(b"\r\n", b"\n")
        if block.records is not None or b"\r" in data or UNIT.encode() in data:
            return None
        try:
            data.isascii() or data.decode()
        except UnicodeDecodeError:
            return None
        return data if data.endswith(b"\n") else data + b"\n"

    def computed(self, block: Block, data: bytes, numbers: pl.DataFrame) -> Part:
        start = None
        if not self.sink.alone:
            start = self.opening(data) if self.opening else None
            if start is None:
                return Part(block)
        found = self.kernel([column.to_numpy() for column in numbers.iter_columns()])
        bad = np.zeros(numbers.height, bool)
        for column in found:
            bad |= ~np.isfinite(column)
        if isinstance(self.sink, JsonSink):
            pieces = json_rows(self.sink, start, found)
        else:
            pieces = delimited_rows(self.sink, start, found)
        return Part(block, pieces, numbers.height, np.flatnonzero(bad) if bad.any() else ())

    def finish(self, parts: Iterable[Part]) -> Answer:
        """The text of a block's parts, those left over by the row engine."""
        pieces: list[Any] = []
        error: DataError | None = None
        for part in parts:
            if part.pieces is None:
                more, error = self.rows.answer(part.block)
                pieces += more
                if error is not None:
                    break
                continue
            pieces += part.pieces
            for row in part.nonfinite:
                where = f"row {self.tally.rows + row + 1} (line {self.tally.lines + row + 1})"
                self.tally.note_nonfinite(where)
            self.tally.rows += part.rows
            self.tally.lines += part.rows
        return Answer(pieces, error)


def cut(block: Block, bad: list[int]) -> Iterator[tuple[Block, bool]]:
    """The parts of a block: the bad rows one by one, and the good ones between them."""
    ends = np.flatnonzero(np.frombuffer(block.data, np.uint8) == ord("\n")) + 1
    starts = [0, *ends.tolist(), len(block.data)]
    done = 0
    for row in bad:
        if starts[row] > done:
            yield Block(block.data[done : starts[row]]), True
        yield Block(block.data[starts[row] : starts[row + 1]]), False
        done = starts[row + 1]
    if done < len(block.data):
        yield Block(block.data[done:]), True
