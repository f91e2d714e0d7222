"""Which engine computes which part of a text: row by row, or in blocks of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.rows.formats import extra_is_installed
from micrograd_cli.rows.text.records import Block, RecordReader
from micrograd_cli.rows.text.writer import RecordWriter

WIDEST = 256  # columns; of more, a row is sooner split than a block of them read
LARGE = 1 << 22  # bytes: tables for which it pays to import NumPy and Polars
FEW = 20  # nodes of a program; of more, smaller tables are worth it


def large_for(program: Program) -> int:
    """The bytes of a table from which on NumPy and Polars are worth their import."""
    return LARGE * FEW // max(FEW, len(program.nodes))


def choose_engine(
    wish: str,
    reader: RecordReader,
    writer: RecordWriter,
    columns: Sequence[str],
    size: int | None,
    large: int = LARGE,
) -> str:
    """`rows`, `columns`, or `both`: of a pipe the first `large` bytes by rows. Raises UsageError.

    `columns` are those that bind inputs; `size` is that of all tables of the run, None where it is
    not known.
    """
    installed = extra_is_installed()
    if wish == "columns" and not installed:
        raise UsageError("--engine columns needs NumPy and Polars",
                         hint="pip install 'mgrad[batch]'")  # fmt: skip
    objects_to_cells = writer.dialect.delimiter and not reader.dialect.delimiter
    lists = len(reader.header) > 0 and not frozenset(reader.header).issuperset(columns)
    narrow = len(reader.header) <= WIDEST
    fits = not objects_to_cells and not lists and narrow and reader.dialect.plain
    if not fits or wish == "rows" or not installed:
        return "rows"
    if wish == "columns" or (size or 0) >= large:
        return "columns"
    return "both" if reader.file.size is None or reader.file.packed else "rows"


def blocks_by_engine(
    wish: str,
    reader: RecordReader,
    writer: RecordWriter,
    columns: Sequence[str],
    size: int | None,
    large: int = LARGE,
) -> Iterator[tuple[Block, bool]]:
    """The blocks of a text, each with whether it is for the engine of columns."""
    engine = choose_engine(wish, reader, writer, columns, size, large)
    blocks = reader.blocks
    if engine == "both":
        rest: list[Block] = []
        yield from ((block, False) for block in take_bytes(blocks, large, rest))
        blocks = chain(rest, blocks)
    yield from ((block, engine != "rows") for block in blocks)


def take_bytes(blocks: Iterator[Block], limit: int, rest: list[Block]) -> Iterator[Block]:
    """The blocks up to a line after `limit` bytes, whatever their sizes; `rest` gets what is left.

    The same bytes so go through the same engine, however the pipe cuts them.
    """
    done = 0
    for block in blocks:
        end = block.data.find(b"\n", max(0, limit - done)) + 1 if block.records is None else 0
        if done + len(block.data) >= limit and end:
            yield Block(block.data[:end])
            if block.data[end:]:
                rest.append(Block(block.data[end:]))
            return
        yield block
        done += len(block.data)
        if done >= limit:
            return
