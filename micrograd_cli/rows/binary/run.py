"""A run in which the table or the output is a Parquet or Arrow file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.binary.frames import Frame, FrameEngine, scanned, text_frames, write
from micrograd_cli.rows.formats import BINARY, Dialect
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.run import bind
from micrograd_cli.rows.text.engine import Tally
from micrograd_cli.rows.text.records import source
from micrograd_cli.terminal.progress import progress

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
    tally = Tally(name)
    engine = FrameEngine(bound, tally, request.on_error, request.only_results, file is not None)
    if request.dry_run or request.head is not None:
        what = f"{name}: {reading.format}, {len(header):,} columns"
        preview(request, what, bound, engine, frames, writing)
        return tally
    size = file.size if file else None
    with progress("rows", size=size, results_last=request.output is not None) as tell:
        found = told(map(engine.answer, frames), lambda n: tell(n, file.position if file else 0))
        write(found, writing, request.output, request.nonfinite == "string")
    return tally


def told(
    answers: Iterable[tuple[pl.DataFrame, DataError | None]], tell: Callable[[int], None]
) -> Iterator[tuple[pl.DataFrame, DataError | None]]:
    for answer in answers:
        yield answer
        tell(answer[0].height)


def preview(request: Request, what: str, bound: Plan, engine: FrameEngine,
            frames: Iterator[Frame], writing: Dialect) -> None:  # fmt: skip
    """`--dry-run` and `--head` of a binary file. Raises DataError for a bad row under `stop`."""
    from micrograd_cli.rows.preview import ROWS, describe

    if request.dry_run:
        describe(what, bound, f"{request.output or 'standard output'}: {writing.format}", "columns")
    nothing = next(frames)
    first = next(frames, nothing).rows.head(request.head or ROWS)
    shown, error = engine.answer(Frame(first, {}))
    show(shown, request.color)
    if error is not None:
        raise error


def show(frame: pl.DataFrame, color: str) -> None:
    from micrograd_cli.terminal.console import cell, console
    from micrograd_cli.terminal.grid import grid

    table = grid(frame.columns)
    for row in frame.iter_rows():
        table.add_row(*[cell("" if x is None else str(x)) for x in row])
    console(color).print(table)
