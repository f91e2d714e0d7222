"""What is said on standard error: errors, warnings and notes, in colour on a terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

BOLD, BLUE, CYAN, RESET = "\033[1m", "\033[1;34m", "\033[36m", "\033[0m"
KINDS = {"error": "\033[1;31m", "warning": "\033[1;33m", "note": "\033[1;32m"}
HEAD = r"(error|warning|note)(: .*)"
SOURCE = r"( +\d+ \|)(.*)"
UNDERLINE = r"( +\|)( *)(\^.*)"


def say(message: object) -> None:
    """Print an error, a warning or a note: its first line tells which, places and hints follow."""
    text = str(message)
    stream = sys.stderr
    print(coloured(text) if wants_color("auto", stream.isatty(), os.environ) else text, file=stream)


def coloured(text: str) -> str:
    """The text as compilers colour theirs: the kind and the place stand out, a hint is cyan."""
    first, *rest = text.split("\n")
    head = re.fullmatch(HEAD, first)
    colour = KINDS[head[1]] if head else BOLD
    lines = [f"{colour}{head[1]}{RESET}{BOLD}{head[2]}{RESET}" if head else first]
    for each in rest:
        if source := re.fullmatch(SOURCE, each):
            lines.append(f"{BLUE}{source[1]}{RESET}{source[2]}")
        elif mark := re.fullmatch(UNDERLINE, each):
            lines.append(f"{BLUE}{mark[1]}{RESET}{mark[2]}{colour}{mark[3]}{RESET}")
        else:
            lines.append(f"{CYAN}{each}{RESET}")
    return "\n".join(lines)


def wants_color(choice: str, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether to colour: by --color, else NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return terminal and environ.get("CLICOLOR") != "0" and environ.get("TERM") != "dumb"
