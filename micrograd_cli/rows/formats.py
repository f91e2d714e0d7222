"""The formats of tables: one row for each, and all that is asked about formats is answered here."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from micrograd_cli.files.compression import compression


class Format(NamedTuple):
    """A format. What reads and writes it is named as `module:name` and imported when it is used.

    Of a text, `reader` is a function from an Input and a Dialect to a RecordReader, `writer` a
    RecordWriter, and `frame_writer` a function from a Dialect, and whether inf and nan are strings,
    to one from a frame to bytes. Of a binary format, `reader` is a function from a path to a lazy
    frame, and `writer` one from a lazy frame and a file.
    """

    name: str
    suffixes: tuple[str, ...]
    binary: bool
    reader: str
    writer: str
    frame_writer: str = ""
    delimiter: str = ""  # between cells, unless another one is asked for; empty: there are no cells


FORMATS = {
    row.name: row
    for row in (
        Format(
            name="csv",
            suffixes=("csv",),
            binary=False,
            reader="text.delimited:open_delimited",
            writer="text.delimited_writer:DelimitedWriter",
            frame_writer="frames.lines:delimited_lines",
            delimiter=",",
        ),
        Format(
            name="tsv",
            suffixes=("tsv", "tab"),
            binary=False,
            reader="text.delimited:open_delimited",
            writer="text.delimited_writer:DelimitedWriter",
            frame_writer="frames.lines:delimited_lines",
            delimiter="\t",
        ),
        Format(
            name="jsonl",
            suffixes=("jsonl", "ndjson"),
            binary=False,
            reader="text.jsonl:open_jsonl",
            writer="text.jsonl_writer:JsonWriter",
            frame_writer="frames.lines:json_lines",
        ),
        Format(
            name="parquet",
            suffixes=("parquet", "pq"),
            binary=True,
            reader="frames.files:scan_parquet",
            writer="frames.files:write_parquet",
        ),
        Format(
            name="arrow",
            suffixes=("arrow", "feather", "ipc"),
            binary=True,
            reader="frames.files:scan_arrow",
            writer="frames.files:write_arrow",
        ),
    )
}
DEFAULT = FORMATS["csv"]  # where neither an option nor a name says another


def format_by_name(path: str) -> Format | None:
    """The format given by the name of a file, before a final `.gz` or `.zst`."""
    packed = compression(path)
    bare = path[: -len(packed) - 1] if packed else path
    _, dot, suffix = bare.rpartition(".")
    return next((row for row in FORMATS.values() if dot and suffix.lower() in row.suffixes), None)


def load(place: str) -> Any:
    """What a row of the table names as `module:name`."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"micrograd_cli.rows.{module}"), name)


def extra_is_installed() -> bool:
    """Whether NumPy and Polars are there, which the extra `batch` brings."""
    return find_spec("numpy") is not None and find_spec("polars") is not None
