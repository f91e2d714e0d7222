"""A page of Markdown."""

from __future__ import annotations

from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View
from micrograd_cli.render.writers.base import Writer


class Markdown(Writer[Result]):
    """The results one below the other."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        self.gap = ""

    def write(self, result: Result) -> None:
        print(self.gap + "\n".join(self.view.markdown(result)))
        self.gap = "\n"
