"""Frames out, one after the other: to a binary file in bounded memory, or as lines of text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from micrograd_cli.errors import DataError, MgradError, UsageError
from micrograd_cli.files.compression import compression
from micrograd_cli.files.output import open_output
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load

SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")  # what Rust puts behind its words for one


def write_text(
    frames: Iterable[pl.DataFrame], dialect: Dialect, path: str | None, as_string: bool
) -> None:
    """Write frames as text. Raises DataError."""
    lines = load(dialect.format.frame_writer)
    first = True
    with open_output(path) as out:
        for frame in frames:
            out.write(lines(frame, dialect, as_string, first))
            out.flush()
            first = False


def write_file(frames: Iterable[pl.DataFrame], dialect: Dialect, path: str | None) -> None:
    """Write a binary file. Raises UsageError where none is named, DataError."""
    if path is None or path == "-":
        raise UsageError(f"{dialect.format.name} is written to a file", hint="name it with -o FILE")
    if compression(path):
        raise UsageError(f"{dialect.format.name} is compressed within",
                         hint=f"name it without .{compression(path)}")  # fmt: skip
    rest = iter(frames)
    first = next(rest)
    failures: list[MgradError] = []

    def pieces(*_: Any) -> Iterator[pl.DataFrame]:
        yield first
        try:
            yield from rest
        except MgradError as error:  # told below: it need not pass through Polars
            failures.append(error)

    lazy = register_io_source(pieces, schema=dict(first.schema))
    with open_output(path) as file:
        try:
            load(dialect.format.writer)(lazy, file)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise system_error(error, path) from None
        if failures:
            raise failures[0]


def system_error(error: Exception, path: str) -> Exception:
    """The error of the system that Polars tells of, as Python has it."""
    message = str(error)
    number = SYSTEM_ERROR.search(message)
    if number is None:
        return DataError(f"cannot write '{path}': {message.splitlines()[0]}")
    return OSError(int(number[1]), os.strerror(int(number[1])))
