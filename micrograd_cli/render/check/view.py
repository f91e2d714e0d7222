"""Checks of gradients: as fields, rows and lines, and as the tests of CI systems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.checks.checking import VERDICTS, Check, CheckReport
from micrograd_cli.numbers import ALL_DIGITS, shortened
from micrograd_cli.render import FORMATS as COMMON
from micrograd_cli.render.view import Test, View

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = [*COMMON, "tap", "junit", "github"]
NUMBERS = ("analytic", "numerical", "error", "difference")


class CheckView(View[CheckReport]):
    """The checks of one of `several` outputs. If `strict`, an inconclusive one is a failed test."""

    header = (
        "output", "input", "source", "against", *NUMBERS, "verdict", "reason", "message",
        *VERDICTS, "bindings",
    )  # fmt: skip

    def __init__(self, several: bool, strict: bool, digits: int | None = None) -> None:
        self.several = several
        self.strict = strict
        self.digits = digits

    def fields(self, report: CheckReport) -> dict[str, Any]:
        return {
            "output": report.output,
            "expr": report.expr,
            "verdict": report.verdict,
            "points": report.points,
            "seed": report.seed,
            "checks": [check_fields(report, check) for check in report.checks],
        }

    def rows(self, report: CheckReport) -> Iterator[Sequence[Any]]:
        for check in report.checks:
            yield (
                report.output,
                check.input,
                check.source,
                check.against,
                *numbers(check).values(),
                check.verdict,
                *(check.reason[:2] if check.reason else (None, None)),
                *[check.counts[verdict] for verdict in VERDICTS],
                report.bindings(check),
            )

    def lines(self, report: CheckReport) -> Iterator[str]:
        """`INPUT VERDICT ANALYTIC NUMERICAL ERROR DIFFERENCE SOURCE`, with blanks between."""
        for check in report.checks:
            digits = self.digits or ALL_DIGITS
            words = [shortened(x, digits) for x in numbers(check).values()]
            yield " ".join([report.label(check), check.verdict, *words, check.source])

    def draw(self, report: CheckReport, screen: Console) -> None:
        from micrograd_cli.render.check.table import draw

        draw(report, screen, self.several, self.digits)

    def suite(self, report: CheckReport) -> str:
        return report.output or report.expr

    def tests(self, report: CheckReport) -> Iterator[Test]:
        outcomes = {"inconclusive": "failed" if self.strict else "skipped"}
        for check in report.checks:
            reason = f"{check.reason.kind}: {check.reason.message}" if check.reason else ""
            yield Test(
                report.title(check),
                outcomes.get(check.verdict, check.verdict),
                check.verdict,
                reason,
                {
                    "expr": report.expr,
                    "verdict": check.verdict,
                    **({"reason": reason} if reason else {}),
                    **numbers(check),
                    "at": report.bindings(check),
                },
                description(report, check),
            )


def numbers(check: Check) -> dict[str, float]:
    """The numbers of a check by their names."""
    return {name: getattr(check, name) for name in NUMBERS}


def check_fields(report: CheckReport, check: Check) -> dict[str, Any]:
    return {
        "input": check.input,
        "source": check.source,
        "against": check.against,
        **numbers(check),
        "verdict": check.verdict,
        "reason": check.reason and check.reason._asdict(),
        "counts": check.counts,
        "point": check.point,
        "bindings": report.bindings(check),
    }


def description(report: CheckReport, check: Check) -> str:
    """A check in three lines."""
    return (
        f"{report.expr}\nanalytic {check.analytic!r}, numerical {check.numerical!r} "
        f"to within {check.error:.1e}, difference {check.difference:.1e}\n"
        f"at {report.bindings(check)}"
    )
