"""How a table is written down: its format, its delimiter, its header."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from micrograd_cli.errors import UsageError
from micrograd_cli.language.names import listed
from micrograd_cli.rows.formats import (
    DEFAULT,
    FORMATS,
    Format,
    extra_is_installed,
    format_by_name,
)  # fmt: skip
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source, format_of_all
from micrograd_cli.rows.text.cells import NUMBER, BadRowError, commas_for_points, excerpt

TAB = ("\\t", "tab")  # what may be typed for it
IN_NUMBERS = "0123456789.+-einfa"  # the characters of floats, of inf and of nan
MISSING = {"na", "n/a", "#n/a", "null", "none", "-", ".", "?", "missing"}  # what people write


class Dialect(NamedTuple):
    """A format with what may vary in it; `delimiter` is empty where the format has none."""

    format: Format
    delimiter: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()  # their names, where the table does not tell them
    decimal: str = "."  # the point of a number
    na: frozenset[str] = frozenset()  # the texts that stand for a missing number, nan
    guessed: bool = False  # the delimiter is the usual one, and the header may show another
    told: str = ""  # the one that an earlier table has shown
    storage: tuple[tuple[str, str], ...] = ()  # how Polars reaches an address such as s3://
    safe: bool = False  # no spreadsheet takes a text that is written for a formula

    @property
    def plain(self) -> bool:
        """Whether a text that `float` reads is that number, and only others may stand in `na`."""
        return self.decimal == "." and not any(map(NUMBER.fullmatch, self.na))

    def number(self, cell: str, column: str) -> float:
        """The number in a cell, nan for what stands for a missing one. Raises BadRowError."""
        if cell.strip() in self.na:
            return nan
        text = cell if self.decimal == "." else commas_for_points(cell)
        if NUMBER.fullmatch(text):
            return float(text)
        if not cell.strip():
            raise BadRowError("the cell is empty", column)
        comma = self.decimal == "." and self.delimiter != ","
        reads = comma and NUMBER.fullmatch(commas_for_points(cell))
        hint = " (--decimal ',' reads it as one)" if reads else ""
        if cell.strip().lower() in MISSING:
            hint = f" (--na {cell.strip()} reads it as nan)"
        raise BadRowError(f"'{excerpt(cell)}' is not a number{hint}", column)


def dialects(request: MapRequest, sources: Sequence[Source]) -> tuple[Dialect, Dialect]:
    """How the tables are read and how the output is written. Raises UsageError."""
    source = format_named(request.source_format) or format_of_all(sources)
    output = "" if request.folder else request.output or ""
    target = format_named(request.target_format) or format_by_name(output) or source
    if target.binary and not (request.target_format or request.output):
        target = DEFAULT  # for eyes and pipes
    reading = dialect_to_read(source, request)
    remote = next((each.path for each in sources if each.remote), None)
    reading = reading._replace(storage=storage_options(request, remote), safe=request.csv_safe)
    if remote is not None and not extra_is_installed():
        raise UsageError(f"'{remote}': an address needs NumPy and Polars",
                         hint="pip install 'mgrad[batch]'")  # fmt: skip
    if (source.binary or target.binary) and not extra_is_installed():
        raise UsageError("Parquet and Arrow files need NumPy and Polars",
                         hint="pip install 'mgrad[batch]'")  # fmt: skip
    writing = reading if target == source else dialect_to_write(target, reading, request)
    if reading.delimiter == reading.decimal == "," and not reading.guessed:
        raise UsageError("the delimiter and the decimal point are both ','",
                         hint="give another delimiter: --delimiter ';'")  # fmt: skip
    in_numbers = IN_NUMBERS.replace(".", writing.decimal)
    if writing.delimiter and writing.delimiter in in_numbers and not writing.guessed:
        raise UsageError(f"--delimiter '{writing.delimiter}' occurs in numbers",
                         hint="take one such as ';' or '\\t', or --to jsonl")  # fmt: skip
    if request.csv_safe and not writing.delimiter:
        raise UsageError(f"--csv-safe is for csv and tsv, not {target.name}")
    return reading, writing


def storage_options(request: MapRequest, remote: str | None) -> tuple[tuple[str, str], ...]:
    """The pairs of `--storage-option k=v`. Raises UsageError."""
    if request.storage and remote is None:
        raise UsageError("--storage-option is for addresses such as s3://bucket/x.parquet")
    pairs = [text.partition("=") for text in request.storage]
    wrong = next((key for key, equal, _ in pairs if not (key and equal)), None)
    if wrong is not None:
        raise UsageError(f"--storage-option takes NAME=VALUE, not '{wrong}'")
    return tuple((key, value) for key, _, value in pairs)


def format_named(name: str | None) -> Format | None:
    return None if name is None else FORMATS[name]


def dialect_to_read(source: Format, request: MapRequest) -> Dialect:
    given = (request.delimiter, request.columns) != (None, None) or request.no_header
    na = frozenset(text.strip() for text in request.na)
    if not source.delimiter:
        if given or request.decimal != ".":
            delimited = " and ".join(row.name for row in FORMATS.values() if row.delimiter)
            raise UsageError(f"--delimiter, --decimal, --no-header and --columns are for "
                             f"{delimited}, not {source.name}")  # fmt: skip
        return Dialect(source, columns=required_columns(request), na=na)
    if request.columns is not None and not request.no_header:
        raise UsageError("--columns needs --no-header", hint="a header has the names already")
    if request.columns is None and request.no_header:
        raise UsageError("--no-header needs --columns", hint="name the columns: --columns a,b,c")
    columns = tuple(listed(request.columns)) if request.columns else ()
    if len(set(columns)) < len(columns):
        raise UsageError("--columns names a column twice")
    guessed = source is DEFAULT and request.delimiter is None and not request.no_header
    return Dialect(source, delimiter(request, source), not request.no_header, columns,
                   request.decimal, na, guessed)  # fmt: skip


def dialect_to_write(target: Format, reading: Dialect, request: MapRequest) -> Dialect:
    if not target.delimiter:
        return Dialect(target)
    mark = delimiter(request, target) if target is DEFAULT else target.delimiter
    return reading._replace(format=target, delimiter=mark, guessed=False)


def delimiter(request: MapRequest, format_: Format) -> str:
    if request.delimiter is None:
        return format_.delimiter
    mark = "\t" if request.delimiter in TAB else request.delimiter
    if len(mark) != 1 or not mark.isascii() or mark in '"\r\n':
        raise UsageError("--delimiter takes one ASCII character, such as ';' or '\\t'")
    return mark


def required_columns(request: MapRequest) -> tuple[str, ...]:
    """The inputs that nothing but a column can bind."""
    program = request.program
    bound = {*request.numbers, *program.defaults}
    return tuple(name for name in program.inputs if name not in bound)
