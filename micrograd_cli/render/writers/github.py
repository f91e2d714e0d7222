"""Annotations of GitHub Actions ("Workflow commands for GitHub Actions", `error` and `warning`)."""

from __future__ import annotations

from micrograd_cli.errors import printable
from micrograd_cli.render.view import Result
from micrograd_cli.render.writers.base import Writer

LEVELS = {"failed": "error", "skipped": "warning"}


class GitHub(Writer[Result]):
    """An annotation for each test that did not pass, and a line for each that did."""

    def write(self, result: Result) -> None:
        suite = self.view.suite(result)
        for test in self.view.tests(result):
            if test.outcome == "passed":
                print(f"{printable(test.name)} passed")
                continue
            title = escape(f"mgrad check {suite}").replace(":", "%3A").replace(",", "%2C")
            message = f"{test.name} {test.verdict}: {test.reason or 'it is off'}\n{test.text}"
            print(f"::{LEVELS[test.outcome]} title={title}::{escape(message)}")


def escape(text: str) -> str:
    """Text on one line, as the runner decodes it."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
