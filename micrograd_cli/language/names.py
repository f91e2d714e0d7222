"""Names as they are typed: in a program, on a command line, in a file."""

from __future__ import annotations


def canonical(word: str) -> str:
    """The name that a word means: without its backticks, and composed (Unicode's form NFC)."""
    if len(word) > 2 and word[0] == word[-1] == "`":
        word = word[1:-1]
    if word.isascii():
        return word
    from unicodedata import normalize

    return normalize("NFC", word)
