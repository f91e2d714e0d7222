"""The table of operations: as a table or a page for a person, as Markdown, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from micrograd_cli.analysis.catalogue import Entry
from micrograd_cli.render.markdown import code, table


def markdown(entries: Iterable[Entry]) -> str:
    """A table of Markdown, a row for each operation."""
    header = ("operation", "meaning", "derivative", "domain", "convention", "example")
    return "\n".join(table(header, map(cells, entries))) + "\n"


def cells(entry: Entry) -> list[str]:
    also = "".join(f", {code(alias)}" for alias in entry.aliases)
    return [
        code(entry.signature) + also,
        entry.help.removesuffix(".").replace("*", r"\*"),
        "<br>".join(map(code, derivatives(entry))),
        code(entry.range),
        "; ".join(entry.conventions),
        f"{code(entry.example)} is {entry.result!r}",
    ]


def derivatives(entry: Entry) -> Iterator[str]:
    """The derivatives, each with what it is by if there are several."""
    for by, formula in entry.derivatives.items():
        alone = len(entry.derivatives) == 1 and by == "x"
        yield formula.words if alone else f"by {by}: {formula.words}"


def print_table(entries: Iterable[Entry], color: str) -> None:
    """The operations for a person: each with its meaning and its derivatives; drawn by Rich."""
    from rich.table import Table
    from rich.text import Text

    from micrograd_cli.terminal.console import cell, console

    grid = Table(header_style="bold", show_lines=True)
    for heading in ("operation", "meaning", "derivative"):
        grid.add_column(heading, overflow="fold")
    for entry in entries:
        meaning = cell(entry.help)
        for note in notes(entry):
            meaning.append(f"\n{note}", "dim")
        names = Text(entry.signature, "bold cyan")
        names.append("".join(f"\n{alias}" for alias in entry.aliases), "cyan")
        grid.add_row(names, meaning, Text("\n".join(derivatives(entry))))
    console(color).print(grid)


def notes(entry: Entry) -> Iterator[str]:
    """Its domain, its conventions and its example, a line each."""
    if entry.range:
        yield f"domain: {entry.range}"
    yield from (f"convention: {each}" for each in entry.conventions)
    yield f"{entry.example} is {entry.result!r}"


def objects(entries: Iterable[Entry]) -> str:
    """A JSON array, an object on each line."""
    lines = ",\n  ".join(json.dumps(fields(entry)) for entry in entries)
    return f"[\n  {lines}\n]\n"


def fields(entry: Entry) -> dict[str, Any]:
    ends = [end if isfinite(end) else None for end in entry.domain]
    formulas = {by: formula.text for by, formula in entry.derivatives.items()}
    return {**entry._asdict(), "derivatives": formulas, "domain": ends}
