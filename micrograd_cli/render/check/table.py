"""The table of `mgrad check`, drawn by Rich, and below it why a check has not passed."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from micrograd_cli.checks.checking import Check, CheckReport
from micrograd_cli.errors import snippet
from micrograd_cli.numbers import magnitude, rounded_to_error
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import Grid, numeric

STYLES = {"passed": "green", "inconclusive": "yellow", "failed": "bold red"}
HEADINGS = {"claim": "claim", "expect": "expected", "expect-file": "expected", "same-as": "other"}


def draw(report: CheckReport, screen: Console, several: bool, digits: int | None) -> None:
    """Print the table of an output's checks, below the output if there are several."""
    if several:
        named = report.output not in (None, report.expr)
        say(screen, f"{report.output} = {report.expr}" if named else report.expr, "bold")
    verdicts(report).print(screen, digits)
    for check in filter(lambda check: check.reason, report.checks):
        print_reason(screen, report, check)
    if report.points > 1:
        print_points(screen, report)


def say(screen: Console, line: str, style: str = "", copied: bool = False) -> None:
    """Print a line; one that is to be `copied` is not broken into several."""
    text = cell(line)
    text.stylize(style)
    screen.print(text, soft_wrap=copied)


def verdicts(report: CheckReport) -> Grid:
    """The table of a report's checks."""
    sources = sorted({check.source for check in report.checks})
    several = len(sources) > 1
    left = "analytic" if several else HEADINGS.get(sources[0], "analytic")
    headings = numeric(left, report.checks[0].against, "error", "off by")
    table = Grid(["input", *(["source"] if several else []), *headings, "verdict"])
    for check in report.checks:
        source = [check.source] if several else []
        numerical = rounded_to_error(check.numerical, check.error)
        errors = [magnitude(check.error), magnitude(check.difference)]
        verdict = Text(check.verdict, STYLES[check.verdict])
        table.add(check.input, *source, check.analytic, numerical, *errors, verdict)
    return table


def print_reason(screen: Console, report: CheckReport, check: Check) -> None:
    """Say why a check has not passed, and show the place."""
    reason = check.reason
    assert reason is not None
    say(screen, f"{check.input} {check.verdict} ({reason.kind}): {reason.message}")
    if reason.span and report.text:
        for line in snippet(report.text, reason.span):
            say(screen, line, copied=True)


def print_points(screen: Console, report: CheckReport) -> None:
    """Show the point of each line, to be run again."""
    seed = "" if report.seed is None else f" (--seed {report.seed})"
    points = f"{report.points} points{seed}"
    say(screen, f"{points}; each line is the worst of its input:", "dim")
    for check in report.checks:
        line = f"  {check.input}: {tally(check)}: {report.bindings(check)}"
        say(screen, line, "dim", copied=True)


def tally(check: Check) -> str:
    """How many points have which verdict: `198 passed, 2 inconclusive`."""
    counts = check.counts.items()
    return ", ".join(f"{count} {verdict}" for verdict, count in counts if count)
