"""JSONL: an object on every line. Its numbers keep the digits that they are written with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import chain
from math import nan
from typing import Any

from micrograd_cli.errors import DataError
from micrograd_cli.files.blocks import Input
from micrograd_cli.files.text import composed
from micrograd_cli.language.arrays import elements
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.text.cells import BadRowError, check_utf8, decode, excerpt
from micrograd_cli.rows.text.records import Block, Header, RecordReader, read_blocks

LOOK = 100  # blocks in which to look for an object
TOO_DEEP = "it is nested too deep"


class Numeral(str):
    """The text of a number."""

    __slots__ = ()


def refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


parse_json = json.JSONDecoder(
    parse_float=Numeral, parse_int=Numeral, parse_constant=refuse_constant
).decode


def open_jsonl(file: Input, dialect: Dialect) -> JsonReader:
    """A reader of JSONL. The header is what the first good row has, else the dialect's columns.

    Raises DataError for a header that is no text.
    """
    pieces = read_blocks(file)
    looked: list[bytes] = []
    keys: list[str] | None = None
    while keys is None and len(looked) <= LOOK:
        piece = next(pieces, None)
        if piece is None:
            break
        looked.append(piece)
        keys = first_keys(decode(piece).split("\n"))
    try:
        check_characters(keys or [])
    except BadRowError as error:
        raise DataError(f"{file.name}: a column name is not text: {error}") from None
    blocks = map(Block, chain(looked, pieces))
    return JsonReader(file, dialect, Header(keys or list(dialect.columns)), blocks)


def first_keys(records: Iterable[str]) -> list[str] | None:
    """The keys of the first object, or None where there is none."""
    for record in records:
        if record.strip():
            try:
                return list(parse_object(record))
            except BadRowError:
                pass
    return None


def parse_object(record: str) -> dict[str, Any]:
    """The object on a line. Raises BadRowError."""
    check_utf8(record)
    try:
        value = parse_json(record)
    except json.JSONDecodeError as error:
        raise BadRowError(f"this is not JSON: {error.msg} at character {error.colno}") from None
    except ValueError as error:
        raise BadRowError(f"this is not JSON: {error}") from None
    except RecursionError:
        raise BadRowError(TOO_DEEP) from None
    if not isinstance(value, dict):
        raise BadRowError(f"{excerpt(record.strip())} is not a JSON object")
    if not record.isascii() or "\\u" in record:
        return {composed(name): member for name, member in value.items()}
    return value


class JsonReader(RecordReader):
    """The records of JSONL: its lines."""

    def cells(self, record: str) -> list[str | None]:
        values = parse_object(record)
        for name in values:
            if name not in self.header:
                raise BadRowError("the first row has no such column", name)
        cells = [cell_text(values.get(name)) for name in self.header]
        check_characters(cells)
        return cells

    def careful(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        sizes, na = list_sizes(inputs), self.dialect.na

        def numbers(record: str) -> list[float]:
            values = parse_object(record)
            if sizes:
                values = unfold_lists(values, sizes)
            return [input_number(values, name, na) for name in inputs]

        return numbers

    def repair(self, record: str) -> str:
        parse_object(record)
        return record


def list_sizes(inputs: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays whose elements are among the inputs, `x[0]`, `x[1]`."""
    sizes: dict[str, tuple[int, ...]] = {}
    for each in inputs:
        name, bracket, place = each.partition("[")
        if bracket and re.fullmatch(r"\d+(,\d+)?\]", place):
            last = tuple(int(i) + 1 for i in place.removesuffix("]").split(","))
            sizes[name] = max(sizes.get(name, last), last)
    return sizes


def unfold_lists(values: dict[str, Any], sizes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """A row with the elements of its lists as columns of their own. Raises BadRowError."""
    row = dict(values)
    for name, shape in sizes.items():
        if name in values:
            items: list[Any] = [values[name]]
            for size in shape:
                for each in items:
                    if not isinstance(each, list) or len(each) != size:
                        wanted = " x ".join(map(str, shape))
                        text = excerpt(cell_text(values[name]) or "null")
                        raise BadRowError(f"{text} is not a list of {wanted} numbers", name)
                items = [item for each in items for item in each]
            row |= zip(elements(name, shape), items, strict=True)
    return row


def input_number(values: dict[str, Any], name: str, na: Container[str]) -> float:
    value = values.get(name)
    if na and name in values and ("null" if value is None else cell_text(value)) in na:
        return nan
    if value.__class__ is Numeral:
        return float(value)
    if value is None:
        raise BadRowError("it is null" if name in values else "it is missing", name)
    raise BadRowError(f"{excerpt(write_json(value))} is not a number", name)


def cell_text(value: Any) -> str | None:
    """A JSON value as the text of a cell; None of null. Raises BadRowError."""
    return value if value is None or isinstance(value, str) else write_json(value)


def check_characters(texts: Iterable[str | None]) -> None:
    """Raises BadRowError for half a character that was written as an escape, such as \\ud800."""
    try:
        "".join(filter(None, texts)).encode()
    except UnicodeEncodeError as error:
        code = ord(error.object[error.start])
        raise BadRowError(f"\\u{code:04x} is half a character") from None


def write_json(value: Any) -> str:
    """A value as JSON again, its numbers as they were written. Raises BadRowError."""
    try:
        return json_text(value)
    except RecursionError:
        raise BadRowError(TOO_DEEP) from None


def json_text(value: Any) -> str:
    if isinstance(value, Numeral):
        return value
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    if isinstance(value, dict):
        members = (f"{json_text(key)}: {json_text(x)}" for key, x in value.items())
        return "{" + ", ".join(members) + "}"
    return json.dumps(value, ensure_ascii=False)
