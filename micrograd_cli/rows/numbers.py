"""Columns of a table as arrays of numbers, block by block, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from micrograd_cli.errors import DataError, UsageError, suggestion
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.number_block import NumberBlock


class NumberTable:
    """A table whose columns are read as numbers; `header` has the names of all. Raises DataError.

    `size` is the file's, and `position` how far it has been read, for a progress bar.
    """

    def __init__(self, path: str, dialect: Dialect) -> None:
        binary = dialect.format.binary
        self.source: Any = load(
            "frames.numbers:FrameNumbers" if binary else "text.numbers:TextNumbers"
        )(path, dialect)
        self.name: str = self.source.name
        self.header: list[str] = self.source.header
        self.lists = not dialect.delimiter  # whether a column may hold lists, with elements `x[0]`

    def blocks(self, columns: Sequence[str]) -> Iterator[NumberBlock]:
        """The rows in blocks. Raises UsageError for a column that is not there."""
        for column in columns:
            list_of = column.partition("[")[0] if self.lists else column
            if column not in self.header and list_of not in self.header:
                raise UsageError(f"{self.name} has no column '{column}'",
                                 hint=suggestion(column, self.header))  # fmt: skip
            if self.header.count(column) > 1:
                raise DataError(f"{self.name}: duplicate column '{column}'")
        blocks: Iterator[NumberBlock] = self.source.blocks(list(columns))
        return blocks

    @property
    def size(self) -> int | None:
        """The bytes of a text, where they are known."""
        file = self.source.file
        return None if file is None else file.size

    @property
    def position(self) -> int:
        """The bytes that have been read."""
        file = self.source.file
        return 0 if file is None else file.position
