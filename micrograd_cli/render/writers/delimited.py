"""CSV and TSV: the rows of all results under one header, every number with all its digits."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from micrograd_cli.files.spreadsheet import as_text
from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View
from micrograd_cli.render.writers.base import Writer

DELIMITERS = {"csv": ",", "tsv": "\t"}


def write_rows(
    rows: Iterable[Iterable[Any]], file: TextIO, safe: bool, delimiter: str = ","
) -> None:
    """Write rows: a float by its repr, nothing for None; if `safe` no text that is a formula."""
    if safe:
        rows = ([as_text(x) if isinstance(x, str) else x for x in row] for row in rows)
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(rows)


class Delimited(Writer[Result]):
    """The header once, then the rows of each result."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        self.add([view.header])

    def write(self, result: Result) -> None:
        self.add(self.view.rows(result))

    def add(self, rows: Iterable[Iterable[Any]]) -> None:
        write_rows(rows, sys.stdout, self.style.safe, DELIMITERS[self.style.format])
