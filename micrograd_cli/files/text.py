"""What commands read: programs and parameters, from files and standard input."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

from micrograd_cli.errors import DataError


def open_bytes(path: str) -> BinaryIO:
    """A file to read bytes from, or standard input for `-`. Raises DataError."""
    try:
        return sys.stdin.buffer if path == "-" else open(path, "rb")
    except OSError as error:
        raise DataError(f"cannot read '{path}': {error.strerror}") from None


def read_text(path: str) -> str:
    """The text of a file, with plain newlines and no byte order mark. Raises DataError."""
    with open_bytes(path) as file:
        return decode(file.read(), path)


def decode(data: bytes, path: str, line: int = 1) -> str:
    """UTF-8 as text; `line` is the number of its first line. Raises DataError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        row = line + before.count(b"\n")
        byte = error.start - (before.rfind(b"\n") + 1) + 1
        where = "standard input" if path == "-" else f"'{path}'"
        raise DataError(
            f"{where} is not UTF-8 text: line {row}, byte {byte} is 0x{data[error.start]:02x}"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_parameters(path: str) -> dict[str, Any]:
    """The numbers of a JSON or (by its ending) TOML file, by name; nested lists of arrays.

    Raises DataError.
    """
    text = read_text(path)
    try:
        table = toml(text) if path.endswith(".toml") else json(text)
    except ValueError as error:
        raise DataError(f"cannot read '{path}': {error}") from None
    if not isinstance(table, dict):
        raise DataError(f"'{path}' holds no object of names and numbers")
    what = f"'{path}': the value of"
    return {name: as_floats(value, f"{what} '{name}'") for name, value in table.items()}


def as_floats(value: Any, what: str) -> Any:
    """A number of a file as a float, nested lists as lists of floats. Raises DataError."""
    if isinstance(value, list):
        return [as_floats(each, what) for each in value]
    return as_float(value, what)


def as_float(value: Any, what: str) -> float:
    """A number of a file as a float. Raises DataError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{what} is no number")
    try:
        return float(value)
    except OverflowError:
        raise DataError(f"{what} is too large for a float") from None


def toml(text: str) -> Any:
    import tomllib

    return tomllib.loads(text)


def json(text: str) -> Any:
    import json

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"'{twice}' is given twice")
        return table

    return json.loads(text, object_pairs_hook=unique)
