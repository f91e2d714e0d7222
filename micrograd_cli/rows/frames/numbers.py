"""Columns of a Parquet or Arrow file as arrays of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from micrograd_cli.rows.columns.interrupts import hear_interrupts
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.frames.batches import scan_file
from micrograd_cli.rows.frames.engine import as_array, as_floats, column_of
from micrograd_cli.rows.frames.types import check_inputs
from micrograd_cli.rows.number_block import NumberBlock
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.cells import BadRowError


class FrameNumbers:
    """The numbers of a binary file, or of a part of one, batch by batch."""

    file = None

    def __init__(self, source: Source, dialect: Dialect) -> None:
        hear_interrupts()
        self.dialect = dialect
        self.table = scan_file(source.path, dialect, source.rows)
        self.name = self.table.name
        self.header = list(self.table.schema)

    def blocks(self, columns: list[str]) -> Iterator[NumberBlock]:
        """The rows in blocks. Raises DataError for a column that holds no numbers."""
        check_inputs(self.name, self.table.schema, columns)
        for batch in self.table.batches:
            found = [as_floats(column_of(batch.frame, name), self.dialect) for name in columns]
            bad: dict[int, str] = {}
            for name, column in zip(columns, found, strict=True):
                for row in column.is_null().arg_true().to_list() if column.null_count() else ():
                    bad.setdefault(row, self.reason(column_of(batch.frame, name)[row], name))
            yield NumberBlock([as_array(column) for column in found], bad, {})

    def texts(self, columns: list[str]) -> Iterator[list[str]]:
        """The numbers of each row, in full."""
        for block in self.blocks(columns):
            rows = zip(*(column.tolist() for column in block.columns), strict=True)
            yield from ([repr(x) for x in row] for row in rows)

    def reason(self, cell: object, name: str) -> str:
        """Why a cell is no number."""
        try:
            self.dialect.number("" if cell is None else str(cell), name)
        except BadRowError as error:
            return str(error)
        return f"column '{name}': it is not a number"
