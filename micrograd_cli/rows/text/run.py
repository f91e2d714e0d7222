"""A run from text to text."""

from __future__ import annotations

from micrograd_cli.files.blocks import Input
from micrograd_cli.files.output import open_output
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.plan import make_plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.engine import RowEngine
from micrograd_cli.rows.text.engines import answer_blocks
from micrograd_cli.rows.text.records import RecordReader
from micrograd_cli.terminal.progress import progress


def run_text(request: MapRequest, reading: Dialect, writing: Dialect) -> RunCounts:
    """Answer block by block. Raises MgradError; the rows before a bad one have been written."""
    reader: RecordReader = load(reading.format.reader)(Input(request.table), reading)
    if writing is reading:  # whose delimiter may have been guessed
        writing = reader.dialect
    file = reader.file
    plan = make_plan(request, reader.header, file.name, not reading.delimiter)
    counts = RunCounts(file.name, reader.lines)
    if request.preview:
        from micrograd_cli.rows.text.preview import preview

        preview(request, reader, writing, plan, counts)
        return counts
    writer = load(writing.format.writer)(reader, writing, plan.results, request)
    rows = RowEngine(reader, writer, plan, request.on_error, counts)
    with (
        open_output(request.output) as out,
        progress("rows", size=file.size, results_last=request.output is not None) as tell,
    ):
        if writer.head is not None:
            out.write((writer.head + writer.newline).encode())
            out.flush()
        before = 0
        for answer in answer_blocks(request.engine, plan, rows):
            for piece in answer.pieces:
                out.write(piece)
            out.flush()
            tell(counts.rows - before, file.position)
            before = counts.rows
            if answer.error is not None:
                raise answer.error
    return counts
