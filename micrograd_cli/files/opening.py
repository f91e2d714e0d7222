"""Opening what is read, and the words for what cannot be read or written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from micrograd_cli.errors import DataError


def open_bytes(path: str) -> BinaryIO:
    """A file to read bytes from, or standard input for `-`. Raises DataError."""
    with reading(path):
        return sys.stdin.buffer if path == "-" else open(path, "rb")


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Turns what fails in a block that reads `path`, or makes sense of it, into a DataError."""
    try:
        yield
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise DataError(f"cannot read {name_in_errors(path)}: {reason(error)}") from None


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Turns what fails in a block that writes `path` into a DataError."""
    try:
        yield
    except BrokenPipeError:  # the reader of a pipe has gone: a status of its own
        raise
    except OSError as error:
        raise DataError(f"cannot write '{path}': {reason(error)}") from None


def name_in_errors(path: str) -> str:
    return "standard input" if path == "-" else f"'{path}'"


def reason(error: Exception) -> str:
    """Why something has failed, without numbers of errors and names of calls."""
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return getattr(error, "strerror", None) or str(error)
