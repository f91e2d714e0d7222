"""The table of every node's data, grad and op, drawn by Rich."""

from __future__ import annotations

from rich.console import Console

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.numbers import exact
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import grid, numeric


def draw(report: Report, screen: Console) -> None:
    """Print the table of a report's nodes."""
    table = grid(["node", "op", *numeric("data", "grad")])
    for row in report.nodes:
        cells = (row.name, row.op, exact(row.data), exact(row.grad))
        table.add_row(*map(cell, cells), style=row_style(row))
    screen.print(table)
    if report.left_out:
        note = f"{report.left_out:,} lines left out; --nodes all shows them"
        screen.print(note, style="dim")


def row_style(row: NodeRow) -> str:
    return "bold cyan" if row.op == "input" else "dim" if row.op == "const" else ""
