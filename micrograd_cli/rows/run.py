"""A run over a table, from its first byte to the last warning."""

from __future__ import annotations

from micrograd_cli.rows.counts import report
from micrograd_cli.rows.dialect import dialects
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.run import run_text


def run_map(request: MapRequest) -> None:
    """Run `mgrad map`. Raises MgradError; the rows before a bad one have been written."""
    reading, writing = dialects(request)
    if reading.format.binary or (writing.format.binary and not request.preview):
        from micrograd_cli.rows.frames.run import run_frames

        counts = run_frames(request, reading, writing)
    else:
        counts = run_text(request, reading, writing)
    report(counts, request)
