"""Statements and comments as lines that are not too long."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

WIDTH = 88  # columns of a line


def fold(start: str, text: str, end: str, indent: str) -> list[str]:
    """A statement on one line, or broken at spaces into lines of which the others are indented."""
    if len(start) + len(text) + len(end) <= WIDTH:
        return [f"{start}{text}{end}"]
    return wrap(
        f"{start}{text}{end}", WIDTH, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False, initial_indent="", drop_whitespace=True, expand_tabs=False,
    )  # fmt: skip


def block(start: str, text: str, end: str, indent: str) -> list[str]:
    """A statement on one line, or its text on lines of their own between its start and its end."""
    if len(start) + len(text) + len(end) <= WIDTH:
        return [f"{start}{text}{end}"]
    inner = indent + "    "
    lines = wrap(text, WIDTH, initial_indent=inner, subsequent_indent=inner,
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [start, *lines, f"{indent}{end}"]


def comment_lines(texts: Iterable[str], start: str = "") -> list[str]:
    """Each text on lines of a comment that begin with `start`."""
    return [
        f"{start}{row}".rstrip()
        for text in texts
        for row in wrap(text, WIDTH - len(start), break_long_words=False) or [""]
    ]
