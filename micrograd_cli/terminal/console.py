"""What standard output can show: a Rich console for a terminal, a pipe or a file."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from micrograd_cli.terminal.saying import wants_color
from micrograd_cli.terminal.streams import encoding, escape_unknown_characters, reconfigure

UNLIMITED = 1_000_000  # columns of a pipe or a file: a table there is as wide as it needs to be


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise  # Rich would exit with 1; what catches it has a status for this


def console(color: str = "auto", for_reading: bool = False) -> Console:
    """A console on standard output that never reads markup, emoji codes or numbers in text.

    What is there `for_reading` is folded in a pipe too, where it is known how wide its end is.
    """
    stream = sys.stdout
    if plain_locale(os.environ):
        reconfigure(encoding="ascii")
    escape_unknown_characters()
    width = (reading_width() if for_reading else 0) or UNLIMITED
    if stream.isatty():
        width = shutil.get_terminal_size().columns
    colored = wants_color(color, stream.isatty(), os.environ)
    return _Console(
        file=stream,
        width=width,
        force_terminal=colored,
        color_system="standard" if colored else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def reading_width() -> int:
    """How wide the end of a pipe is, as in `mgrad functions | less`; 0 where nothing tells.

    COLUMNS says so, or else the terminal on which errors are shown.
    """
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal():
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stderr__.fileno()).columns if sys.__stderr__ else 0
    except (OSError, ValueError):
        return 0


def cell(text: str) -> Text:
    """Text for a cell, never read as markup; what the stream cannot show is escaped."""
    return Text(text.encode(encoding(), "backslashreplace").decode(encoding()))


def plain_locale(environ: Mapping[str, str]) -> bool:
    """Whether the locale is C or POSIX: Python then puts UTF-8 in its place (PEP 538)."""
    chosen = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if chosen == "C.UTF-8" and not environ.get("LC_ALL"):
        chosen = environ.get("LANG") or chosen  # PEP 538 has set LC_CTYPE
    return chosen in ("C", "POSIX")
