"""Names that a target allows, for inputs that may be called anything."""

from __future__ import annotations

import unicodedata


def identifier(name: str, only_ascii: bool) -> str:
    """A name as an identifier; it may still be a reserved word. Greek α is `alpha` in ASCII.

    Python takes names in the normal form NFKC, so two that differ before may be the same.
    """
    name = unicodedata.normalize("NFKC", name)
    if only_ascii or not name.isidentifier():
        name = "".join(map(to_ascii, name))
    if not name or name[0].isdigit():
        name = f"x{name}"
    tail = name.lstrip("_")
    reserved = name.startswith("__") or (tail != name and tail[:1].isupper())
    return tail or "x" if reserved or not tail else name


def to_ascii(char: str) -> str:
    """A character in ASCII: é is e, α alpha, Ж Zhe; one of no alphabet is its number."""
    if char.isascii():
        return char if char.isalnum() or char == "_" else ""
    plain = unicodedata.normalize("NFKD", char)[0]
    if plain.isascii() and plain.isalnum():
        return plain
    if char.isdecimal():
        return str(unicodedata.digit(char))
    words = unicodedata.name(plain, "").split(" WITH ")[0].split(" ")
    if "LETTER" in words and words[-1] != "LETTER":
        return words[-1].capitalize() if "CAPITAL" in words else words[-1].lower()
    return f"u{ord(char):x}" if char.isalnum() else ""
