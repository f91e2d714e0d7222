"""Which engine computes which part of a text: row by row, or in blocks of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import chain

from micrograd_cli.errors import UsageError
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.text.engine import Answer, RowEngine
from micrograd_cli.rows.text.records import Block, Source
from micrograd_cli.rows.text.writers import Sink

WIDEST = 256  # columns; of more, a row is sooner split than a block of them read
LARGE = 1 << 22  # bytes: a table for which it pays to import NumPy and Polars
COLUMN_BLOCK = 1 << 22  # bytes that the column engine takes at a time


def chosen(wish: str, table: Source, sink: Sink, columns: Sequence[str] = ()) -> str:
    """`rows`, `columns`, or `both`: of a pipe the first LARGE bytes by rows. Raises UsageError."""
    known = table.dialect.format != "jsonl" or sink.dialect.format == "jsonl"
    lists = not frozenset(table.header).issuperset(columns) and len(table.header) > 0
    fits = known and len(table.header) <= WIDEST and not lists
    installed = find_spec("numpy") is not None and find_spec("polars") is not None
    if wish == "columns" and not installed:
        raise UsageError("--engine columns needs NumPy and Polars",
                         hint="pip install 'mgrad[batch]'")  # fmt: skip
    if not fits or wish == "rows" or not installed:
        return "rows"
    if wish == "columns" or (table.file.size or 0) >= LARGE:
        return "columns"
    return "both" if table.file.size is None or table.file.packed else "rows"


def answers(wish: str, table: Source, sink: Sink, plan: Plan, rows: RowEngine) -> Iterator[Answer]:
    """The text of one block after the other."""
    engine = chosen(wish, table, sink, plan.columns)
    blocks = table.blocks()
    if engine == "rows":
        yield from map(rows.answer, blocks)
        return
    if engine == "both":
        rest: list[Block] = []
        yield from map(rows.answer, until(blocks, LARGE, rest))
        blocks = chain(rest, blocks)
    first = next(blocks, None)
    if first is None:
        return
    from micrograd_cli.rows.columns.engine import ColumnEngine
    from micrograd_cli.tape.threads import in_order

    table.file.block = COLUMN_BLOCK
    columns = ColumnEngine(table, sink, plan, rows)
    found = in_order(columns.prepare, chain([first], blocks), is_small)
    yield from map(columns.finish, found)


def is_small(block: Block) -> bool:
    """Whether a block is all that has come, so that its answer is wanted at once."""
    return len(block.data) < COLUMN_BLOCK // 2


def until(blocks: Iterator[Block], limit: int, rest: list[Block]) -> Iterator[Block]:
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
