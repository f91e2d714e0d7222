"""A progress bar on standard error, where that is a terminal and the work takes a while."""

from __future__ import annotations

import sys
import time
from typing import Any

from micrograd_cli.rows.scalar import Tally
from micrograd_cli.rows.streams import Input

QUIET = 0.5  # seconds before the bar appears


class Progress:
    """`tell()` after each block; nothing is drawn, and Rich not imported, without a terminal."""

    def __init__(self, file: Input | None, tally: Tally, output: str | None) -> None:
        self.file = file
        self.tally = tally
        self.start = time.monotonic()
        self.shown = sys.stderr.isatty() and (output is not None or not sys.stdout.isatty())
        self.bar: Any = None

    def tell(self) -> None:
        seconds = time.monotonic() - self.start
        if not self.shown or seconds < QUIET:
            return
        if self.bar is None:
            self.bar = drawn(self.file.size if self.file else None)
            self.bar.start()
        rows = self.tally.rows
        self.bar.update(
            self.bar.task_ids[0],
            completed=self.file.position if self.file else 0,
            rows=f"{rows:,} rows, {rows / seconds:,.0f} rows/s",
        )

    def end(self) -> None:
        if self.bar is not None:
            self.bar.stop()


def drawn(size: int | None) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    known = (BarColumn(), DownloadColumn(), TimeRemainingColumn()) if size else ()
    bar = Bar(TextColumn("{task.fields[rows]}"), *known, console=Console(stderr=True),
              transient=True)  # fmt: skip
    bar.add_task("", total=size, rows="")
    return bar
