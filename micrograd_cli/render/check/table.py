"""The table of `mgrad check`, drawn by Rich, and below it why a check has not passed."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, log10

from rich.console import Console
from rich.table import Table
from rich.text import Text

from micrograd_cli.checks.checking import Check, CheckReport
from micrograd_cli.errors import snippet
from micrograd_cli.render import Style
from micrograd_cli.terminal.console import cell, console

STYLES = {"passed": "green", "inconclusive": "yellow", "failed": "bold red"}
HEADINGS = {"claim": "claim", "expect": "expected", "expect-file": "expected", "same-as": "other"}


def write(reports: Sequence[CheckReport], format_: str, style: Style, strict: bool) -> None:
    """Draw a table for each report."""
    screen = console(style.color)
    for report in reports:
        if len(reports) > 1:
            named = report.output not in (None, report.expr)
            say(screen, f"{report.output} = {report.expr}" if named else report.expr, "bold")
        screen.print(verdict_table(report))
        for check in filter(lambda check: check.reason, report.checks):
            explain(screen, report, check)
        if report.seed is not None:
            list_points(screen, report)


def say(screen: Console, line: str, style: str = "", copied: bool = False) -> None:
    """Print a line; one that is to be `copied` is not broken into several."""
    text = cell(line)
    text.stylize(style)
    screen.print(text, soft_wrap=copied)


def verdict_table(report: CheckReport) -> Table:
    """The table of a report's checks."""
    table = Table(header_style="bold")
    sources = sorted({check.source for check in report.checks})
    several = len(sources) > 1
    left = "analytic" if several else HEADINGS.get(sources[0], "analytic")
    table.add_column("input", overflow="fold")
    if several:
        table.add_column("source", overflow="fold")
    for heading in (left, report.checks[0].against, "error", "off by"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("verdict", overflow="fold")
    for check in report.checks:
        source = [check.source] if several else []
        numbers = [repr(check.analytic), rounded(check.numerical, check.error)]
        errors = [short(check.error), short(check.difference)]
        cells = [cell(text) for text in (check.input, *source, *numbers, *errors)]
        table.add_row(*cells, Text(check.verdict, STYLES[check.verdict]))
    return table


def short(number: float) -> str:
    """A number of which the size matters: `3e-14`."""
    return f"{number:.0e}" if number else "0"


def rounded(number: float, error: float) -> str:
    """A number to one digit more than its error bar tells of."""
    if not (isfinite(number) and isfinite(error) and number and error):
        return repr(number)
    digits = floor(log10(abs(number))) - floor(log10(error)) + 2
    return repr(number) if digits > 16 else repr(float(f"{number:.{max(digits, 1)}g}"))


def explain(screen: Console, report: CheckReport, check: Check) -> None:
    """Say why a check has not passed, and show the place."""
    reason = check.reason
    assert reason is not None
    say(screen, f"{check.input} {check.verdict} ({reason.kind}): {reason.message}")
    if reason.span and report.text:
        for line in snippet(report.text, reason.span):
            say(screen, line, copied=True)


def list_points(screen: Console, report: CheckReport) -> None:
    """Show the point of each line, to be run again."""
    drawn = f"{report.points} points (--seed {report.seed})"
    say(screen, f"{drawn}; each line is the worst of its input:", "dim")
    for check in report.checks:
        line = f"  {check.input}: {tally(check)}: {report.bindings(check)}"
        say(screen, line, "dim", copied=True)


def tally(check: Check) -> str:
    """How many points have which verdict: `198 passed, 2 inconclusive`."""
    counts = check.counts.items()
    return ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
