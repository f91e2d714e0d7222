"""Names as they are typed: in a program, on a command line, in a file."""

from __future__ import annotations

import re
from collections.abc import Collection

from micrograd_cli.errors import LONGEST
from micrograd_cli.files.text import composed

BACKTICKED = r"`[^`]*(?:`|$)"
DEEPER = {"(": 1, "[": 1, ")": -1, "]": -1}
ELEMENT = r"[^\s\[]+\[\s*\d+\s*(?:,\s*\d+\s*)?\]"


def canonical(word: str) -> str:
    """The name that a word means: without its backticks, and composed."""
    if len(word) > 2 and word[0] == "`" and word.find("`", 1) == len(word) - 1:
        word = word[1:-1]
    return composed(word)


def parts(text: str) -> list[str]:
    """What commas separate in `a,W[1,0]`: those outside of backticks and brackets."""
    found, depth, start = [], 0, 0
    for mark in re.finditer(rf"{BACKTICKED}|[][(),]", text):
        depth = max(0, depth + DEEPER.get(mark[0], 0))
        if mark[0] == "," and depth == 0:
            found.append(text[start : mark.start()])
            start = mark.end()
    return [*found, text[start:]]


def outside(text: str, mark: str) -> list[int]:
    """Where a mark stands outside of backticks."""
    marks = re.finditer(f"{BACKTICKED}|{re.escape(mark)}", text)
    return [found.start() for found in marks if found[0] == mark]


def parted(text: str, mark: str) -> tuple[str, str, str]:
    """What stands before the last mark outside of backticks, the mark, and what is behind it."""
    at = outside(text, mark)[-1:]
    return (text[: at[0]], mark, text[at[0] + 1 :]) if at else ("", "", text)


def listed(text: str) -> list[str]:
    """The names of `a,W[1,0]`."""
    return [without_blanks(canonical(name.strip())) for name in parts(text)]


def without_blanks(name: str) -> str:
    """An element's name as it is: `W[1,0]` of `W[1, 0]`."""
    return re.sub(r"\s+", "", name) if re.fullmatch(ELEMENT, name) else name


def assigned(text: str) -> tuple[str, str, str]:
    """The name, '=' and the value of `name=value`; both are empty where there is no '='."""
    at = outside(text, "=")[:1]
    head, value = (text[: at[0]], text[at[0] + 1 :]) if at else (text, "")
    return canonical(head.strip()), "=" * len(at), value


def product_hint(name: str, names: Collection[str]) -> str:
    """`x*y` for a name xy that is made of such names, or nothing."""
    if len(name) > LONGEST:
        return ""
    found: list[list[str] | None] = [[]]  # for each beginning of the name: how it is made
    for end in range(1, len(name) + 1):
        ways = ((before, name[start:end]) for start, before in enumerate(found))
        made = next(([*b, part] for b, part in ways if b is not None and part in names), None)
        found.append(made)
    factors = found[-1]
    return f"did you mean '{'*'.join(factors)}'?" if factors and len(factors) > 1 else ""
