"""The column engine: blocks of a CSV or TSV through Polars and NumPy.

Each record's own text is passed on, and the results are set behind it. Whatever is not plain in a
block (quotes, a cell that Polars does not read, a short or long row) is left to the row engine, so
that there is one meaning and one set of messages.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from micrograd_cli.errors import DataError
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.scalar import Answer, RowEngine
from micrograd_cli.rows.sink import Sink
from micrograd_cli.rows.source import Block, Source

UNIT = "\x1f"  # a control character that no table holds: read by it, a line is one cell
FEW = 50  # rows of a block that are worth cutting out of it
LINE = "line"


class Part(NamedTuple):
    """What became of a block or a part of it: its text, or that the row engine must do it."""

    block: Block
    data: Any = None  # bytes, or a view of some
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
        self.delimiter = source.dialect.delimiter
        self.width = len(source.header)
        self.places = [source.header.index(name) for name in plan.columns]
        mark = self.delimiter.encode()
        self.others = bytes({*range(256)} - {*mark, ord("\n")})
        self.pattern = mark * (self.width - 1) + b"\n"  # all else taken out, what a row must be
        read = {*self.places}
        self.schema = {
            str(place): pl.Float64 if place in read else pl.String for place in range(self.width)
        }

    def prepare(self, block: Block) -> list[Part]:
        """The parts of a block, computed as far as columns go."""
        data = block.data
        if self.source.newline == "\r\n":
            data = data.replace(b"\r\n", b"\n")
        if block.records is not None or b"\r" in data or UNIT.encode() in data:
            return [Part(block)]
        data += b"" if data.endswith(b"\n") else b"\n"
        marks = data.translate(None, self.others)  # Polars lets uneven rows pass
        rows = len(marks) // self.width
        if marks != self.pattern * rows:
            return [Part(block)]
        try:
            numbers = self.numbers(data)
        except (pl.exceptions.PolarsError, ValueError):
            return [Part(block)]
        if numbers.height != rows:
            return [Part(block)]
        bad = numbers.select(pl.any_horizontal(pl.all().is_null()).arg_true()).to_series()
        if not len(bad):
            return [self.computed(block, data, numbers, rows)]
        if len(bad) > FEW:
            return [Part(block)]
        return [part for piece, good in cut(block, bad.to_list()) for part in (
            self.prepare(piece) if good else [Part(piece)]
        )]  # fmt: skip

    def numbers(self, data: bytes) -> pl.DataFrame:
        """The columns that are inputs, null where a cell is bad. Raises PolarsError."""
        return pl.read_csv(
            io.BytesIO(data), has_header=False, separator=self.delimiter, quote_char=None,
            columns=sorted(self.places), schema=self.schema, ignore_errors=True,
        )  # fmt: skip

    def computed(self, block: Block, data: bytes, numbers: pl.DataFrame, rows: int) -> Part:
        columns = dict(zip(sorted(self.places), numbers.iter_columns(), strict=True))
        found = self.kernel([columns[place].to_numpy() for place in self.places])
        bad = np.zeros(rows, bool)
        for column in found:
            bad |= ~np.isfinite(column)
        texts = {f"r{i}": written(column) for i, column in enumerate(found)}
        if not self.sink.alone:
            texts = {LINE: lines(data), **texts}
        if self.sink.errors:
            texts["e"] = pl.repeat(None, rows, dtype=pl.String, eager=True)
        out = io.BytesIO()
        pl.DataFrame(texts).write_csv(
            out, include_header=False, separator=self.delimiter, quote_style="never",
            line_terminator=self.sink.newline,
        )  # fmt: skip
        return Part(block, out.getbuffer(), rows, np.flatnonzero(bad) if bad.any() else ())

    def finish(self, parts: Iterable[Part]) -> Answer:
        """The text of a block's parts, those left over by the row engine."""
        texts: list[Any] = []
        error: DataError | None = None
        for part in parts:
            if part.data is None:
                data, error = self.rows.answer(part.block)
                texts.append(data)
                if error is not None:
                    break
                continue
            texts.append(part.data)
            for row in part.nonfinite:
                where = f"row {self.tally.rows + row + 1} (line {self.tally.lines + row + 1})"
                self.tally.note_nonfinite(where)
            self.tally.rows += part.rows
            self.tally.lines += part.rows
        return Answer(texts[0] if len(texts) == 1 else b"".join(texts), error)


def lines(data: bytes) -> pl.Series:
    """The lines of a text, as they are."""
    frame = pl.read_csv(
        io.BytesIO(data), has_header=False, separator=UNIT, quote_char=None, infer_schema=False,
        new_columns=[LINE], empty_string_is_null=False,
    )  # fmt: skip
    return frame.to_series()


def written(column: Any) -> pl.Series:
    """Floats for a text: where Polars would not write what `repr` does, that."""
    size = np.abs(column)
    rare = np.flatnonzero(((size < 1e-4) & (size > 0)) | (size != size))
    series = pl.Series(column)
    if not len(rare):
        return series
    return series.cast(pl.String).scatter(rare, list(map(repr, column[rare].tolist())))


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
