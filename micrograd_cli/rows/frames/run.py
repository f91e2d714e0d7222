"""A run in which the tables or the output are binary files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import polars as pl

from micrograd_cli.errors import UsageError, counted
from micrograd_cli.rows.columns.interrupts import hear_interrupts
from micrograd_cli.rows.columns.memory import keep_memory
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.frames.batches import Batch, FrameTable, scan_file, text_table
from micrograd_cli.rows.frames.engine import FrameEngine
from micrograd_cli.rows.frames.output import write_file, write_text
from micrograd_cli.rows.frames.partitions import added_series
from micrograd_cli.rows.frames.types import check_inputs
from micrograd_cli.rows.inputs import open_input
from micrograd_cli.rows.plan import Plan, check_alike, make_plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.terminal.progress import progress

Tell = Callable[[int, int], None]


def run_frames(
    request: MapRequest,
    sources: Sequence[Source],
    size: int | None,
    reading: Dialect,
    writing: Dialect,
) -> RunCounts:
    """Answer batch by batch. Raises MgradError. `size` is that of all tables in bytes."""
    if request.engine == "rows":
        raise UsageError("Parquet and Arrow files are for --engine columns")
    hear_interrupts()
    keep_memory()
    run = FrameRun(request, sources, reading, writing)
    if request.preview:
        preview(run, sources)
        return run.total
    known = size if len(sources) > 1 or not reading.format.binary else None
    with progress("rows", size=known, results_last=request.output is not None) as tell:
        run.tell = tell
        if not request.folder:
            run.write(run.answers(sources), request.output)
            return run.total
        for source in sources:
            run.write(run.answers([source]), source.target)
    return run.total


class FrameRun:
    """Opens table after table and answers it; `total` are the counts of those that are done."""

    def __init__(
        self, request: MapRequest, sources: Sequence[Source], reading: Dialect, writing: Dialect
    ) -> None:
        self.request = request
        self.reading = reading
        self.writing = writing
        self.added = added_series(request, sources)
        self.total = RunCounts(sources[0].name if len(sources) == 1 else "")
        self.tell: Tell = lambda rows, position: None
        self.before: Plan | None = None

    def open(self, source: Source) -> tuple[FrameTable, FrameEngine]:
        """A table and what computes it. Raises MgradError."""
        format_ = self.reading.format
        if format_.binary:
            table = scan_file(source.path, self.reading, source.rows)
        else:
            table = text_table(
                load(format_.reader)(open_input(source.path, self.reading), self.reading)
            )
        plan = make_plan(self.request, list(table.schema), table.name, source, self.before, True)
        check_inputs(table.name, table.schema, plan.columns)
        self.before = plan
        added = [self.added(name, text) for name, text in plan.added.items()]
        texts = table.reader is not None
        counts = RunCounts(table.name, before=source.before)
        return table, FrameEngine(plan, self.request, counts, self.reading, texts, added)

    def answers(self, sources: Sequence[Source]) -> Iterator[pl.DataFrame]:
        """The frames of these tables, one after the other, the first one empty.

        Raises DataError for a table of other columns than the first.
        """
        first: tuple[str, pl.DataFrame] | None = None
        done = 0
        for source in sources:
            table, engine = self.open(source)
            empty, _ = engine.answer(table.no_rows)
            if first is None:
                first = (table.name, empty)
                yield empty
            self.require_alike(first, table.name, empty)
            file = None if table.reader is None else table.reader.file
            for frame in engine.answers(table.batches):
                yield frame
                self.tell(frame.height, done + (file.position if file else 0))
            done += source.size
            self.tell(0, done)
            self.total.add(engine.counts)

    def require_alike(
        self, first: tuple[str, pl.DataFrame], name: str, frame: pl.DataFrame
    ) -> None:
        """Raises DataError for a table whose rows cannot follow those of the first one."""
        before, schema = first[0], first[1].schema
        check_alike(schema.names(), before, frame.columns, name)
        if self.writing.format.binary:
            one, two = ([f"{n}: {t}" for n, t in s.items()] for s in (schema, frame.schema))
            check_alike(one, before, two, name)

    def write(self, frames: Iterator[pl.DataFrame], path: str | None) -> None:
        if self.writing.format.binary:
            write_file(frames, self.writing, path)
        else:
            write_text(frames, self.writing, path, self.request.nonfinite == "string")


def preview(run: FrameRun, sources: Sequence[Source]) -> None:
    """`--dry-run` and `--head` of binary files. Raises DataError for a bad row under `stop`."""
    from micrograd_cli.rows.preview import ROWS, describe, draw
    from micrograd_cli.terminal.grid import Heading

    request = run.request
    wanted = request.head or ROWS
    first = table, engine = run.open(sources[0])
    if request.dry_run:
        which = f"{len(sources)} tables, the first " if len(sources) > 1 else ""
        columns = counted(len(table.schema), "column")
        what = f"{which}{table.name}: {run.reading.format.name}, {columns}"
        describe(what, engine.plan, request, run.writing.format.name, "columns")
    rows: list[tuple[object, ...]] = []
    error = None
    for opened, computing in chain([first], map(run.open, sources[1:])):
        few = next(opened.batches, opened.no_rows).frame.head(wanted - len(rows))
        shown, error = computing.answer(Batch(few, few.height, {}))
        run.total.add(computing.counts)
        rows += shown.rows()
        if error is not None or len(rows) >= wanted:
            break
    texts = [[cell if isinstance(cell, float) else "" if cell is None else str(cell)
              for cell in row] for row in rows]  # fmt: skip
    headings = [Heading(name, numbers=kind.is_numeric()) for name, kind in shown.schema.items()]
    draw(headings, texts, request.color)
    if error is not None:
        raise error
