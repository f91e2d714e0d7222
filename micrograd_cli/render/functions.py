"""The table of operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.analysis.catalogue import Entry
from micrograd_cli.render.markdown import code, table
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console

HEADER = ("operation", "meaning", "derivative", "domain", "convention", "example")


class FunctionsView(View[Sequence[Entry]]):
    """All operations that are listed together."""

    def fields(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        return [
            {**entry._asdict(), "derivatives": {by: f.text for by, f in entry.derivatives.items()}}
            for entry in entries
        ]

    def markdown(self, entries: Sequence[Entry]) -> Iterator[str]:
        return table(HEADER, map(cells, entries))

    def draw(self, entries: Sequence[Entry], screen: Console) -> None:
        from micrograd_cli.render.functions_table import draw

        draw(entries, screen)


def cells(entry: Entry) -> list[str]:
    """An operation's row of a table in Markdown."""
    also = "".join(f", {code(alias)}" for alias in entry.aliases)
    return [
        code(entry.signature) + also,
        entry.help.removesuffix(".").replace("*", r"\*"),
        "<br>".join(map(code, entry.rules)),
        code(entry.range),
        "; ".join(entry.conventions),
        f"{code(entry.example)} is {entry.result!r}",
    ]
