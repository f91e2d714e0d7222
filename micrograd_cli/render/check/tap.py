"""Checks in the Test Anything Protocol, version 13 (testanything.org), for CI systems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json import dumps
from math import isfinite
from typing import Any

from micrograd_cli.checks.checking import Check, CheckReport
from micrograd_cli.errors import printable
from micrograd_cli.render import Style

FIELDS = ("analytic", "numerical", "error", "difference")


def write(reports: Sequence[CheckReport], format_: str, style: Style, strict: bool) -> None:
    """Write each check as a test; one that is inconclusive is skipped, or fails if strict."""
    tests = [(report, check) for report in reports for check in report.checks]
    print("TAP version 13")
    print(f"1..{len(tests)}")
    for number, (report, check) in enumerate(tests, 1):
        failed = check.verdict == "failed" or (strict and check.verdict == "inconclusive")
        directive = " # SKIP inconclusive" if check.verdict == "inconclusive" and not strict else ""
        print(f"{'not ok' if failed else 'ok'} {number} - {report.title(check)}{directive}")
        print("  ---")
        for name, value in details(report, check):
            print(f"  {name}: {scalar(value)}")
        print("  ...")


def details(report: CheckReport, check: Check) -> Iterator[tuple[str, Any]]:
    """What stands in a test's block of YAML."""
    yield "expr", report.expr
    yield "verdict", check.verdict
    if check.reason:
        yield "reason", f"{check.reason.kind}: {check.reason.message}"
    for name in FIELDS:
        yield name, getattr(check, name)
    yield "at", report.bindings(check)


def scalar(value: Any) -> str:
    """A scalar of YAML: of its 1.1, which PyYAML reads, a float has a point."""
    if not isinstance(value, float):
        return dumps(printable(value), ensure_ascii=False)
    if not isfinite(value):
        return f"{value!r}".replace("inf", ".inf").replace("nan", ".nan")
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{e}{exponent}"
