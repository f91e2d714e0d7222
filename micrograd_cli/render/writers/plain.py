"""Plain lines, which a shell takes apart."""

from __future__ import annotations

from micrograd_cli.render.view import Result
from micrograd_cli.render.writers.base import Writer


class Plain(Writer[Result]):
    """The lines of each result."""

    def write(self, result: Result) -> None:
        for line in self.view.lines(result):
            print(line)
