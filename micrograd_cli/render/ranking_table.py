"""The inputs of `eval --rank`, with a bar beside each on a terminal; drawn by Rich."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from rich.console import Console
from rich.text import Text

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.terminal.colours import sign_style
from micrograd_cli.terminal.grid import BORDERS, Grid, Heading, numeric

EIGHTHS = " ▏▎▍▌▋▊▉█"
SHORTEST, LONGEST = 6, 40  # columns of the longest bar


def draw(report: Report, screen: Console, digits: int | None) -> None:
    """Print what the inputs are, and how much each of them matters."""
    table = ranking_grid(report)
    if screen.file.isatty():
        left = screen.width - table.width(digits) - BORDERS
        width = max(SHORTEST, min(left, LONGEST))
        with_bars = ranking_grid(report, bars(report, width, screen.options.ascii_only))
        if len(with_bars.parts(screen.width, digits)) == 1:  # else the numbers need their room
            table = with_bars
    table.print(screen, digits)


def ranking_grid(report: Report, bars: Sequence[Text] = ()) -> Grid:
    """The table, with these bars in its last column."""
    measure = "grad" if report.elasticity is None else "elasticity"
    only_inputs = all(row.op == "input" for row in report.nodes)
    headings = numeric(*dict.fromkeys(["data", "grad", measure]))
    if bars:
        headings.append(Heading(f"|{measure}|", folds=False))
    table = Grid(["input" if only_inputs else "node", *headings])
    for index, row in enumerate(report.nodes):
        numbers = [row.data, row.grad, *([score(report, row)] if measure == "elasticity" else [])]
        style = "" if row.op == "input" else "dim"
        table.add(row.name, *numbers, *bars[index : index + 1], style=style)
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
        Text(bar(share * width, ascii_only), sign_style(x))
        for x, share in zip(scores, shares, strict=True)
    ]


def bar(length: float, ascii_only: bool) -> str:
    """A bar of that many columns; anything more than nothing is seen."""
    if ascii_only:
        return "#" * (round(length) or length > 0)
    eighths = round(length * 8) or int(length > 0)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (EIGHTHS[rest] if rest else "")
