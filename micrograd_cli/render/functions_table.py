"""The operations for people: each with its meaning and its derivatives; drawn by Rich."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from micrograd_cli.analysis.catalogue import Entry
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import Grid


def draw(entries: Iterable[Entry], screen: Console) -> None:
    """Print the table of operations."""
    table = Grid(["operation", "meaning", "derivative"], lines=True)
    for entry in entries:
        meaning = cell(entry.help)
        for note in notes(entry):
            meaning.append(f"\n{note}", "dim")
        names = Text(entry.signature, "bold cyan")
        names.append("".join(f"\n{alias}" for alias in entry.aliases), "cyan")
        table.add(names, meaning, Text("\n".join(entry.rules)))
    table.print(screen)


def notes(entry: Entry) -> Iterator[str]:
    """Its domain, its conventions and its example, a line each."""
    if entry.range:
        yield f"domain: {entry.range}"
    yield from (f"convention: {each}" for each in entry.conventions)
    yield f"{entry.example} is {entry.result!r}"
