"""Quotation marks in CSV and TSV, by RFC 4180: where records end, and what their cells are.

Text without a quotation mark is split at its delimiters; what has them is left to the `csv` module.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

from micrograd_cli.rows.text.cells import BadRowError

csv.field_size_limit(sys.maxsize)
REASONS = {  # of the csv module's errors, by a part of them
    "end of data": "a quoted cell is not closed",
    "new-line character": "a carriage return alone ends no line",
}


class Quoting:
    """The rules of quotation marks, for one delimiter."""

    def __init__(self, delimiter: str) -> None:
        mark = re.escape(delimiter.encode())
        cell = rb'(?<![^%b\n])"[^"]*+(?:""[^"]*+)*+"(?![^%b\r\n])'
        self.delimiter = delimiter
        self.quoted_cell = re.compile(cell % (mark, mark))

    def outside_quotes(self, data: bytes) -> bytes | None:
        """A text without its quoted cells; None where its quotes take more care."""
        outside = self.quoted_cell.sub(b"", data) if b'"' in data else data
        return None if b'"' in outside else outside

    def has_record_per_line(self, data: bytes) -> bool:
        outside = self.outside_quotes(data)
        return outside is not None and not breaks_within(data, outside)

    def whole_records(self, text: str) -> tuple[list[str], str]:
        """The records that end in a text, and the part of it that they take."""
        lines = text.split("\n")
        last = lines.pop()
        records: list[str] = []
        start = 0
        while start < len(lines):
            end = start + 1
            if '"' in lines[start]:
                end = self.record_end(lines, start)
                if end > len(lines):
                    break
            records.append(lines[start] if end == start + 1 else "\n".join(lines[start:end]))
            start = end
        if start == len(lines):
            return records, text[: len(text) - len(last)]
        return records, "".join(f"{record}\n" for record in records)

    def record_end(self, lines: list[str], start: int) -> int:
        """Where the record that starts on a line ends; past all of them if it does not end."""
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

    def split(self, record: str) -> list[str]:
        """The cells of a record. Raises BadRowError where its quotes do not match."""
        if '"' not in record:
            return record.split(self.delimiter)
        lines = (f"{line}\n" for line in record.split("\n"))
        try:
            return next(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            message = str(error).replace("'\"'", "a closing quote")
            known = [reason for part, reason in REASONS.items() if part in message]
            raise BadRowError(*known or [message]) from None

    def join(self, cells: Sequence[str]) -> str:
        """Cells as a record, quoted where RFC 4180 asks for it."""
        return self.delimiter.join(map(self.quote, cells))

    def quote(self, cell: str) -> str:
        if '"' in cell or self.delimiter in cell or "\n" in cell or "\r" in cell:
            return '"' + cell.replace('"', '""') + '"'
        return cell


def breaks_within(data: bytes, outside: bytes) -> bool:
    """Whether a quoted cell spans several lines, given the text outside of quotes."""
    return outside is not data and outside.count(b"\n") < data.count(b"\n")
