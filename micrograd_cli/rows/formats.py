"""How a table is written down: its format, its delimiter, its header."""

from __future__ import annotations

from typing import NamedTuple

from micrograd_cli.errors import UsageError
from micrograd_cli.files.compression import compression

FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow")
BINARY = ("parquet", "arrow")
SUFFIXES = {
    "csv": "csv", "tsv": "tsv", "tab": "tsv", "jsonl": "jsonl", "ndjson": "jsonl",
    "parquet": "parquet", "pq": "parquet", "arrow": "arrow", "feather": "arrow", "ipc": "arrow",
}  # fmt: skip


class Dialect(NamedTuple):
    """A format; `delimiter` is empty for all but csv and tsv."""

    format: str
    delimiter: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()  # their names, where there is no header


def format_of(path: str) -> str:
    """The format that the name of a file tells, or nothing."""
    packed = compression(path)
    bare = path[: -len(packed) - 1] if packed else path
    return SUFFIXES.get(bare.rpartition(".")[2].lower(), "") if "." in bare else ""


def dialect(format_: str, delimiter: str | None, header: bool, columns: str | None) -> Dialect:
    """The dialect that the options ask for. Raises UsageError."""
    text = format_ in ("csv", "tsv")
    if not text and (delimiter is not None or not header or columns is not None):
        raise UsageError(
            f"--delimiter, --no-header and --columns are for csv and tsv, not {format_}"
        )
    if header and columns is not None:
        raise UsageError("--columns needs --no-header", hint="a header has the names already")
    if not header and columns is None:
        raise UsageError("--no-header needs --columns", hint="name the columns: --columns a,b,c")
    names = tuple(name.strip() for name in (columns or "").split(",")) if columns else ()
    if len(set(names)) < len(names):
        raise UsageError("--columns names a column twice")
    if not text:
        return Dialect(format_)
    mark = {"\\t": "\t", "tab": "\t"}.get(delimiter or "", delimiter)
    mark = ("\t" if format_ == "tsv" else ",") if mark is None else mark
    if len(mark.encode()) != 1 or mark in '"\r\n':
        raise UsageError("--delimiter takes one ASCII character, such as ';' or '\\t'")
    return Dialect(format_, mark, header, names)
