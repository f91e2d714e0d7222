"""The steps of a search as CSV: its value, the norm of the gradient, and the point."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from types import TracebackType
from typing import Any

from micrograd_cli.files.output import open_output
from micrograd_cli.render.writers.delimited import write_rows


class Trace:
    """Writes a row for each step: `with Trace(path, names) as trace`."""

    def __init__(self, path: str, names: Sequence[str], safe: bool) -> None:
        self.output = open_output(path)
        self.names = names
        self.safe = safe  # as --csv-safe
        self.file: Any = None

    def __enter__(self) -> Trace:
        self.file = self.output.__enter__()
        self.row(["step", "value", "grad_norm", *self.names])
        return self

    def write(self, step: int, point: Any) -> None:
        """Write a step and its point."""
        self.row([step, point.value, point.norm, *point.x.tolist()])

    def row(self, cells: Sequence[Any]) -> None:
        text = StringIO()
        write_rows([cells], text, self.safe)
        self.file.write(text.getvalue().encode())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return self.output.__exit__(kind, error, trace)
