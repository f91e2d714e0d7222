"""The row engine: one record after the other, with the standard library alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

from micrograd_cli.errors import DataError, MgradError
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.text.cells import encode
from micrograd_cli.rows.text.records import Block, RecordReader
from micrograd_cli.rows.text.writer import RecordWriter


class Answer(NamedTuple):
    """What a block gives: pieces of bytes to write, and the error that ends the run."""

    pieces: Sequence[Any]
    error: MgradError | None = None


class RowEngine:
    """Computes a block row by row, with the policy for bad rows: `stop`, `skip` or `record`."""

    def __init__(
        self,
        reader: RecordReader,
        writer: RecordWriter,
        plan: Plan,
        on_error: str,
        counts: RunCounts,
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.row = plan.row
        self.on_error = on_error
        self.counts = counts
        self.fast = reader.fast(plan.columns)
        self.careful = reader.careful(plan.columns)

    def answer(self, block: Block) -> Answer:
        """The rows of a block, in order."""
        reader, row, line, counts = self.reader, self.row, self.writer.line, self.counts
        records = reader.records(block)
        plain = block.data.isascii() and b"_" not in block.data
        numbers = self.fast if plain else self.careful
        lines: list[str] = []
        error: DataError | None = None
        for index, record in enumerate(records):
            try:
                results = row(*numbers(record))
                lines.append(line(record, results))
            except ValueError:
                if record.strip():
                    error = self.retry(records, index, lines)
                    if error is not None:
                        break
                continue
            counts.rows += 1
            if not isfinite(sum(results)) and not all(map(isfinite, results)):
                counts.add_nonfinite(self.place(records, index))
        counts.lines += block.data.count(b"\n")
        newline = self.writer.newline
        return Answer([encode(newline.join(lines) + newline)] if lines else [], error)

    def retry(self, records: list[str], index: int, lines: list[str]) -> DataError | None:
        """A row that the fast functions cannot read: its line, or what the policy makes of it."""
        record = records[index]
        self.counts.rows += 1
        try:
            results = self.row(*self.careful(record))
            lines.append(self.writer.line(record, results))
            if not all(map(isfinite, results)):
                self.counts.add_nonfinite(self.place(records, index))
        except ValueError as error:
            if self.on_error == "stop":
                place = self.place(records, index)
                return DataError(f"{self.counts.table}: {place}, {error}")
            self.counts.bad += 1
            if self.on_error == "record":
                lines.append(self.writer.error_line(record, str(error)))
        return None

    def place(self, records: list[str], index: int) -> str:
        """Where a record is: the number of the row that is being answered, and of its line."""
        before = sum(1 + record.count("\n") for record in records[:index])
        return f"row {self.counts.rows} (line {self.counts.lines + before + 1})"
