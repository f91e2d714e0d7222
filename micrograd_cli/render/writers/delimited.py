"""CSV and TSV: the rows of all results under one header, every number with all its digits."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from typing import Any

from micrograd_cli.files.spreadsheet import as_text
from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View
from micrograd_cli.render.writers.base import Writer

DELIMITERS = {"csv": ",", "tsv": "\t"}


class Delimited(Writer[Result]):
    """`csv` writes a float by its repr, and nothing for None."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        delimiter = DELIMITERS[style.format]
        self.table = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
        self.safe = style.safe
        self.add([view.header])

    def write(self, result: Result) -> None:
        self.add(self.view.rows(result))

    def add(self, rows: Iterable[Iterable[Any]]) -> None:
        if self.safe:
            rows = ([as_text(x) if isinstance(x, str) else x for x in row] for row in rows)
        self.table.writerows(rows)
