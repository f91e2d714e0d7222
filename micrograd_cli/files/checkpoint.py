"""The file of a training that `minimize --resume` goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from micrograd_cli.errors import DataError
from micrograd_cli.files.parameters import each_element, read_table
from micrograd_cli.files.text import as_float


class Checkpoint(NamedTuple):
    """Where a training ended; its numbers are by element (`W[0,1]`)."""

    params: dict[str, float]
    method: str | None  # None where the file is of no training
    step: int
    first: dict[str, float]  # moments of the gradient
    second: dict[str, float]


def read_checkpoint(path: str) -> Checkpoint:
    """A JSON file that `minimize` has written. Raises DataError."""
    table = read_table(path)
    state = part(table, "state", path)
    step, method = state.get("step", 0), state.get("method")
    if not isinstance(step, int) or isinstance(step, bool) or step < 0:
        raise DataError(f"'{path}': step is not a whole number")
    if not isinstance(method, str | None):
        raise DataError(f"'{path}': method is not a name")
    first, second = (numbers(state, key, path) for key in ("first", "second"))
    return Checkpoint(numbers(table, "params", path), method, step, first, second)


def part(table: Mapping[str, Any], key: str, path: str) -> Mapping[str, Any]:
    """An object within an object, empty where there is none. Raises DataError."""
    found = table.get(key) or {}
    if not isinstance(found, dict):
        raise DataError(f"'{path}': {key} is not an object")
    return found


def numbers(table: Mapping[str, Any], key: str, path: str) -> dict[str, float]:
    """The numbers of an object within an object, by element. Raises DataError."""
    return {
        name: float(as_float(value, f"'{path}': the value of '{name}' in {key}"))
        for name, value in each_element(part(table, key, path))
    }
