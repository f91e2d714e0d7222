"""Standard output as it may be: a terminal, a pipe, a file, or any text stream in its place."""

from __future__ import annotations

import sys


def encoding() -> str:
    """The encoding of standard output; a stream that names none keeps text as it is."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def is_utf8() -> bool:
    """Whether standard output takes every character."""
    return encoding().lower().replace("-", "").replace("_", "") == "utf8"


def escape_unknown_characters() -> None:
    """Let standard output write what its encoding lacks as `\\u03c0`, where it would fail."""
    reconfigure(errors="backslashreplace")


def reconfigure(**settings: str) -> None:
    """Change how standard output encodes text, if it is a stream that encodes."""
    change = getattr(sys.stdout, "reconfigure", None)
    if change is not None:
        change(**settings)
