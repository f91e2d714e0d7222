"""A run over a table, from its first byte to the last warning."""

from __future__ import annotations

from micrograd_cli.rows.counts import RunCounts, report
from micrograd_cli.rows.dialect import dialects
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.run import run_text


def run_map(request: MapRequest) -> None:
    """Run `mgrad map`. Raises MgradError; the rows before a bad one have been written."""
    report(write_rows(request), request)


def write_rows(request: MapRequest) -> RunCounts:
    """Write the rows with their results. Raises MgradError."""
    reading, writing = dialects(request)
    if reading.format.binary or (writing.format.binary and not request.preview):
        from micrograd_cli.rows.frames.run import run_frames

        return run_frames(request, reading, writing)
    return run_text(request, reading, writing)
