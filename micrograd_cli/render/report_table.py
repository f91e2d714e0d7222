"""The table of every node's data, grad and op, drawn by Rich."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.terminal.grid import Grid, fixed, numeric


def draw(report: Report, screen: Console, digits: int | None) -> None:
    """Print the table of a report's nodes, with so many digits or those that fit."""
    table = Grid(["node", "op", *numeric("data", "grad")])
    for row in once_each(report.nodes):
        table.add(row.name, row.op, fixed(row.data), fixed(row.grad), style=row_style(row))
    table.print(screen, digits)
    if report.left_out:
        note = f"{report.left_out:,} lines left out; --nodes all shows them"
        screen.print(note, style="dim")


def once_each(rows: Iterable[NodeRow]) -> Iterator[NodeRow]:
    """The rows without repeats of a number that is written several times."""
    numbers = set()
    for row in rows:
        if row.op != "const" or (row.name, row.data) not in numbers:
            yield row
        if row.op == "const":
            numbers.add((row.name, row.data))


def row_style(row: NodeRow) -> str:
    return "bold cyan" if row.op == "input" else "dim" if row.op == "const" else ""
