"""CSV and TSV, read so that every record keeps its own bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from micrograd_cli.errors import DataError
from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.text.cells import BadRowError, check_utf8, decode, encode
from micrograd_cli.rows.text.guess import with_shown_delimiter
from micrograd_cli.rows.text.quoting import Quoting
from micrograd_cli.rows.text.records import Block, Header, RecordReader, read_blocks

LONGEST = 1 << 28  # bytes in which a quoted cell must end


def open_delimited(file: Input, dialect: Dialect) -> DelimitedReader:
    """A reader of a CSV or TSV text. Raises DataError for a header that is missing or bad."""
    pieces = read_blocks(file)
    if dialect.guessed:
        start = next(pieces, b"")
        pieces = chain([start] if start else [], pieces)
        dialect = with_shown_delimiter(dialect, start, file.name)
    quoting = Quoting(dialect.delimiter)
    blocks = cut_between_records(pieces, quoting, file.name)
    header = Header(list(dialect.columns))
    if dialect.header:
        first = next(blocks, Block(b""))
        header, rest = take_header(first, quoting, file.name)
        blocks = chain([rest] if rest.data else [], blocks)
    return DelimitedReader(file, dialect, header, blocks, quoting)


def take_header(block: Block, quoting: Quoting, table: str) -> tuple[Header, Block]:
    """The header of a text, and what its block holds beyond it. Raises DataError."""
    if not block.data.strip():
        raise DataError(f"{table} is empty: it has no header")
    data = block.data.partition(b"\n")[0] if block.records is None else encode(block.records[0])
    rest = Block(block.data[len(data) + 1 :], block.records and block.records[1:])
    newline = "\r\n" if data.endswith(b"\r") else "\n"
    try:
        line = data.removesuffix(b"\r").decode()
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1} is 0x{data[error.start]:02x}"
        raise DataError(f"the header of {table} is not UTF-8 text: {where}") from None
    outside = quoting.outside_quotes(line.encode())
    if outside and b"\r" in outside:
        raise DataError(f"a carriage return alone ends the lines of {table}",
                        hint="change them: tr '\\r' '\\n'")  # fmt: skip
    try:
        names = quoting.split(line)
    except BadRowError as error:
        raise DataError(f"the header of {table}: {error}") from None
    return Header(names, line, newline, 1 + data.count(b"\n")), rest


def cut_between_records(pieces: Iterable[bytes], quoting: Quoting, table: str) -> Iterator[Block]:
    """Blocks of whole records: the end of a line inside quotes is not the record's."""
    held: list[bytes] = []
    size = again = 0  # with a cell open, look for its end once there is twice as much
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size < again:
            continue
        data = b"".join(held)
        if quoting.has_record_per_line(data):
            yield Block(data)
            held, size, again = [], 0, 0
            continue
        records, text = quoting.whole_records(decode(data))
        end = len(encode(text))
        if records:
            yield Block(data[:end], records)
        held, size, again = [data[end:]], len(data) - end, 2 * (len(data) - end)
        if size > LONGEST:
            raise DataError(f"{table}: a quoted cell is not closed within 256 MB")
    if size:
        data = b"".join(held)
        yield Block(data, [decode(data).removesuffix("\n")])


class DelimitedReader(RecordReader):
    """The records of a CSV or TSV text, without their line ends."""

    def __init__(
        self,
        file: Input,
        dialect: Dialect,
        header: Header,
        blocks: Iterator[Block],
        quoting: Quoting,
    ) -> None:
        super().__init__(file, dialect, header, blocks)
        self.quoting = quoting
        self.width = len(self.header)

    def records(self, block: Block) -> list[str]:
        records = super().records(block)
        if b"\r" in block.data:
            records = [record.removesuffix("\r") for record in records]
        return records

    def split(self, record: str) -> list[str]:
        """The cells of a record that has as many as the header. Raises BadRowError."""
        if not record.isascii():
            check_utf8(record)
        cells = self.quoting.split(record)
        if len(cells) != self.width:
            plural = "cell" if len(cells) == 1 else "cells"
            raise BadRowError(f"{len(cells)} {plural} where there should be {self.width}")
        return cells

    def cells(self, record: str) -> list[str | None]:
        return [*self.split(record)]

    def fast(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        places = [self.header.index(name) for name in inputs]
        delimiter, delimiters = self.dialect.delimiter, self.width - 1
        last = max(places, default=-1) + 1
        if delimiters < 1 or not self.dialect.plain:
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
        number = self.dialect.number

        def numbers(record: str) -> list[float]:
            cells = self.split(record)
            return [number(cells[place], name) for place, name in places]

        return numbers

    def repair(self, record: str) -> str:
        """A short record filled up with empty cells, a long one cut off."""
        try:
            cells = self.quoting.split(record)
        except BadRowError:  # its text as one cell
            record = self.quoting.quote(record)
            cells = [record]
        if len(cells) <= self.width:
            return record + self.dialect.delimiter * (self.width - len(cells))
        return self.quoting.join(cells[: self.width])
