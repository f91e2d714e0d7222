"""The spelling of mgrad's own output: 2*x for 2x, x^2 for x², <= for ≤, `t [s]` in backticks."""

from __future__ import annotations

import re

from micrograd_cli.language.names import canonical
from micrograd_cli.language.scanner import scan
from micrograd_cli.ops import OPS

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
WORDS = {"and", "or", "not"}  # a variable called so needs backticks
ODD = re.compile(r"[#`]|[0-9.][ \t]*[A-Za-z_(]")  # a comment, a name, perhaps a juxtaposition


def one_line(text: str) -> str:
    """A part of a program on one line, without comments."""
    if text.isascii() and not ODD.search(text):
        return " ".join(text.split())
    pieces: list[str] = []
    previous, end = "", 0
    for kind, word, start, stop in scan(text, []):
        if start > end and previous != "COEFFICIENT":
            pieces.append(" ")
        pieces.append(spelled(kind, word, alone=not pieces))
        previous, end = kind, stop
    return "".join(pieces).strip()


def spelled(kind: str, word: str, alone: bool) -> str:
    """A token as mgrad writes it; a superscript alone is a number."""
    if kind == "COEFFICIENT":
        return f"{word}*"
    if kind == "SUPERSCRIPT":
        return f"{'' if alone else '^'}{word.translate(SUPERSCRIPTS)}"
    if kind == "END":
        return " "
    if word in OPS and not word.isascii():
        return OPS[word].name
    return quoted(canonical(word)) if kind == "NAME" else word


def quoted(name: str) -> str:
    """A name as it stands in a program: in backticks if it needs them."""
    if name.isascii():
        plain = name.isidentifier() and name not in WORDS
    else:
        plain = [kind for kind, *_ in scan(name, [])] == ["NAME", "END", "$END"]
    return name if plain else f"`{name}`"
