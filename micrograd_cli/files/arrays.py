"""Files of one array: JSON, or rows of numbers separated by commas, tabs or blanks."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from micrograd_cli.errors import DataError
from micrograd_cli.files.opening import reading
from micrograd_cli.files.text import as_floats, parse_json, read_text, written


@cache  # a pipe can be read once
def read_array(path: str) -> Any:
    """The nested lists of a file; of one row or one column a flat list. Raises DataError."""
    text = read_text(path)
    if text.lstrip()[:1] == "[":
        with reading(path):
            return as_floats(parse_json(text), f"'{path}': a value")
    rows = [read_row(line, path, number) for number, line in enumerate(text.splitlines(), 1)]
    rows = [row for row in rows if row]
    if not rows:
        raise DataError(f"'{path}' holds no numbers")
    if len(rows) == 1:
        return rows[0]
    return [row[0] for row in rows] if all(len(row) == 1 for row in rows) else rows


def read_row(line: str, path: str, number: int) -> list[float]:
    """The numbers of a line; a first line of names is none. Raises DataError."""
    words = [word for word in re.split(r"[,;\t ]+", line.strip()) if word]
    try:
        return [written(word) for word in words]
    except ValueError:
        if number == 1:
            return []
        raise DataError(
            f"line {number} of '{path}' is not numbers alone: {line.strip()!r}"
        ) from None
