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

from micrograd_cli.errors import MgradError
from micrograd_cli.rows.columns.interrupts import hear_interrupts
from micrograd_cli.rows.columns.lines import UNIT
from micrograd_cli.rows.columns.memory import keep_memory
from micrograd_cli.rows.columns.originals import originals
from micrograd_cli.rows.columns.readers import column_reader, plain_text
from micrograd_cli.rows.columns.writers import write_rows
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.text.engine import Answer, RowEngine
from micrograd_cli.rows.text.records import Block
from micrograd_cli.rows.text.table import TextTable, Work
from micrograd_cli.tape.threads import in_order

FEW = 50  # rows of a block that are worth cutting out of it
BLOCK = 1 << 22  # bytes that are taken at a time


class BlockPart(NamedTuple):
    """What became of a part of a block: its new text, or that the row engine must do it."""

    block: Block
    pieces: list[Any] | None = None  # bytes and views of bytes
    rows: int = 0
    nonfinite: Any = ()  # the indices of rows with a result that is inf or nan


def answer_by_columns(work: Iterator[Work]) -> Iterator[tuple[TextTable | None, Answer]]:
    """The text of one block after the other, several of them computed at a time."""
    hear_interrupts()
    keep_memory()
    for engine, each, parts in in_order(prepare, with_engines(work), at_once):
        yield each.table, engine.finish(parts) if engine else each.by_rows()


def with_engines(work: Iterator[Work]) -> Iterator[tuple[ColumnEngine | None, Work]]:
    """The work with the engine of its table, None where it is for the row engine."""
    engine: ColumnEngine | None = None
    for each in work:
        if not each.by_columns or each.table is None:
            yield None, each
            continue
        if engine is None or engine.rows is not each.table.rows:
            each.table.reader.file.block = BLOCK
            engine = ColumnEngine(each.table.plan, each.table.rows)
        yield engine, each


def prepare(
    item: tuple[ColumnEngine | None, Work],
) -> tuple[ColumnEngine | None, Work, list[BlockPart]]:
    engine, work = item
    return engine, work, engine.prepare(work.block) if engine else []


def at_once(item: tuple[ColumnEngine | None, Work]) -> bool:
    """Whether a block is of a slow pipe, and so is answered before more is read."""
    _, work = item
    small = len(work.block.data) < BLOCK // 2
    return small and work.table is not None and not work.table.reader.file.regular


class ColumnEngine:
    """Computes blocks of text; `prepare` may run in any thread, `finish` takes them in order."""

    def __init__(self, plan: Plan, rows: RowEngine) -> None:
        self.writer = rows.writer
        self.kernel = plan.kernel  # made here, and not by two threads at once
        self.rows = rows
        self.counts = rows.counts
        self.newline = rows.reader.newline
        self.usable = UNIT not in rows.writer.dialect.delimiter + (rows.writer.added or "")
        self.marks = [mark.encode() for mark in rows.writer.marks]
        self.reader = column_reader(rows.reader, plan.columns)
        self.originals = originals(rows.reader, rows.writer)

    def prepare(self, block: Block) -> list[BlockPart]:
        """The parts of a block, computed as far as columns go."""
        data = self.plain_text(block)
        rows = None if data is None else self.reader.count_rows(data)
        if data is None or rows is None:
            return [BlockPart(block)]
        try:
            numbers = self.reader.numbers(data)
        except (pl.exceptions.PolarsError, ValueError):
            return [BlockPart(block)]
        if numbers.height != rows:
            return [BlockPart(block)]
        bad = numbers.select(pl.any_horizontal(pl.all().is_null()).arg_true()).to_series()
        if not len(bad):
            return [self.compute(block, data, numbers)]
        if len(bad) > FEW:
            return [BlockPart(block)]
        return [part for piece, good in cut(block, bad.to_list()) for part in (
            self.prepare(piece) if good else [BlockPart(piece)]
        )]  # fmt: skip

    def plain_text(self, block: Block) -> bytes | None:
        """The text of a block, unless it holds what the writer takes more care with."""
        data = plain_text(block, self.newline) if self.usable else None
        if data is None or any(mark in data for mark in self.marks):
            return None
        return None if self.writer.risk and self.writer.risk.search(data) else data

    def compute(self, block: Block, data: bytes, numbers: pl.DataFrame) -> BlockPart:
        start = None
        if not self.writer.alone:
            start = self.originals(data)
            if start is None:
                return BlockPart(block)
        results = self.kernel([column.to_numpy() for column in numbers.iter_columns()])
        bad = np.zeros(numbers.height, bool)
        for column in results:
            bad |= ~np.isfinite(column)
        pieces = write_rows(self.writer, start, results)
        return BlockPart(block, pieces, numbers.height, np.flatnonzero(bad) if bad.any() else ())

    def finish(self, parts: Iterable[BlockPart]) -> Answer:
        """The text of a block's parts, those left over by the row engine."""
        pieces: list[Any] = []
        error: MgradError | None = None
        for part in parts:
            if part.pieces is None:
                more, error = self.rows.answer(part.block)
                pieces += more
                if error is not None:
                    break
                continue
            pieces += part.pieces
            for row in part.nonfinite:
                where = f"row {self.counts.rows + row + 1} (line {self.counts.lines + row + 1})"
                self.counts.add_nonfinite(where)
            self.counts.rows += part.rows
            self.counts.lines += part.rows
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
