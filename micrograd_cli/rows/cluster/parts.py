"""A large table as several tasks: ranges of its rows, whose outputs are joined in their order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from shutil import copyfileobj, rmtree
from typing import TYPE_CHECKING

from micrograd_cli.errors import MgradError
from micrograd_cli.files.output import open_output
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import FORMATS
from micrograd_cli.rows.sources import Source

if TYPE_CHECKING:
    import polars as pl

ROWS = 1 << 20  # of a part: whole batches, and what writers take for a row group or a few of them


def parts_of(source: Source, reading: Dialect) -> list[Source]:
    """The parts of a binary table, each with the path of its output; none of a small one."""
    if not reading.format.binary:
        return []
    from micrograd_cli.rows.frames.batches import count_rows

    try:
        count = count_rows(source.path, reading)
    except MgradError:  # which the task tells
        return []
    starts = range(0, count, ROWS) if count > ROWS else ()
    folder = folder_of(source)
    return [
        source._replace(target=os.path.join(folder, str(start)), rows=(start, ROWS))
        for start in starts
    ]


def folder_of(source: Source) -> str:
    """Where the outputs of its parts are until they are joined."""
    return f"{source.target}.{os.getpid()}.part"


def remove_parts(source: Source) -> None:
    """Remove the outputs of a table's parts.

    The folder is renamed first, where a task that still runs would put another one into it.
    """
    folder = folder_of(source)
    with suppress(OSError):
        os.rename(folder, f"{folder}.old")
    rmtree(f"{folder}.old", ignore_errors=True)


def format_of_parts(writing: Dialect) -> str:
    """How the output of a part is written: a binary one as batches that are quickly read."""
    return "arrow" if writing.format.binary else writing.format.name


def join(
    source: Source, parts: Sequence[Source], counts: Sequence[RunCounts], writing: Dialect
) -> RunCounts:
    """Write a table's output of those of its parts. Raises DataError."""
    if writing.format.binary:
        from micrograd_cli.rows.frames.output import write_file

        write_file(frames_of(parts), writing, source.target)
    else:
        with open_output(source.target) as out:
            for part in parts:
                with open(part.target, "rb") as file:
                    copyfileobj(file, out)
    total = RunCounts(source.name)
    for each in counts:
        total.add(each)
    return total


def frames_of(parts: Sequence[Source]) -> Iterator[pl.DataFrame]:
    """The frames of the parts' outputs, the first one empty. Raises DataError."""
    from micrograd_cli.rows.frames.batches import scan_file

    tables = [scan_file(part.target, Dialect(FORMATS["arrow"])) for part in parts]
    yield tables[0].no_rows.frame
    yield from (batch.frame for batch in chain.from_iterable(each.batches for each in tables))
