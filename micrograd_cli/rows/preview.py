"""`--head` and `--dry-run`: what would be done, and a few rows as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.terminal.console import console
from micrograd_cli.terminal.grid import Cell, Grid, Heading

ROWS = 3  # that a dry run shows


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


def draw(headings: Sequence[Heading], rows: Iterable[Sequence[Cell]], color: str) -> None:
    """Print rows as a table, numbers rounded where it does not fit the terminal."""
    table = Grid(headings)
    for row in rows:
        table.add(*row)
    table.print(console(color))
