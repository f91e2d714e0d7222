"""Where the operands of an operation stand in its text: for errors that underline them."""

from __future__ import annotations

import re

from micrograd_cli.errors import Span

TOKEN = r"(?s)#[^\n]*|`[^`\n]*`|[\w.]+|[<>=!]=|\*\*|\s+|."
CONTINUING = frozenset("+-*/%^@<>=!(,[") | {"**", "<=", ">=", "==", "!=", "and", "or", "not", ""}


def operand_spans(text: str, span: Span, symbol: str) -> list[Span]:
    """The places of the two operands of an infix operation, or of a call's arguments.

    An empty list where the text does not show them.
    """
    start, end = span
    depth, before, cuts = 0, "", []
    inside = symbol == "," and text[end - 1] in ")]"
    for match in re.compile(TOKEN).finditer(text, start, end):
        word = match.group()
        if word.isspace() or word.startswith("#"):
            continue
        infix = word == symbol and before not in CONTINUING
        if depth == inside and (infix or (inside and word in ")]" and match.end() == end)):
            cuts.append(match.span())
        depth -= word in ")]"
        if word in "([":
            depth += 1
            if inside and depth == 1:
                cuts.append(match.span())
        before = word
    if inside:
        parts = list(zip([end for _, end in cuts], [start for start, _ in cuts[1:]], strict=False))
    elif not cuts:
        return []
    else:
        cut = cuts[0] if symbol in ("^", "**") else cuts[-1]
        parts = [(start, cut[0]), (cut[1], end)]
    return [trimmed(text, part) for part in parts]


def trimmed(text: str, span: Span) -> Span:
    """A span without the blanks at its ends."""
    part = text[span[0] : span[1]]
    return span[0] + len(part) - len(part.lstrip()), span[0] + len(part.rstrip())
