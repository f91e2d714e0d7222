"""The look of all tables: bold headings, numbers on the right, cells that fold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.table import Table

from micrograd_cli.terminal.console import cell


class Heading(NamedTuple):
    """The head of a column; `numbers` are aligned to the right."""

    text: str
    numbers: bool = False
    style: str = ""
    folds: bool = True


def numeric(*names: str) -> list[Heading]:
    """Headings of columns of numbers."""
    return [Heading(name, numbers=True) for name in names]


def grid(headings: Iterable[str | Heading], lines: bool = False) -> Table:
    """A table without rows; text alone heads a column of words. `lines` part the rows."""
    table = Table(header_style="bold", show_lines=lines)
    for each in headings:
        heading = Heading(each) if isinstance(each, str) else each
        table.add_column(
            cell(heading.text),
            style=heading.style,
            justify="right" if heading.numbers else "left",
            overflow="fold",
            no_wrap=not heading.folds,
        )
    return table
