"""The row engine: one record after the other, with the standard library alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

from micrograd_cli.errors import DataError
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.text.records import Block, Source, encoded
from micrograd_cli.rows.text.writers import Sink


class Tally:
    """What a run has seen. Rows count from 1, lines as an editor counts them."""

    def __init__(self, table: str, lines: int = 0) -> None:
        self.table = table
        self.rows = 0
        self.lines = lines
        self.skipped = 0
        self.nonfinite = 0
        self.first_nonfinite = ""

    def note_nonfinite(self, where: str) -> None:
        self.nonfinite += 1
        self.first_nonfinite = self.first_nonfinite or where


class Answer(NamedTuple):
    """What a block gives: pieces of bytes to write, and the error that ends the run."""

    pieces: Sequence[Any]
    error: DataError | None = None


class RowEngine:
    """Computes a block row by row, with the policy for bad rows: `stop`, `skip` or `record`."""

    def __init__(self, source: Source, sink: Sink, plan: Plan, on_error: str, tally: Tally) -> None:
        self.source = source
        self.sink = sink
        self.row = plan.function.row
        self.on_error = on_error
        self.tally = tally
        self.fast = source.fast(plan.columns)
        self.careful = source.careful(plan.columns)

    def answer(self, block: Block) -> Answer:
        """The rows of a block, in order."""
        source, row, line, tally = self.source, self.row, self.sink.line, self.tally
        records = source.records(block)
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
            tally.rows += 1
            if not isfinite(sum(results)) and not all(map(isfinite, results)):
                tally.note_nonfinite(self.place(records, index))
        tally.lines += block.data.count(b"\n")
        newline = self.sink.newline
        return Answer([encoded(newline.join(lines) + newline)] if lines else [], error)

    def retry(self, records: list[str], index: int, lines: list[str]) -> DataError | None:
        """A row that the fast functions cannot read: its line, or what the policy makes of it."""
        record = records[index]
        self.tally.rows += 1
        try:
            results = self.row(*self.careful(record))
            lines.append(self.sink.line(record, results))
            if not all(map(isfinite, results)):
                self.tally.note_nonfinite(self.place(records, index))
        except ValueError as error:
            if self.on_error == "stop":
                place = self.place(records, index)
                return DataError(f"{self.tally.table}: {place}, {error}")
            self.tally.skipped += 1
            if self.on_error == "record":
                lines.append(self.sink.failed(record, str(error)))
        return None

    def place(self, records: list[str], index: int) -> str:
        before = sum(1 + record.count("\n") for record in records[:index])
        return f"row {self.tally.rows} (line {self.tally.lines + before + 1})"
