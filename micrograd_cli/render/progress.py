"""A progress bar for long work, on standard error and only where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(
    unit: str, total: int | None = None, results_last: bool = False
) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with how many more units are done; `total` is None if unknown.

    There is no bar where standard error is no terminal, nor where results go to that terminal too
    while it is drawn.
    """
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not results_last):
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)
