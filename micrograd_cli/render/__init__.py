"""How results look: a view for each kind of result, and a writer for each format."""

from __future__ import annotations

from typing import NamedTuple

FORMATS = ["table", "json", "jsonl", "csv", "tsv", "plain"]


class Style(NamedTuple):
    """What the options ask of the output."""

    format: str = "table"
    color: str = "auto"
    nonfinite: str = "null"  # what JSON has for inf and nan: null, or a string
    safe: bool = False  # no spreadsheet takes a cell of text for a formula
    paged: bool = False  # what is longer than the terminal goes through the pager
