"""The table of `mgrad check`, drawn by Rich, and below it why a check has not passed."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from micrograd_cli.analysis.report import MANY_ELEMENTS
from micrograd_cli.checks.checking import Check, CheckReport
from micrograd_cli.errors import snippet
from micrograd_cli.language.arrays import elements
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
    report, counts = condensed(report)
    verdicts(report).print(screen, digits)
    for count in counts:
        say(screen, count)
    for check in filter(lambda check: check.reason, report.checks):
        print_reason(screen, report, check)
    if report.points > 1:
        print_points(screen, report)


def condensed(report: CheckReport) -> tuple[CheckReport, list[str]]:
    """The report with, of each large array, the elements that have not passed and the worst other.

    Beside it, of how many each of these is the worst: `W: 256 of 256 agree, the worst is W[3,7]`.
    """
    lines: list[str] = []
    left_out: set[tuple[str, str]] = set()
    by_key = {(check.input, check.source): check for check in report.checks}
    for name, shape in report.arrays.items():
        for source in {check.source: None for check in report.checks}:
            keys = [(each, source) for each in elements(name, shape) if (each, source) in by_key]
            good = [key for key in keys if by_key[key].verdict == "passed"]
            if len(keys) <= MANY_ELEMENTS or not good:
                continue
            worst = max(good, key=lambda key: by_key[key].rank)
            left_out |= {*good} - {worst}
            which = "the worst is" if len(good) == len(keys) else "of these the worst is"
            lines.append(f"{name}: {len(good)} of {len(keys)} agree, {which} {worst[0]}")
    kept = [check for check in report.checks if (check.input, check.source) not in left_out]
    return report._replace(checks=kept), lines


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
