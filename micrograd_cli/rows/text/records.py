"""Records: the rows of a text, cut from blocks of bytes, and what all their readers offer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from micrograd_cli.files.blocks import Input
from micrograd_cli.files.text import composed
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.text.cells import decode

MARK = b"\xef\xbb\xbf"  # of the order of bytes, which some programs put before UTF-8


class Block(NamedTuple):
    """Whole records: as bytes, and as texts where finding their ends took decoding them."""

    data: bytes
    records: list[str] | None = None


class Header(NamedTuple):
    """The names of the columns, and how they are written where the text has them: `line`."""

    names: list[str]
    line: str = ""
    newline: str = "\n"
    lines: int = 0  # that it takes


class RecordReader:
    """The records of a text; `blocks` gives once those that follow the header.

    `fast(inputs)` and `careful(inputs)` are functions from a record to the numbers in these
    columns. Both raise ValueError. The careful one takes any record and raises BadRowError; the
    fast one is for ASCII without underscores.
    """

    def __init__(
        self, file: Input, dialect: Dialect, header: Header, blocks: Iterator[Block]
    ) -> None:
        self.file = file
        self.dialect = dialect
        self.header = [composed(name) for name in header.names]
        self.header_line = header.line
        self.newline = header.newline
        self.lines = header.lines  # before the rows
        self.blocks = blocks

    def records(self, block: Block) -> list[str]:
        """The records of a block without line ends; blank lines are among them."""
        if block.records is not None:
            return block.records
        records = decode(block.data).split("\n")
        if not records[-1]:
            records.pop()
        return records

    def cells(self, record: str) -> list[str | None]:
        """The texts of all cells, in the order of the header. Raises BadRowError."""
        raise NotImplementedError

    def fast(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        return self.careful(inputs)

    def careful(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        raise NotImplementedError

    def repair(self, record: str) -> str:
        """A bad record as one that has the header's columns. Raises BadRowError."""
        raise NotImplementedError


def read_blocks(file: Input) -> Iterator[bytes]:
    """The blocks of a file without the mark before its text."""
    blocks = file.blocks()
    yield next(blocks, b"").removeprefix(MARK)
    yield from blocks
