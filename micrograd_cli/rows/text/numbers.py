"""Columns of a text as arrays of numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from micrograd_cli.errors import UsageError
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import extra_is_installed, load
from micrograd_cli.rows.inputs import open_input
from micrograd_cli.rows.number_block import NumberBlock
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.cells import BadRowError, commas_for_points
from micrograd_cli.rows.text.engines import LARGE, WIDEST
from micrograd_cli.rows.text.records import Block, RecordReader


class TextNumbers:
    """The numbers of a text: by Polars where a large block is plain, else row by row."""

    def __init__(self, source: Source, dialect: Dialect) -> None:
        reader: RecordReader = load(dialect.format.reader)(
            open_input(source.path, dialect), dialect
        )
        self.reader = reader
        self.file = reader.file
        self.name = reader.file.name
        self.header = reader.header
        self.lines = reader.lines

    def blocks(self, columns: list[str]) -> Iterator[NumberBlock]:
        """The rows in blocks."""
        if (self.file.size or LARGE) >= LARGE and self.fits(columns):
            from micrograd_cli.rows.columns.interrupts import hear_interrupts
            from micrograd_cli.rows.columns.readers import column_reader

            hear_interrupts()
            self.file.block = LARGE
            fast: Any = column_reader(self.reader, columns)
        else:
            fast = None
        careful = self.reader.careful(columns)
        for block in self.reader.blocks:
            found = None if fast is None else self.by_columns(fast, block)
            yield found or self.by_rows(careful, block, len(columns))
            self.lines += block.data.count(b"\n")

    def texts(self, columns: list[str]) -> Iterator[list[str]]:
        """The cells of each row as they are written; of a bad row, nothing."""
        for name in columns:
            if name not in self.header:
                raise UsageError(f"'{name}' is an element of a list, whose digits are not read")
        places = [self.header.index(name) for name in columns]
        comma = self.reader.dialect.decimal != "."
        for block in self.reader.blocks:
            for record in self.reader.records(block):
                if not record.strip():
                    continue
                try:
                    cells = self.reader.cells(record)
                except BadRowError:
                    yield [""] * len(columns)
                    continue
                found = [cells[place] or "" for place in places]
                yield list(map(commas_for_points, found)) if comma else found

    def fits(self, columns: list[str]) -> bool:
        """Whether Polars is there, and the rows are neither lists nor so long that it is slow."""
        plain = self.reader.dialect.plain and frozenset(self.header).issuperset(columns)
        return plain and extra_is_installed() and len(self.header) <= WIDEST

    def by_columns(self, fast: Any, block: Block) -> NumberBlock | None:
        """A block as Polars reads it; None where a row is not plain."""
        import polars as pl

        from micrograd_cli.rows.columns.readers import plain_text

        data = plain_text(block, self.reader.newline)
        rows = None if data is None else fast.count_rows(data)
        if rows is None:
            return None
        try:
            numbers = fast.numbers(data)
        except (pl.exceptions.PolarsError, ValueError):
            return None
        if numbers.height != rows or any(column.null_count() for column in numbers):
            return None
        return NumberBlock([column.to_numpy() for column in numbers.iter_columns()], {}, {})

    def by_rows(self, careful: Any, block: Block, width: int) -> NumberBlock:
        """A block record by record."""
        rows: list[Sequence[float]] = []
        bad: dict[int, str] = {}
        lines: dict[int, int] = {}
        line = self.lines
        for record in self.reader.records(block):
            line += 1
            if record.strip():
                try:
                    rows.append(careful(record))
                except BadRowError as error:
                    bad[len(rows)], lines[len(rows)] = str(error), line
                    rows.append([np.nan] * width)
            line += record.count("\n")
        columns = np.array(rows, dtype=float).reshape(len(rows), width).T
        return NumberBlock(list(np.ascontiguousarray(columns)), bad, lines)
