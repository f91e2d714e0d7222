"""Rows of a table as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Array = Any


class NumberBlock(NamedTuple):
    """Some rows: an array for each column, nan in the rows that are `bad`, and why they are.

    `lines` are the numbers of the lines on which the bad rows of a text stand. The rows are of
    `table`, `before` of whose rows came in earlier blocks.
    """

    columns: list[Array]
    bad: Mapping[int, str]
    lines: Mapping[int, int]
    table: str = ""
    before: int = 0
