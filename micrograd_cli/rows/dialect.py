"""How a table is written down: its format, its delimiter, its header."""

from __future__ import annotations

from collections.abc import Sequence
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

TAB = ("\\t", "tab")  # what may be typed for it
IN_NUMBERS = frozenset("0123456789.+-einfa")  # the characters of floats, of inf and of nan


class Dialect(NamedTuple):
    """A format with what may vary in it; `delimiter` is empty where the format has none."""

    format: Format
    delimiter: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()  # their names, where the table does not tell them


def dialects(request: MapRequest, sources: Sequence[Source]) -> tuple[Dialect, Dialect]:
    """How the tables are read and how the output is written. Raises UsageError."""
    source = format_named(request.source_format) or format_of_all(sources)
    output = "" if request.folder else request.output or ""
    target = format_named(request.target_format) or format_by_name(output) or source
    if target.binary and not (request.target_format or request.output):
        target = DEFAULT  # for eyes and pipes
    reading = dialect_to_read(source, request)
    if (source.binary or target.binary) and not extra_is_installed():
        raise UsageError("Parquet and Arrow files need NumPy and Polars",
                         hint="pip install 'mgrad[batch]'")  # fmt: skip
    writing = reading if target == source else dialect_to_write(target, reading, request)
    if writing.delimiter in IN_NUMBERS:
        raise UsageError(f"--delimiter '{writing.delimiter}' occurs in numbers",
                         hint="take one such as ';' or '\\t', or --to jsonl")  # fmt: skip
    return reading, writing


def format_named(name: str | None) -> Format | None:
    return None if name is None else FORMATS[name]


def dialect_to_read(source: Format, request: MapRequest) -> Dialect:
    given = (request.delimiter, request.columns) != (None, None) or request.no_header
    if not source.delimiter:
        if given:
            delimited = " and ".join(row.name for row in FORMATS.values() if row.delimiter)
            raise UsageError(f"--delimiter, --no-header and --columns are for {delimited}, "
                             f"not {source.name}")  # fmt: skip
        return Dialect(source, columns=required_columns(request))
    if request.columns is not None and not request.no_header:
        raise UsageError("--columns needs --no-header", hint="a header has the names already")
    if request.columns is None and request.no_header:
        raise UsageError("--no-header needs --columns", hint="name the columns: --columns a,b,c")
    columns = tuple(listed(request.columns)) if request.columns else ()
    if len(set(columns)) < len(columns):
        raise UsageError("--columns names a column twice")
    return Dialect(source, delimiter(request, source), not request.no_header, columns)


def dialect_to_write(target: Format, reading: Dialect, request: MapRequest) -> Dialect:
    if not target.delimiter:
        return Dialect(target)
    mark = delimiter(request, target) if target is DEFAULT else target.delimiter
    return reading._replace(format=target, delimiter=mark)


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
