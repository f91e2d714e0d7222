"""The rows of a text: records, cut from blocks of bytes, and the cells in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from micrograd_cli.errors import printable
from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.formats import Dialect

NUMBER = re.compile(r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)\s*", re.I | re.A)
SHOWN = 40  # characters of a bad cell
MAX_OPEN = 1 << 28  # characters in which a quoted cell must end
BOM = b"\xef\xbb\xbf"


class BadRowError(ValueError):
    """A row that cannot be computed: why, and in which column (None: the row as a whole)."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason if column is None else f"column '{column}': {reason}")


class Block(NamedTuple):
    """Whole records: as bytes, and as texts where finding their ends took decoding them."""

    data: bytes
    records: list[str] | None = None


def shown(cell: str) -> str:
    return printable(cell if len(cell) <= SHOWN else cell[: SHOWN - 3] + "...").replace("\n", " ")


def number(cell: str, column: str) -> float:
    """The number in a cell. Raises BadRowError."""
    if NUMBER.fullmatch(cell):
        return float(cell)
    raise BadRowError(
        f"'{shown(cell)}' is no number" if cell.strip() else "the cell is empty", column
    )


def decoded(data: bytes) -> str:
    """UTF-8 as text; a byte that is none becomes a lone surrogate, which `check_text` finds."""
    return data.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def check_text(record: str) -> None:
    """Raises BadRowError where a record's bytes are not UTF-8."""
    try:
        record.encode()
    except UnicodeEncodeError as error:
        byte = ord(record[error.start]) & 0xFF
        raise BadRowError(f"byte 0x{byte:02x} is not UTF-8 text") from None


class Source:
    """A stream of records, with the names of their columns in `header`.

    `fast(inputs)` and `careful(inputs)` give functions from a record to the numbers in these
    columns. Both raise ValueError. The careful one takes any record and raises BadRowError; the
    fast one is for ASCII without underscores.
    """

    header: list[str]
    first = ""  # the header's text
    newline = "\n"

    def __init__(self, file: Input, dialect: Dialect) -> None:
        self.file = file
        self.dialect = dialect
        self.lines = 0  # before the rows
        self.raw_blocks = self.without_mark(file.blocks())

    @staticmethod
    def without_mark(blocks: Iterator[bytes]) -> Iterator[bytes]:
        first = next(blocks, b"")
        yield first.removeprefix(BOM)
        yield from blocks

    def blocks(self) -> Iterator[Block]:
        """The rows that follow the header."""
        raise NotImplementedError

    def records(self, block: Block) -> list[str]:
        raise NotImplementedError

    def cells(self, record: str) -> list[Any]:
        """Every cell, in the order of the header. Raises BadRowError."""
        raise NotImplementedError

    def fast(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        return self.careful(inputs)

    def careful(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        raise NotImplementedError

    def fitted(self, record: str) -> str:
        """A bad record as one that has the header's columns."""
        return record


def source(file: Input, dialect: Dialect) -> Source:
    """The reader of a text format."""
    if dialect.format == "jsonl":
        from micrograd_cli.rows.text.jsonl import JsonSource

        return JsonSource(file, dialect)
    from micrograd_cli.rows.text.delimited import DelimitedSource

    return DelimitedSource(file, dialect)
