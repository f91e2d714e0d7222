"""The scanner: text to tokens, by the grammar's own patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from micrograd_cli.language.grammar import Tables, load
from micrograd_cli.language.tokens import CLOSING, CONTINUES, OPENING


@cache
def tables() -> Tables:
    """The tables of the language."""
    return load()


@cache
def pattern(ascii_only: bool) -> re.Pattern[str]:
    """The pattern of its tokens, in any text or in ASCII."""
    return re.compile(tables().ascii_pattern if ascii_only else tables().pattern, re.DOTALL)


def scan(text: str, brackets: list[int]) -> Iterator[tuple[str, str, int, int]]:
    """The tokens of a text; `brackets` holds the positions of the ones that are open."""
    previous = ""
    for match in pattern(text.isascii()).finditer(text):  # pragma: no branch: EOF ends it
        kind: Any = match.lastgroup
        start, end = match.span(kind)
        if kind in OPENING:
            brackets.append(start)
        elif kind in CLOSING:
            if brackets:
                brackets.pop()
        elif kind == "END":
            if text[start] == "\n" and (brackets or previous in CONTINUES):
                continue
        elif kind == "EOF":
            yield "END", "", start, start
            yield "$END", "", start, start
            return
        previous = kind
        yield kind, text[start:end], start, end
