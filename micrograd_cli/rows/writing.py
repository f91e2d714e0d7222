"""Tables to their outputs, as texts or as frames."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.run import run_text


def write_tables(
    request: MapRequest,
    sources: Sequence[Source],
    size: int | None,
    reading: Dialect,
    writing: Dialect,
) -> RunCounts:
    """Write the rows of tables with their results. Raises MgradError.

    `size` is that of all tables of the run in bytes, None where it is not known.
    """
    if request.reduce is not None:
        from micrograd_cli.rows.reduction import run_reduced

        return run_reduced(request, sources, reading, writing)
    if reading.format.binary or (writing.format.binary and not request.preview):
        from micrograd_cli.rows.frames.run import run_frames

        return run_frames(request, sources, size, reading, writing)
    return run_text(request, sources, size, reading, writing)
