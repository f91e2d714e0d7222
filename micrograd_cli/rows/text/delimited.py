"""CSV and TSV: RFC 4180, read so that every record keeps its own bytes.

A record without a quotation mark is split at its delimiters; one with them is left to the `csv`
module, which also tells where it ends.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from micrograd_cli.errors import DataError
from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.formats import Dialect
from micrograd_cli.rows.text.records import (
    MAX_OPEN,
    BadRowError,
    Block,
    Source,
    check_text,
    decoded,
    encoded,
    number,
)  # fmt: skip

csv.field_size_limit(sys.maxsize)


class DelimitedSource(Source):
    """The records of a CSV or TSV text, without their line ends."""

    def __init__(self, file: Input, dialect: Dialect) -> None:
        super().__init__(file, dialect)
        self.delimiter = dialect.delimiter
        mark = re.escape(self.delimiter.encode())
        cell = rb'(?<![^%b\n])"[^"]*+(?:""[^"]*+)*+"(?![^%b\r\n])'
        self.quoted_cell = re.compile(cell % (mark, mark))
        self.whole = self.whole_records()
        self.header = list(dialect.columns)
        if dialect.header:
            self.first = self.read_header()
            self.header = self.split(self.first)
        self.width = len(self.header)

    def read_header(self) -> str:
        """The text of the header; what its block holds beyond it goes back."""
        block = next(self.whole, Block(b""))
        if not block.data.strip():
            raise DataError(f"{self.file.name} is empty: it has no header")
        line = block.data.partition(b"\n")[0]
        if block.records is not None:
            line = encoded(block.records[0])
        rest = Block(block.data[len(line) + 1 :], block.records and block.records[1:])
        self.whole = chain_blocks(rest, self.whole)
        self.lines = 1 + line.count(b"\n")
        if line.endswith(b"\r"):
            self.newline, line = "\r\n", line[:-1]
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            where = f"byte {error.start + 1} is 0x{line[error.start]:02x}"
            raise DataError(f"the header of {self.file.name} is not UTF-8 text: {where}") from None

    def blocks(self) -> Iterator[Block]:
        return self.whole

    def whole_records(self) -> Iterator[Block]:
        """Blocks cut between records: the end of a line inside quotes is not the record's."""
        pieces: list[bytes] = []
        size = again = 0  # with a cell open, look for its end once there is twice as much
        for data in self.raw_blocks:
            pieces.append(data)
            size += len(data)
            if size < again:
                continue
            held = b"".join(pieces)
            outside = self.outside_quotes(held)
            if outside is not None and not breaks_within(held, outside):
                yield Block(held)
                pieces, size, again = [], 0, 0
                continue
            records, used = self.complete(decoded(held))
            end = len(encoded(used))
            if records:
                yield Block(held[:end], records)
            pieces, size, again = [held[end:]], len(held) - end, 2 * (len(held) - end)
            if size > MAX_OPEN:
                raise DataError(f"{self.file.name}: a quoted cell is not closed within 256 MB")
        if size:
            held = b"".join(pieces)
            yield Block(held, [decoded(held).removesuffix("\n")])

    def outside_quotes(self, data: bytes) -> bytes | None:
        """A text without its quoted cells; None where its quotes take more care."""
        outside = self.quoted_cell.sub(b"", data) if b'"' in data else data
        return None if b'"' in outside else outside

    def complete(self, text: str) -> tuple[list[str], str]:
        """The records that end in a text, and the part of it that they take."""
        lines = text.split("\n")
        last = lines.pop()
        records: list[str] = []
        start = 0
        while start < len(lines):
            end = start + 1
            if '"' in lines[start]:
                end = self.extent(lines, start)
                if end > len(lines):
                    break
            records.append(lines[start] if end == start + 1 else "\n".join(lines[start:end]))
            start = end
        if start == len(lines):
            return records, text[: len(text) - len(last)]
        return records, "".join(f"{record}\n" for record in records)

    def extent(self, lines: list[str], start: int) -> int:
        """Where the record that starts on a line ends; past all of them if they do not tell."""
        end = start

        def feed() -> Iterator[str]:
            nonlocal end
            while True:
                end += 1
                if end > len(lines):
                    return
                yield lines[end - 1] + "\n"

        # an error is the end of the lines, or a badly quoted record, of which `split` complains
        with suppress(csv.Error):
            next(csv.reader(feed(), delimiter=self.delimiter, strict=True), None)
        return end

    def records(self, block: Block) -> list[str]:
        records = block.records
        if records is None:
            records = decoded(block.data).split("\n")
            if not records[-1]:
                records.pop()
        if b"\r" in block.data:
            records = [record.removesuffix("\r") for record in records]
        return records

    def split(self, record: str) -> list[str]:
        """The cells of a record. Raises BadRowError where its quotes do not match."""
        if '"' not in record:
            return record.split(self.delimiter)
        lines = (f"{line}\n" for line in record.split("\n"))
        try:
            cells = next(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            reason = "a quoted cell is not closed" if "end of data" in str(error) else str(error)
            raise BadRowError(reason.replace("'\"'", "a closing quote")) from None
        return cells

    def cells(self, record: str) -> list[str]:
        if not record.isascii():
            check_text(record)
        cells = self.split(record)
        if len(cells) != self.width:
            plural = "cell" if len(cells) == 1 else "cells"
            raise BadRowError(f"{len(cells)} {plural} where there should be {self.width}")
        return cells

    def fast(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        places = [self.header.index(name) for name in inputs]
        delimiter, delimiters, last = self.delimiter, self.width - 1, max(places, default=-1) + 1
        if delimiters < 1:
            return self.careful(inputs)

        def numbers(record: str) -> list[float]:
            if record.count(delimiter) != delimiters or '"' in record:
                return careful(record)
            cells = record.split(delimiter, last)
            return [float(cells[place]) for place in places]

        careful = self.careful(inputs)
        return numbers

    def careful(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        places = [(self.header.index(name), name) for name in inputs]

        def numbers(record: str) -> list[float]:
            cells = self.cells(record)
            return [number(cells[place], name) for place, name in places]

        return numbers

    def fitted(self, record: str) -> str:
        """A short record filled up with empty cells, a long one cut off."""
        try:
            cells = self.split(record)
        except BadRowError:  # its text as one cell
            record = quoted(record, self.delimiter)
            cells = [record]
        if len(cells) <= self.width:
            return record + self.delimiter * (self.width - len(cells))
        return joined(cells[: self.width], self.delimiter)


def breaks_within(data: bytes, outside: bytes) -> bool:
    """Whether a quoted cell goes over several lines, given the text outside of quotes."""
    return outside is not data and outside.count(b"\n") < data.count(b"\n")


def chain_blocks(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    if first.data:
        yield first
    yield from rest


def joined(cells: Sequence[str], delimiter: str) -> str:
    """Cells as a record, quoted where RFC 4180 asks for it."""
    return delimiter.join(quoted(cell, delimiter) for cell in cells)


def quoted(cell: str, delimiter: str) -> str:
    if '"' in cell or delimiter in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell
