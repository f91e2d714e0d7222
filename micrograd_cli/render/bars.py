"""The inputs of `eval --rank`, with a bar beside each on a terminal; drawn by Rich."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import isfinite

from rich.table import Table
from rich.text import Text

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.terminal.colours import NEGATIVE, POSITIVE
from micrograd_cli.terminal.console import cell, console

EIGHTHS = " ▏▎▍▌▋▊▉█"
SHORTEST, LONGEST = 6, 40  # columns of the longest bar


class Ranking:
    """One table for each output: what its inputs are, and how much each of them matters."""

    def __init__(self, color: str) -> None:
        self.console = console(color)

    def write(self, report: Report) -> None:
        table = ranking_table(report)
        if sys.stdout.isatty():
            left = self.console.width - self.console.measure(table).maximum - 3
            width = max(SHORTEST, min(left, LONGEST))
            table = ranking_table(report, bars(report, width, self.console.options.ascii_only))
        self.console.print(table)


def ranking_table(report: Report, bars: Sequence[Text] = ()) -> Table:
    """The table, with these bars in its last column."""
    measure = "grad" if report.elasticity is None else "elasticity"
    only_inputs = all(row.op == "input" for row in report.nodes)
    table = Table(header_style="bold")
    table.add_column("input" if only_inputs else "node", overflow="fold")
    for name in dict.fromkeys(["data", "grad", measure]):
        table.add_column(name, justify="right", overflow="fold")
    if bars:
        table.add_column(f"|{measure}|", no_wrap=True)
    for index, row in enumerate(report.nodes):
        numbers = [row.data, row.grad, *([score(report, row)] if measure == "elasticity" else [])]
        cells = [row.name, *("" if x is None else repr(x) for x in numbers)]
        style = "" if row.op == "input" else "dim"
        table.add_row(*map(cell, cells), *bars[index : index + 1], style=style)
    return table


def score(report: Report, row: NodeRow) -> float | None:
    """What a row is ranked by: the input's gradient or elasticity."""
    scores = report.grad if report.elasticity is None else report.elasticity
    return scores.get(row.name) if row.op == "input" else None


def bars(report: Report, width: int, ascii_only: bool) -> list[Text]:
    """A bar for each row; inf is as long as the longest, nan has none."""
    scores = [score(report, row) or 0.0 for row in report.nodes]
    longest = max((abs(x) for x in scores if isfinite(x)), default=0.0) or 1.0
    shares = [abs(x) / longest if isfinite(x) else float(x == x) for x in scores]
    return [
        Text(drawn(share * width, ascii_only), (POSITIVE if x > 0 else NEGATIVE)[1].style)
        for x, share in zip(scores, shares, strict=True)
    ]


def drawn(length: float, ascii_only: bool) -> str:
    """A bar of that many columns; anything more than nothing is seen."""
    if ascii_only:
        return "#" * (round(length) or length > 0)
    eighths = round(length * 8) or int(length > 0)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (EIGHTHS[rest] if rest else "")
