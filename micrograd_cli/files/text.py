"""Text in, from files and standard input, and what JSON and TOML hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from micrograd_cli.errors import DataError
from micrograd_cli.files.opening import name_in_errors, open_bytes, reading
from micrograd_cli.numbers import Written

LARGEST = 1 << 28  # bytes of a file that is read whole; a device may have no end


def read_text(path: str) -> str:
    """The text of a file, with plain newlines and no byte order mark. Raises DataError."""
    with open_bytes(path) as file, reading(path):
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise DataError(f"{name_in_errors(path)} is larger than {LARGEST >> 20} MB")
    return decode(data, path)


def read_lines(path: str) -> Iterator[bytes]:
    """The lines of a file, each as soon as it arrives. Raises DataError."""
    with open_bytes(path) as file:
        while True:
            with reading(path):
                line = file.readline()
            if not line:
                return
            yield line


def decode(data: bytes, path: str, line: int = 1) -> str:
    """UTF-8 as text; `line` is the number of its first line. Raises DataError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        row = line + before.count(b"\n")
        byte = error.start - (before.rfind(b"\n") + 1) + 1
        where = f"line {row}, byte {byte} is 0x{data[error.start]:02x}"
        raise DataError(f"{name_in_errors(path)} is not UTF-8 text: {where}") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def composed(text: str) -> str:
    """The text in Unicode's form NFC, in which é is one character however it is typed."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def as_float(value: Any, what: str) -> float:
    """A number of a file as a float that knows its text. Raises DataError for anything else."""
    if isinstance(value, Written):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{what} is not a number")
    try:
        return Written(value, str(value))
    except OverflowError:
        raise DataError(f"{what} is too large for a float") from None


def written(text: str) -> Written:
    """A float of a file, with its text."""
    return Written(float(text), text)


def as_floats(value: Any, what: str) -> Any:
    """A number of a file as a float, nested lists as lists of floats. Raises DataError."""
    if isinstance(value, list):
        return [as_floats(each, what) for each in value]
    return as_float(value, what)


def parse_toml(text: str) -> Any:
    """What TOML says, its names composed."""
    import tomllib

    return tomllib.loads(composed(text), parse_float=written)


def parse_json(text: str) -> Any:
    """What JSON says, its names composed."""
    import json

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [composed(name) for name, _ in pairs]
        table = dict(zip(names, [value for _, value in pairs], strict=True))
        if len(table) < len(pairs):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"'{twice}' is given twice")
        return table

    try:
        return json.loads(text, object_pairs_hook=unique, parse_float=written)
    except json.JSONDecodeError as error:
        is_json = text.lstrip().startswith(("{", "["))
        raise ValueError(str(error) if is_json else "expected JSON or TOML") from None
