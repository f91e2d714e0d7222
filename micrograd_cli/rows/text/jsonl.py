"""JSONL: an object on every line. Its numbers keep the digits that they are written with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from micrograd_cli.files.blocks import Input
from micrograd_cli.language.arrays import elements
from micrograd_cli.rows.formats import Dialect
from micrograd_cli.rows.text.records import BadRowError, Block, Source, check_text, decoded, shown

LOOK = 100  # blocks in which to look for an object


class Numeral(str):
    """The text of a number."""

    __slots__ = ()


def parse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


decode = json.JSONDecoder(
    parse_float=Numeral, parse_int=Numeral, parse_constant=parse_constant
).decode


class JsonSource(Source):
    """The records of a JSONL text; the header is what the first good one has."""

    def __init__(self, file: Input, dialect: Dialect) -> None:
        super().__init__(file, dialect)
        self.read: list[Block] = []
        self.header = self.first_keys()

    def first_keys(self) -> list[str]:
        for data in self.raw_blocks:
            self.read.append(Block(data))
            for record in self.records(self.read[-1]):
                if record.strip():
                    try:
                        return list(self.object(record))
                    except BadRowError:
                        pass
            if len(self.read) > LOOK:
                break
        return []

    def blocks(self) -> Iterator[Block]:
        yield from self.read
        self.read = []
        yield from map(Block, self.raw_blocks)

    def records(self, block: Block) -> list[str]:
        if block.records is not None:
            return block.records
        records = decoded(block.data).split("\n")
        if not records[-1]:
            records.pop()
        return records

    def object(self, record: str) -> dict[str, Any]:
        check_text(record)
        try:
            found = decode(record)
        except json.JSONDecodeError as error:
            raise BadRowError(f"this is not JSON: {error.msg} at character {error.colno}") from None
        except (ValueError, RecursionError) as error:
            raise BadRowError(f"this is not JSON: {error}") from None
        if not isinstance(found, dict):
            raise BadRowError(f"{shown(record.strip())} is no JSON object")
        return found

    def cells(self, record: str) -> list[Any]:
        found = self.object(record)
        for name in found:
            if name not in self.header:
                raise BadRowError("the first row has no such column", name)
        return [found.get(name) for name in self.header]

    def fitted(self, record: str) -> str:
        self.object(record)
        return record

    def careful(self, inputs: Sequence[str]) -> Callable[[str], list[float]]:
        sizes = list_sizes(inputs)

        def numbers(record: str) -> list[float]:
            found = self.object(record)
            if sizes:
                found = unfolded(found, sizes)
            return [numeral(found, name) for name in inputs]

        return numbers


def list_sizes(inputs: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays whose elements are among the inputs, `x[0]`, `x[1]`."""
    sizes: dict[str, tuple[int, ...]] = {}
    for each in inputs:
        name, bracket, place = each.partition("[")
        if bracket:
            last = tuple(int(i) + 1 for i in place.removesuffix("]").split(","))
            sizes[name] = max(sizes.get(name, last), last)
    return sizes


def unfolded(found: dict[str, Any], sizes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """A row with the elements of its lists as columns of their own. Raises BadRowError."""
    row = dict(found)
    for name, shape in sizes.items():
        if name in found:
            items: list[Any] = [found[name]]
            for size in shape:
                for each in items:
                    if not isinstance(each, list) or len(each) != size:
                        shape_ = " x ".join(map(str, shape))
                        raise BadRowError(f"{shown(dumps(found[name]))} is no list of {shape_}"
                                          " numbers", name)  # fmt: skip
                items = [item for each in items for item in each]
            row |= zip(elements(name, shape), items, strict=True)
    return row


def numeral(found: dict[str, Any], name: str) -> float:
    value = found.get(name)
    if value.__class__ is Numeral:
        return float(value)
    if value is None:
        raise BadRowError("it is null" if name in found else "it is missing", name)
    raise BadRowError(f"{shown(dumps(value))} is no number", name)


def dumps(value: Any) -> str:
    """A decoded value as JSON again, its numbers as they were written."""
    if isinstance(value, Numeral):
        return value
    if isinstance(value, list):
        return "[" + ", ".join(map(dumps, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dumps(key)}: {dumps(x)}" for key, x in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
