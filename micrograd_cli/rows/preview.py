"""`--head` and `--dry-run`: what would be done, and a few rows as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.table import Table

from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.terminal.console import cell, console

ROWS = 3  # that a dry run shows


class Column(NamedTuple):
    """A column of the table that is drawn."""

    name: str
    right: bool = False
    style: str = ""


def describe(table: str, plan: Plan, request: MapRequest, format_: str, engine: str) -> None:
    """Print what would be done, a word and its text on each line."""
    lines = [
        ("table", table),
        *[(f"input {name}", origin) for name, origin in plan.origins.items()],
        ("results", ", ".join(plan.results)),
        ("output", f"{request.output or 'standard output'}: {format_}"),
        ("engine", engine),
    ]
    width = max(len(word) for word, _ in lines)
    for word, text in lines:
        print(f"{word:<{width}}  {text}")


def draw(columns: Sequence[Column], rows: Iterable[Sequence[str]], color: str) -> None:
    """Print rows of texts as a table."""
    table = Table(header_style="bold")
    for name, right, style in columns:
        justify = "right" if right else "left"
        table.add_column(cell(name), justify=justify, overflow="fold", style=style)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*map(cell, row))
    console(color).print(table)
