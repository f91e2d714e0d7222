"""Long output on a terminal: through the pager that PAGER names, or `less`."""

from __future__ import annotations

import os
import shutil
import sys

import click


def page(text: str, wanted: bool = True) -> None:
    """Print a text; where it is longer than the terminal, through the pager unless not `wanted`.

    In a pipe or a file the text is printed as it is.
    """
    rows = shutil.get_terminal_size().lines
    short = text.count("\n") < rows - 1
    if not wanted or short or not (sys.stdout.isatty() and sys.stdin and sys.stdin.isatty()):
        click.echo(text, nl=False, color=True)
        return
    os.environ.setdefault("LESS", "-R")
    click.echo_via_pager(text, color=True)
