"""What standard output can show: a Rich console for a terminal, a pipe or a file."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from micrograd_cli.terminal.streams import encoding, escape_unknown_characters, reconfigure

UNLIMITED = 1_000_000  # columns of a pipe or a file: a table there is as wide as it needs to be


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise  # Rich would exit with 1; what catches it has a status for this


def console(color: str = "auto") -> Console:
    """A console on standard output that never reads markup, emoji codes or numbers in text."""
    stream = sys.stdout
    if plain_locale(os.environ):
        reconfigure(encoding="ascii")
    escape_unknown_characters()
    width = shutil.get_terminal_size().columns if stream.isatty() else UNLIMITED
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


def cell(text: str) -> Text:
    """Text for a cell, never read as markup; what the stream cannot show is escaped."""
    return Text(text.encode(encoding(), "backslashreplace").decode(encoding()))


def wants_color(choice: str, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether to colour: by --color, else NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and environ.get("CLICOLOR") != "0" and environ.get("TERM") != "dumb"


def plain_locale(environ: Mapping[str, str]) -> bool:
    """Whether the locale is C or POSIX: Python then puts UTF-8 in its place (PEP 538)."""
    chosen = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if chosen == "C.UTF-8" and not environ.get("LC_ALL"):
        chosen = environ.get("LANG") or chosen  # PEP 538 has set LC_CTYPE
    return chosen in ("C", "POSIX")
