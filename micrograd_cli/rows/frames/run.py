"""A run in which the table or the output is a binary file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import polars as pl

from micrograd_cli.errors import UsageError, counted
from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.columns.interrupts import hear_interrupts
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.frames.batches import Batch, FrameTable, scan_file, text_table
from micrograd_cli.rows.frames.engine import FrameEngine
from micrograd_cli.rows.frames.output import write_file, write_text
from micrograd_cli.rows.frames.types import check_inputs
from micrograd_cli.rows.plan import Plan, make_plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.terminal.progress import progress


def run_frames(request: MapRequest, reading: Dialect, writing: Dialect) -> RunCounts:
    """Answer batch by batch. Raises MgradError."""
    if request.engine == "rows":
        raise UsageError("Parquet and Arrow files are for --engine columns")
    hear_interrupts()
    table = open_table(request, reading)
    plan = make_plan(request, list(table.schema), table.name, lists=True)
    check_inputs(table.name, table.schema, plan.columns)
    counts = RunCounts(table.name)
    engine = FrameEngine(plan, request, counts, reading, texts=table.reader is not None)
    if request.preview:
        preview(request, reading, writing, table, plan, engine)
        return counts
    file = None if table.reader is None else table.reader.file
    size = None if file is None else file.size
    with progress("rows", size=size, results_last=request.output is not None) as tell:
        frames = engine.answers(chain([table.no_rows], table.batches))
        frames = count_rows(frames, lambda rows: tell(rows, file.position if file else 0))
        if writing.format.binary:
            write_file(frames, writing, request.output)
        else:
            write_text(frames, writing, request.output, request.nonfinite == "string")
    return counts


def open_table(request: MapRequest, reading: Dialect) -> FrameTable:
    """The table, from a binary file or a text. Raises MgradError."""
    if reading.format.binary:
        return scan_file(request.table, reading.format)
    return text_table(load(reading.format.reader)(Input(request.table), reading))


def count_rows(
    frames: Iterable[pl.DataFrame], tell: Callable[[int], None]
) -> Iterator[pl.DataFrame]:
    """The frames; reports the number of rows of each once it is written."""
    for frame in frames:
        yield frame
        tell(frame.height)


def preview(
    request: MapRequest,
    reading: Dialect,
    writing: Dialect,
    table: FrameTable,
    plan: Plan,
    engine: FrameEngine,
) -> None:
    """`--dry-run` and `--head` of a binary file. Raises DataError for a bad row under `stop`."""
    from micrograd_cli.rows.preview import ROWS, describe, draw
    from micrograd_cli.terminal.grid import Heading

    if request.dry_run:
        what = f"{table.name}: {reading.format.name}, {counted(len(table.schema), 'column')}"
        describe(what, plan, request, writing.format.name, "columns")
    first = next(table.batches, table.no_rows).frame.head(request.head or ROWS)
    shown, error = engine.answer(Batch(first, first.height, {}))
    rows = [["" if cell is None else str(cell) for cell in row] for row in shown.iter_rows()]
    draw([Heading(name) for name in shown.columns], rows, request.color)
    if error is not None:
        raise error
