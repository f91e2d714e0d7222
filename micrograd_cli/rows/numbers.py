"""Columns of tables as arrays of numbers, block by block, whatever their format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np

from micrograd_cli.errors import DataError, UsageError, suggestion
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.number_block import NumberBlock
from micrograd_cli.rows.plan import partition_number
from micrograd_cli.rows.sources import Source, total_size


class NumberTable:
    """Tables whose columns are read as numbers, one after the other. Raises DataError.

    `header` has the names of all columns of the first one, its partitions among them; the others
    need have no more than those that are read. `size` is that of all in bytes, where it is known,
    and `position` how far they have been read, for a progress bar.
    """

    def __init__(self, sources: Sequence[Source], dialect: Dialect) -> None:
        self.sources = sources
        self.size = None if dialect.format.binary else total_size(sources)
        self.done = 0  # bytes of the tables before the one that is read
        self.reader = load(
            "frames.numbers:FrameNumbers" if dialect.format.binary else "text.numbers:TextNumbers"
        )
        self.dialect = dialect
        self.first: Any = self.reader(sources[0], dialect)
        self.name: str = self.first.name
        self.header = [*self.first.header, *partitions(sources[0], self.first.header)]
        self.lists = not dialect.delimiter  # whether a column may hold lists, with elements `x[0]`
        self.open: Any = self.first

    def blocks(self, columns: Sequence[str]) -> Iterator[NumberBlock]:
        """The rows in blocks. Raises UsageError for a column that is not there."""
        rest = ((source, self.reader(source, self.dialect)) for source in self.sources[1:])
        for source, table in chain([(self.sources[0], self.first)], rest):
            self.open = table
            before = source.before
            for block in self.blocks_of(source, table, columns):
                yield block._replace(table=table.name, before=before)
                before += len(block.columns[0]) if block.columns else 0
            self.done += source.size

    def blocks_of(
        self, source: Source, table: Any, columns: Sequence[str]
    ) -> Iterator[NumberBlock]:
        """The rows of one table, with the numbers of its partitions."""
        fixed = partitions(source, table.header)
        own = [column for column in columns if column not in fixed]
        for column in own:
            self.require(column, table)
        numbers = {
            column: partition_number(table.name, column, fixed[column])
            for column in columns
            if column in fixed
        }
        for block in table.blocks(own or table.header[:1]):
            height = len(block.columns[0])
            found = dict(zip(own, block.columns, strict=False))
            found |= {name: np.full(height, x) for name, x in numbers.items()}
            yield block._replace(
                columns=[found[column] for column in columns], bad=block.bad if own else {}
            )

    def require(self, column: str, table: Any) -> None:
        """Raises UsageError or DataError for a column that is not there, or twice."""
        list_of = column.partition("[")[0] if self.lists else column
        if column not in table.header and list_of not in table.header:
            raise UsageError(f"{table.name} has no column '{column}'",
                             hint=suggestion(column, table.header))  # fmt: skip
        if table.header.count(column) > 1:
            raise DataError(f"{table.name}: duplicate column '{column}'")

    def texts(self, columns: Sequence[str]) -> Iterator[list[str]]:
        """The cells of each row as they are written, from the first row on. Raises UsageError."""
        for source in self.sources:
            table = self.reader(source, self.dialect)
            fixed = partitions(source, table.header)
            own = [column for column in columns if column not in fixed]
            for row in table.texts(own):
                cells = fixed | dict(zip(own, row, strict=True))
                yield [cells[column] for column in columns]

    @property
    def position(self) -> int:
        """The bytes that have been read."""
        file = self.open.file
        return self.done + (0 if file is None else int(file.position))


def partitions(source: Source, header: Sequence[str]) -> dict[str, str]:
    """The partitions of a table that are not columns of it too."""
    return {name: text for name, text in source.partitions.items() if name not in header}
