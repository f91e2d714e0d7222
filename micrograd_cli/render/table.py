"""The table of every node's data, grad and op, drawn by Rich."""

from __future__ import annotations

from rich.table import Table

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.terminal.console import cell, console


class Tables:
    """One table for each output. Cells fold where a terminal is narrow; none is cut."""

    def __init__(self, color: str) -> None:
        self.console = console(color)

    def write(self, report: Report) -> None:
        self.console.print(node_table(report))
        if report.left_out:
            note = f"{report.left_out:,} lines left out; --nodes all shows them"
            self.console.print(note, style="dim")


def node_table(report: Report) -> Table:
    """The table of a report's nodes."""
    table = Table(header_style="bold")
    table.add_column("node", overflow="fold")
    table.add_column("op", overflow="fold")
    table.add_column("data", justify="right", overflow="fold")
    table.add_column("grad", justify="right", overflow="fold")
    for row in report.nodes:
        grad = "" if row.grad is None else repr(row.grad)
        cells = map(cell, (row.name, row.op, repr(row.data), grad))
        table.add_row(*cells, style=row_style(row))
    return table


def row_style(row: NodeRow) -> str:
    return "bold cyan" if row.op == "input" else "dim" if row.op == "const" else ""
