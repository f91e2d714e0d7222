"""Lines of styled text: what a plot on a terminal is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from micrograd_cli.analysis.scales import Tick

STYLES = ("cyan", "magenta", "green", "red", "blue", "yellow")
FAINT = "dim"

Cells = list[tuple[str, str]]  # texts with their styles


class Look(NamedTuple):
    """What the terminal can show: columns, rows, the kind of glyphs, and whether colours."""

    columns: int
    rows: int
    glyphs: str
    color: bool

    @property
    def ascii(self) -> bool:
        """Whether only ASCII may be written."""
        return self.glyphs == "ascii"


def style(number: int) -> str:
    """The style of a curve."""
    return STYLES[number % len(STYLES)] if number >= 0 else ""


def centred(text: str, width: int) -> Cells:
    """A line in the middle, cut where it is too long."""
    return [(" " * max((width - len(text)) // 2, 0) + fitted(text, width), "bold")]


def fitted(text: str, width: int) -> str:
    """A text that is at most so wide."""
    return text if len(text) <= width else text[: max(width - 3, 0)] + "..."


def wrapped(parts: Iterable[Cells], width: int) -> list[Cells]:
    """Parts side by side, on as many lines as they need."""
    lines: list[Cells] = []
    used = width
    for part in parts:
        size = sum(len(text) for text, _ in part)
        if used + 2 + size > width or not lines:
            lines.append([])
            used = 0
        else:
            lines[-1].append(("  ", ""))
            used += 2
        lines[-1].extend(part)
        used += size
    return lines


def labelled(ticks: Sequence[Tick], lo: float, hi: float, columns: int) -> list[tuple[int, str]]:
    """The labels of an axis from left to right, each with the column in which it begins.

    One that would touch the one before is left out.
    """
    found: list[tuple[int, str]] = []
    free = -columns
    for tick in ticks:
        middle = column(tick.place, lo, hi, columns)
        start = middle - len(tick.label) // 2
        if start > free and start + len(tick.label) <= columns + 2:
            found.append((start, tick.label))
            free = start + len(tick.label)
    return found


def column(place: float, lo: float, hi: float, columns: int) -> int:
    """The column, or the row, of a place."""
    return round((place - lo) / (hi - lo) * (columns - 1))
