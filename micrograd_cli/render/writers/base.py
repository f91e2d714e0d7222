"""What all writers share."""

from __future__ import annotations

from types import TracebackType
from typing import Generic

from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View


class Writer(Generic[Result]):
    """Writes results to standard output, one after another: `with writer(view, style) as output`.

    `end` follows the last result, unless an exception has ended them.
    """

    def __init__(self, view: View[Result], style: Style) -> None:
        self.view = view
        self.style = style

    def write(self, result: Result) -> None:
        """Write one result."""
        raise NotImplementedError

    def end(self) -> None:
        """Write what follows all results."""

    def __enter__(self) -> Writer[Result]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.end()
