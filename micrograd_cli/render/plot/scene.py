"""A picture as shapes, in pixels from its upper left corner: what SVG and PDF are written from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd_cli.render.plot.figure import Point

# Of each kind: the colour on a light page and on a dark one (series: Okabe and Ito 2008, which the
# colour-blind tell apart, darkened where a light page asks for it).
COLOURS = {
    "page": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#e6edf3"),
    "faint": ("#59636e", "#9198a1"),
    "grid": ("#e4e7eb", "#262c36"),
    "zero": ("#b4bac2", "#4c5561"),
    "over": ("#ffffff", "#ffffff"),
    "path": ("#d1242f", "#d1242f"),
    "c0": ("#0969da", "#58a6ff"),
    "c1": ("#bc4c00", "#ff9d4d"),
    "c2": ("#1a7f4b", "#3fb950"),
    "c3": ("#a0418f", "#e38ad2"),
    "c4": ("#8a6a00", "#e3c341"),
    "c5": ("#007d8a", "#4dd0e1"),
}
SERIES = 6


class Stroke(NamedTuple):
    """Polylines of one colour and width; their points may be off by half a `grain`."""

    colour: str
    lines: Sequence[Sequence[Point]]
    width: float = 1.0
    dash: float = 0.0
    opacity: float = 1.0
    grain: float = 0.1


class Disc(NamedTuple):
    """A filled circle."""

    colour: str
    centre: Point
    radius: float


class Label(NamedTuple):
    """A text; `anchor` is start, middle or end."""

    colour: str
    at: Point
    text: str
    anchor: str = "start"
    size: float = 12.0
    bold: bool = False


class Image(NamedTuple):
    """Coloured cells in a box: x, y, width, height; RGB bytes row by row from above."""

    box: tuple[float, float, float, float]
    columns: int
    rows: int
    pixels: bytes


Shape = Stroke | Disc | Label | Image


class Scene(NamedTuple):
    """Shapes, each above the ones before."""

    width: float
    height: float
    shapes: list[Shape]


def series(number: int) -> str:
    """The colour of a curve."""
    return f"c{number % SERIES}"


def simplified(line: Sequence[Point], tolerance: float) -> list[Point]:
    """A polyline with fewer points, none of it further away (Douglas and Peucker 1973)."""
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        (ax, ay), (bx, by) = line[first], line[last]
        length = max(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, 1e-9)
        most, at = tolerance, -1
        for n in range(first + 1, last):
            x, y = line[n]
            off = abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
            if off > most:
                most, at = off, n
        if at > 0:
            kept.add(at)
            spans += [(first, at), (at, last)]
    return [line[n] for n in sorted(kept)]
