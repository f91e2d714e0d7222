"""Cells: numbers in them, and text that need not be UTF-8."""

from __future__ import annotations

import re

from micrograd_cli.errors import printable

NUMBER = re.compile(r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)\s*", re.I | re.A)
EXCERPT = 40  # characters of a bad cell that are shown


class BadRowError(ValueError):
    """A row that cannot be computed: why, and in which column (None: the row as a whole)."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason if column is None else f"column '{printable(column)}': {reason}")


def parse_number(cell: str, column: str) -> float:
    """The number in a cell. Raises BadRowError."""
    if NUMBER.fullmatch(cell):
        return float(cell)
    raise BadRowError(
        f"'{excerpt(cell)}' is not a number" if cell.strip() else "the cell is empty", column
    )


def commas_for_points(text: str) -> str:
    """A text with commas and points swapped: `1,5` becomes a number, and `1.5` is none any more."""
    return text.translate({ord("."): ",", ord(","): "."})


def excerpt(cell: str) -> str:
    short = cell if len(cell) <= EXCERPT else cell[: EXCERPT - 3] + "..."
    return printable(short).replace("\n", " ")


def decode(data: bytes) -> str:
    """UTF-8 as text; a byte that is none becomes a lone surrogate, which `check_utf8` finds."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def check_utf8(record: str) -> None:
    """Raises BadRowError where a record's bytes are not UTF-8."""
    try:
        record.encode()
    except UnicodeEncodeError as error:
        byte = ord(record[error.start]) & 0xFF
        raise BadRowError(f"byte 0x{byte:02x} is not UTF-8 text") from None
