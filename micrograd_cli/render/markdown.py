"""The parts of a Markdown page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of Markdown."""
    for cells in (header, ["---"] * len(header), *rows):
        yield "| " + " | ".join(cells) + " |"


def code(text: str) -> str:
    """Text as code, also in a cell of a table."""
    return f"`{text}`" if text else ""
