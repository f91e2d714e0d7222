"""A run from texts to texts."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from micrograd_cli.files.output import open_output
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.engine import Answer
from micrograd_cli.rows.text.table import TextTable, TextTables, Work
from micrograd_cli.terminal.progress import progress

Answered = tuple[TextTable | None, Answer]  # without a table: why the next one cannot be read


def run_text(
    request: MapRequest,
    sources: Sequence[Source],
    size: int | None,
    reading: Dialect,
    writing: Dialect,
) -> RunCounts:
    """Answer block by block. Raises MgradError; the rows before a bad one have been written.

    `size` is that of all tables in bytes, None where it is not known.
    """
    tables = TextTables(request, reading, writing, size)
    if request.preview:
        from micrograd_cli.rows.text.preview import preview

        return preview(tables, sources)
    # closed here: the collector might end its threads from within one of them
    with closing(answer_all(tables.work(sources))) as answers:
        return write_tables(answers, request, sources, size)


def write_tables(
    answers: Iterator[Answered], request: MapRequest, sources: Sequence[Source], size: int | None
) -> RunCounts:
    """Write what the tables give. Raises MgradError."""
    total = RunCounts(sources[0].name if len(sources) == 1 else "")
    whole = None if request.folder else request.output
    done = 0
    with progress("rows", size=size, results_last=request.output is not None) as tell:
        table, answer = first = next(answers)
        if table is None and answer.error is not None:  # before the output is opened
            raise answer.error
        grouped = groupby(chain([first], answers), key=itemgetter(0))
        with nullcontext() if request.folder else open_output(whole) as one:
            for index, (table, mine) in enumerate(grouped):
                if table is None:
                    raise next(mine)[1].error or AssertionError
                with nullcontext(one) if one else open_output(table.source.target) as out:
                    if one is None or index == 0:
                        write_head(table, out)
                    for rows in write_answers(table, mine, out):
                        tell(rows, done + table.reader.file.position)
                done += table.reader.file.size or 0
                total.add(table.counts)
    return total


def write_head(table: TextTable, out: Any) -> None:
    if table.writer.head is not None:
        out.write((table.writer.head + table.writer.newline).encode())
        out.flush()


def write_answers(table: TextTable, answers: Iterator[Answered], out: Any) -> Iterator[int]:
    """Write the answers for a table, telling after each how many rows it has. Raises MgradError."""
    before = 0
    for _, answer in answers:
        for piece in answer.pieces:
            out.write(piece)
        out.flush()
        yield table.counts.rows - before
        before = table.counts.rows
        if answer.error is not None:
            raise answer.error


def answer_all(work: Iterator[Work]) -> Generator[Answered, None, None]:
    """The text of one block after the other, with its table."""
    for each in work:
        if each.by_columns:
            from micrograd_cli.rows.columns.engine import answer_by_columns

            yield from answer_by_columns(chain([each], work))
            return
        yield each.table, each.by_rows()
