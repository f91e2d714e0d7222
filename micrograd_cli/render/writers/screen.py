"""What people read: tables, trees and text, drawn by Rich."""

from __future__ import annotations

import sys

from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View
from micrograd_cli.render.writers.base import Writer
from micrograd_cli.terminal.console import console
from micrograd_cli.terminal.pager import page


class Screen(Writer[Result]):
    """Draws each result on a terminal, or as plain text in a pipe or a file."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        self.console = console(style.color, for_reading=style.paged)
        self.count = 0
        self.paged = style.paged and sys.stdout.isatty()
        if self.paged:
            self.console.begin_capture()

    def write(self, result: Result) -> None:
        if self.count and self.view.spaced:
            self.console.print()
        self.view.draw(result, self.console)
        self.count += 1

    def end(self) -> None:
        self.view.draw_end(self.console)
        if self.paged:
            page(self.console.end_capture())
