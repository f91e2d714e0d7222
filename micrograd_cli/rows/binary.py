"""A run in which the table or the output is a Parquet or Arrow file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.rows.dialect import BINARY, Dialect
from micrograd_cli.rows.frames import FrameEngine, scanned, text_frames, write
from micrograd_cli.rows.progress import Progress
from micrograd_cli.rows.run import bind
from micrograd_cli.rows.scalar import Tally
from micrograd_cli.rows.source import source
from micrograd_cli.rows.streams import Input

if TYPE_CHECKING:
    import polars as pl

    from micrograd_cli.rows.run import Request


def run_binary(request: Request, reading: Dialect, writing: Dialect) -> Tally:
    """Frame by frame. Raises MgradError."""
    if request.engine == "rows":
        raise UsageError("Parquet and Arrow files are for --engine columns")
    file = None
    if reading.format in BINARY:
        name = request.table
        header, frames = scanned(request.table, reading.format)
    else:
        file = Input(request.table)
        table = source(file, reading)
        name, header, frames = file.name, table.header, text_frames(table)
    bound = bind(request, header, reading, name)
    if request.dry_run:
        raise UsageError("--dry-run is for text formats", hint="--head shows the first rows")
    tally = Tally(name)
    engine = FrameEngine(bound, tally, request.on_error, request.only_results, file is not None)
    if request.head is not None:
        shown, error = engine.answer(next(iter(frames)).head(request.head))
        show(shown, request.color)
        if error is not None:
            raise error
        return tally
    progress = Progress(file, tally, request.output)
    write(told(map(engine.answer, frames), progress), writing, request.output,
          request.nonfinite == "string")  # fmt: skip
    progress.end()
    return tally


def told(
    answers: Iterable[tuple[pl.DataFrame, DataError | None]], progress: Progress
) -> Iterator[tuple[pl.DataFrame, DataError | None]]:
    for answer in answers:
        yield answer
        progress.tell()


def show(frame: pl.DataFrame, color: str) -> None:
    from rich.table import Table

    from micrograd_cli.render.terminal import cell, console

    table = Table(header_style="bold")
    for name in frame.columns:
        table.add_column(cell(name), overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*[cell("" if x is None else str(x)) for x in row])
    console(color).print(table)
