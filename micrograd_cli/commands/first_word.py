"""The first word of a command line: a command, an option, or an expression for `eval`."""

from __future__ import annotations

import re

BARE_WORD = r"[^\W\d][\w-]*"
GROUP_OPTIONS = ("--help", "-h", "--version", "-V")


def with_command(args: list[str]) -> list[str]:
    """The command line, with `eval` put before an expression that begins it."""
    first = args[0] if args else "help"
    if first in GROUP_OPTIONS or re.fullmatch(BARE_WORD, first):
        return args
    named = first.startswith("--") and first not in ("--", "--file")
    return args if named else ["eval", *args]
