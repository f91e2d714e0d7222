"""A canvas of characters: braille (2 by 4 dots each), blocks (2 by 2), or ASCII (1 by 3)."""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple


class Glyphs(NamedTuple):
    """How the dots of a character are drawn: bits by column and row, and the text of all bits."""

    columns: int
    rows: int
    texts: str  # by bits; bit number is row + rows * column
    vertical: str
    horizontal: str
    corner: str
    left: str  # a tick on the left axis
    below: str  # and on the lower one
    dot: str


def braille() -> str:
    """The patterns by the order of bits here: U+2800 has its lowest dots last."""
    weights = (1, 2, 4, 64, 8, 16, 32, 128)
    return "".join(
        chr(0x2800 + sum(w for bit, w in enumerate(weights) if n >> bit & 1)) for n in range(256)
    )


GLYPHS = {
    "braille": Glyphs(2, 4, " " + braille()[1:], "│", "─", "└", "┤", "┬", "●"),
    "blocks": Glyphs(2, 2, " ▘▖▌▝▀▞▛▗▚▄▙▐▜▟█", "│", "─", "└", "┤", "┬", "●"),
    "ascii": Glyphs(1, 3, " '-'.:.|", "|", "-", "+", "+", "+", "o"),
}
MARKERS = "*+ox#@%&"  # of curves that no colour tells apart


class Canvas:
    """Dots, of which each character has one owner: what was drawn there last."""

    def __init__(self, columns: int, rows: int, glyphs: Glyphs) -> None:
        self.columns, self.rows, self.glyphs = columns, rows, glyphs
        self.width, self.height = columns * glyphs.columns, rows * glyphs.rows
        self.bits = [[0] * columns for _ in range(rows)]
        self.owners = [[-1] * columns for _ in range(rows)]
        self.texts: dict[tuple[int, int], str] = {}

    def dot(self, x: int, y: int, owner: int) -> None:
        """A dot; y goes up from 0."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        column, across = divmod(x, self.glyphs.columns)
        row, down = divmod(self.height - 1 - y, self.glyphs.rows)
        self.bits[row][column] |= 1 << (down + self.glyphs.rows * across)
        self.owners[row][column] = owner

    def text(self, x: int, y: int, text: str, owner: int) -> None:
        """A character in place of the dots around one."""
        at = (self.height - 1 - y) // self.glyphs.rows, x // self.glyphs.columns
        self.texts[at] = text
        self.owners[at[0]][at[1]] = owner

    def line(
        self, a: tuple[float, float], b: tuple[float, float], owner: int, gap: int = 0
    ) -> None:
        """A line between two points in dots; of each 2·gap dots gap are left out."""
        steep = abs(b[1] - a[1]) > abs(b[0] - a[0])
        steps = max(1, ceil(max(abs(b[0] - a[0]), abs(b[1] - a[1]))))
        for n in range(steps + 1):
            x, y = (floor(p + (q - p) * n / steps + 0.5) for p, q in zip(a, b, strict=True))
            if not gap or (y if steep else x) // gap % 2 == 0:
                self.dot(x, y, owner)

    def row(self, row: int, markers: bool) -> list[tuple[str, int]]:
        """The characters of a row with their owners; with `markers` each owner has its own."""
        cells = []
        for column in range(self.columns):
            owner = self.owners[row][column]
            text = self.texts.get((row, column))
            if text is None:
                bits = self.bits[row][column]
                text = (
                    MARKERS[owner % len(MARKERS)] if markers and bits else self.glyphs.texts[bits]
                )
            cells.append((text, owner))
        return cells
