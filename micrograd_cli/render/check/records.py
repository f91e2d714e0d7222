"""What `mgrad check` prints: a table, records that scripts rely on, and reports for CI systems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from micrograd_cli.checks.checking import VERDICTS, Check, CheckReport
from micrograd_cli.render import Style
from micrograd_cli.render.records import Csv, Json

HOMES = {
    "table": "table",
    "json": "records",
    "jsonl": "records",
    "csv": "records",
    "tsv": "records",
    "plain": "records",
    "tap": "tap",
    "junit": "junit",
}
FORMATS = list(HOMES)
NUMBERS = ("analytic", "numerical", "error", "difference")


def render(reports: Sequence[CheckReport], format_: str, style: Style, strict: bool) -> None:
    """Write the reports to standard output. Only the table's module imports Rich."""
    home = import_module(f"micrograd_cli.render.check.{HOMES[format_]}")
    home.write(reports, format_, style, strict)


def write(reports: Sequence[CheckReport], format_: str, style: Style, strict: bool) -> None:
    """Write the reports as records."""
    renderer = RECORDS[format_](format_, style)
    for report in reports:
        renderer.write(report)


class CheckJson(Json):
    """One object for each output, with a list of its checks."""

    def fields(self, report: Any) -> dict[str, Any]:
        return {
            "output": report.output,
            "expr": report.expr,
            "verdict": report.verdict,
            "points": report.points,
            "seed": report.seed,
            "checks": [self.check(each, report) for each in report.checks],
        }

    def check(self, check: Check, report: CheckReport) -> dict[str, Any]:
        numbers = {name: getattr(check, name) for name in NUMBERS}
        return {
            "input": check.input,
            "source": check.source,
            "against": check.against,
            **self.numbers(numbers),
            "verdict": check.verdict,
            "reason": check.reason and check.reason._asdict(),
            "counts": check.counts,
            "point": self.numbers(check.point),
            "bindings": report.bindings(check),
        }


class CheckCsv(Csv):
    """One row for each check, under a header."""

    header = (
        "output", "input", "source", "against", *NUMBERS, "verdict", "reason", "message",
        *VERDICTS, "bindings",
    )  # fmt: skip

    def cells(self, report: Any) -> Iterator[Sequence[Any]]:
        for check in report.checks:
            yield (
                report.output or "",
                check.input,
                check.source,
                check.against,
                *[repr(getattr(check, name)) for name in NUMBERS],
                check.verdict,
                *(check.reason[:2] if check.reason else ("", "")),
                *[check.counts[verdict] for verdict in VERDICTS],
                report.bindings(check),
            )


class CheckPlain:
    """`INPUT VERDICT ANALYTIC NUMERICAL ERROR DIFFERENCE SOURCE`, with blanks between."""

    def __init__(self, format_: str, style: Style) -> None:
        pass

    def write(self, report: CheckReport) -> None:
        for check in report.checks:
            numbers = [repr(getattr(check, name)) for name in NUMBERS]
            print(report.label(check), check.verdict, *numbers, check.source)


RECORDS: dict[str, Any] = {
    "json": CheckJson,
    "jsonl": CheckJson,
    "csv": CheckCsv,
    "tsv": CheckCsv,
    "plain": CheckPlain,
}
