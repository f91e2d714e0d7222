"""`--head` and `--dry-run`: the first rows as a table, and what would be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.text.engine import RowEngine, Tally
from micrograd_cli.rows.text.records import Block, Source, encoded
from micrograd_cli.rows.text.writers import Sink, cell_text
from micrograd_cli.terminal.console import cell, console
from micrograd_cli.terminal.grid import Heading, grid, numeric

WIDE = 12  # columns; of a wider table only those that are read are shown
ROWS = 3  # that a dry run shows


class PreviewSink(Sink):
    """Keeps the rows instead of writing them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.rows: list[list[str]] = []

    def line(self, record: str, results: Sequence[float]) -> str:
        self.rows.append([*map(cell_text, self.source.cells(record)), *map(repr, results),
                          *[""] * self.errors])  # fmt: skip
        return ""

    def failed(self, record: str, message: str) -> str:
        cells = [record, *[""] * (len(self.source.header) + len(self.names) - 1), message]
        self.rows.append(cells)
        return ""


def head(sink: PreviewSink, plan: Plan, on_error: str, tally: Tally, count: int,
         color: str) -> None:  # fmt: skip
    """Show the first rows as a table. Raises DataError for a bad one under `stop`."""
    engine = RowEngine(sink.source, sink, plan, on_error, tally)
    error = None
    for block in few(sink.source, count):
        error = engine.answer(block).error
        if error is not None or len(sink.rows) >= count:
            break
    del sink.rows[count:]
    show(sink, plan, color)
    if error is not None:
        raise error


def few(source: Source, count: int) -> Iterator[Block]:
    """The records, no more at a time than are wanted."""
    for block in source.blocks():
        records = source.records(block)
        for start in range(0, len(records), count):
            part = records[start : start + count]
            yield Block(encoded("".join(f"{record}\n" for record in part)), part)


def show(sink: PreviewSink, plan: Plan, color: str) -> None:
    header = sink.source.header
    shown = range(len(header)) if len(header) <= WIDE else sorted(map(header.index, plan.columns))
    shown = [] if sink.alone else [*shown]
    results = [*plan.names, *["error"] * sink.errors]
    headings = []
    for index in shown:
        read = header[index] in plan.columns
        headings.append(Heading(header[index], numbers=read, style="bold cyan" if read else ""))
    table = grid([*headings, *numeric(*results)])
    for row in sink.rows:
        table.add_row(*[cell(row[i]) for i in shown], *map(cell, row[len(header) :]))
    console(color).print(table)


def describe(table: str, plan: Plan, output: str, engine: str) -> None:
    """Print what would be done, a word and its text on each line."""
    lines = [
        ("table", table),
        *[(f"input {name}", origin) for name, origin in plan.origins.items()],
        ("results", ", ".join(plan.names)),
        ("output", output),
        ("engine", engine),
    ]
    width = max(len(word) for word, _ in lines)
    for word, text in lines:
        print(f"{word:<{width}}  {text}")
