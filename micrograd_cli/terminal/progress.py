"""A progress bar on standard error, where that is a terminal and the work takes a while."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

QUIET = 0.5  # seconds before the bar appears


@contextmanager
def progress(
    unit: str, total: int | None = None, results_last: bool = False, size: int | None = None
) -> Iterator[Callable[..., None]]:
    """Gives a function to call with how many more units are done, and how many bytes in all.

    `total` units or `size` bytes are the whole, where that is known. There is no bar where standard
    error is no terminal, nor where results go to that terminal too while it is drawn.
    """
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not results_last):
        yield lambda count, position=0: None
        return
    bar = Bar(unit, total, size)
    try:
        yield bar.advance
    finally:
        bar.end()


class Bar:
    """Rich's bar, with how many units are done and how many a second."""

    def __init__(self, unit: str, total: int | None, size: int | None) -> None:
        self.unit = unit
        self.total = total
        self.size = size
        self.done = 0
        self.start = time.monotonic()
        self.display: Any = None
        self.lock = threading.Lock()

    def advance(self, count: int, position: int = 0) -> None:
        """May be called from any thread."""
        with self.lock:
            self.done += count
            seconds = time.monotonic() - self.start
            if seconds < QUIET:
                return
            self.display = self.display or self.draw()
        of = "" if self.total is None else f" of {self.total:,}"
        text = f"{self.done:,}{of} {self.unit}, {self.done / seconds:,.0f} {self.unit}/s"
        completed = self.done if self.size is None else position
        self.display.update(self.display.task_ids[0], completed=completed, text=text)

    def draw(self) -> Any:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        whole = self.total if self.size is None else self.size
        known = () if whole is None else (BarColumn(), TimeRemainingColumn())
        read = () if self.size is None else (DownloadColumn(),)
        bar = Progress(TextColumn("{task.fields[text]}"), *known, *read, transient=True,
                       console=Console(stderr=True), redirect_stdout=False)  # fmt: skip
        bar.add_task("", total=whole, text="")
        bar.start()
        return bar

    def end(self) -> None:
        if self.display is not None:
            self.display.stop()
