"""Files that hold all results: pictures, for example."""

from __future__ import annotations

from micrograd_cli.files.output import open_output
from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View
from micrograd_cli.render.writers.base import Writer


class Document(Writer[Result]):
    """Collects the results; the view makes the bytes of the file."""

    def __init__(self, view: View[Result], style: Style) -> None:
        super().__init__(view, style)
        self.results: list[Result] = []

    def write(self, result: Result) -> None:
        self.results.append(result)

    def end(self) -> None:
        content = self.view.document(self.results, self.style.format)
        with open_output(None) as file:
            file.write(content)
