"""The Test Anything Protocol, version 13 (testanything.org), for CI systems."""

from __future__ import annotations

from json import dumps
from math import isfinite
from typing import Any

from micrograd_cli.errors import printable
from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, Test, View
from micrograd_cli.render.writers.base import Writer


class Tap(Writer[Result]):
    """Collects the tests of all results, because their number is written first."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        self.tests: list[Test] = []

    def write(self, result: Result) -> None:
        self.tests += self.view.tests(result)

    def end(self) -> None:
        print("TAP version 13")
        print(f"1..{len(self.tests)}")
        for number, test in enumerate(self.tests, 1):
            status = "not ok" if test.outcome == "failed" else "ok"
            directive = f" # SKIP {test.verdict}" if test.outcome == "skipped" else ""
            print(f"{status} {number} - {test.name}{directive}")
            print("  ---")
            for name, value in test.details.items():
                print(f"  {name}: {scalar(value)}")
            print("  ...")


def scalar(value: Any) -> str:
    """A scalar of YAML: of its 1.1, which PyYAML reads, a float has a point."""
    if not isinstance(value, float):
        return dumps(printable(value), ensure_ascii=False)
    if not isfinite(value):
        return f"{value!r}".replace("inf", ".inf").replace("nan", ".nan")
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{e}{exponent}"
