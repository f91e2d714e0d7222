"""A map as lines of text: shades for the levels, arrows for the gradient."""

from __future__ import annotations

import itertools
from math import atan2, floor, isfinite, pi

from micrograd_cli.analysis.plotting import Field
from micrograd_cli.analysis.scales import LINEAR, ticks
from micrograd_cli.errors import UsageError, printable
from micrograd_cli.render.plot.bands import Bands
from micrograd_cli.render.plot.canvas import GLYPHS, Canvas
from micrograd_cli.render.plot.figure import Figure
from micrograd_cli.render.plot.layout import FAINT, Cells, Look, centred, column, fitted, wrapped
from micrograd_cli.render.plot.terminal import LEAST_COLUMNS, LEAST_ROWS, axis_labels, joined

SHADES = {"ascii": " .:-=+*#%@", "braille": " ░▒▓█", "blocks": " ░▒▓█"}
ARROWS = {"ascii": ">>^^<<vv", "braille": "→↗↑↖←↙↓↘", "blocks": "→↗↑↖←↙↓↘"}
SHADE, ARROW, PATH = "cyan", "bold", "bold red"


def field_lines(field: Field, look: Look) -> list[Cells]:
    """The lines of a map. Raises UsageError where there is no room."""
    shades, arrows = SHADES[look.glyphs], ARROWS[look.glyphs]
    bands = Bands((value for row in field.values for value in row), len(shades) - 1)
    head = [centred(printable(field.title), look.columns)] if field.title else []
    head.append([(fitted(printable(field.output), look.columns), "bold")])
    key = legend(bands, shades, look)
    rows = look.rows - len(head) - len(key) - 2
    upward = ticks(*field.y, max(2, rows // 3 + 1))
    margin = max((len(tick.label) for tick in upward), default=0)
    margin = max(margin, len(printable(field.names[1])))
    columns = look.columns - margin - 3
    if rows < LEAST_ROWS or columns < LEAST_COLUMNS:
        raise UsageError(
            f"{look.columns}x{look.rows} is too small for this plot", hint="--size 80x24"
        )
    cells = [[shade(field, bands, shades, c / (columns - 1), 1 - r / (rows - 1))
              for c in range(columns)] for r in range(rows)]  # fmt: skip
    put_arrows(field, cells, arrows)
    put_path(field, cells, look)
    return [*head, *framed(field, cells, margin, look), *key]


def shade(field: Field, bands: Bands, shades: str, across: float, up: float) -> tuple[str, str]:
    value = interpolated(field, across, up)
    if not isfinite(value):
        return "?", FAINT
    last = max(len(bands.levels), 1)
    return shades[round(bands.band(value) * (len(shades) - 1) / last)], SHADE


def interpolated(field: Field, across: float, up: float) -> float:
    """The value at a place, from 0 to 1 along both axes; bilinear between the grid's points."""
    rows, columns = len(field.values), len(field.values[0])
    x, y = across * (columns - 1), up * (rows - 1)
    i, j = min(floor(x), columns - 2), min(floor(y), rows - 2)
    s, t = x - i, y - j
    below, above = field.values[j], field.values[j + 1]
    low = below[i] if s == 0 else below[i] * (1 - s) + below[i + 1] * s
    high = above[i] if s == 0 else above[i] * (1 - s) + above[i + 1] * s
    return low if t == 0 else low * (1 - t) + high * t


def spot(field: Field, cells: list[list[tuple[str, str]]], x: float, y: float) -> tuple[int, int]:
    """The row and the column of a point."""
    rows, columns = len(cells), len(cells[0])
    return rows - 1 - column(y, *field.y, rows), column(x, *field.x, columns)


def put_arrows(field: Field, cells: list[list[tuple[str, str]]], arrows: str) -> None:
    """The steepest way up as it looks here: a character is twice as high as it is wide."""
    wide = (field.x[1] - field.x[0]) / len(cells[0])
    high = (field.y[1] - field.y[0]) / (2 * len(cells))
    for x, y, by_x, by_y in field.arrows:
        right, up = by_x * wide, by_y * high
        if not (isfinite(right) and isfinite(up)) or right == up == 0:
            continue
        row, at = spot(field, cells, x, y)
        cells[row][at] = arrows[round(atan2(up, right) / (pi / 4)) % 8], ARROW


def put_path(field: Field, cells: list[list[tuple[str, str]]], look: Look) -> None:
    if not field.path:
        return
    canvas = Canvas(len(cells[0]), len(cells), GLYPHS["ascii"]._replace(rows=1))
    places = []
    for x, y in field.path:
        if isfinite(x) and isfinite(y):
            row, at = spot(field, cells, x, y)
            places.append((at, len(cells) - 1 - row))
    for a, b in itertools.pairwise(places):
        canvas.line(a, b, 1)
    mark = "*" if look.ascii else "•"
    for r, line in enumerate(canvas.bits):
        for c, bits in enumerate(line):
            if bits:
                cells[r][c] = mark, PATH
    dot = GLYPHS[look.glyphs].dot
    for at, up in places[:1] + places[-1:]:
        if 0 <= up < len(cells) and 0 <= at < len(cells[0]):
            cells[len(cells) - 1 - up][at] = dot, PATH


def framed(
    field: Field, cells: list[list[tuple[str, str]]], margin: int, look: Look
) -> list[Cells]:
    """The cells with their axes."""
    glyphs, rows, columns = GLYPHS[look.glyphs], len(cells), len(cells[0])
    beside = {rows - 1 - column(tick.place, *field.y, rows): tick.label
              for tick in ticks(*field.y, max(2, rows // 3 + 1))}  # fmt: skip
    free = next((row for row in (1, 2, 0) if row not in beside), None)
    lines: list[Cells] = []
    for row, line in enumerate(cells):
        text = beside.get(row)
        edge = glyphs.vertical if text is None else glyphs.left
        label = (f"{printable(field.names[1]):>{margin}}", "bold") if row == free else (
            f"{text or '':>{margin}}", FAINT)  # fmt: skip
        lines.append(joined([label, (f" {edge}", FAINT), *line]))
    below = {
        column(tick.place, *field.x, columns) for tick in ticks(*field.x, max(2, columns // 9))
    }
    axis = "".join(glyphs.below if n in below else glyphs.horizontal for n in range(columns))
    lines.append([(" " * (margin + 1) + glyphs.corner + axis, FAINT)])
    frame = Figure("", field.names[0], *field.x, LINEAR, [], [], [])
    lines.append(axis_labels(frame, columns, margin))
    return lines


def legend(bands: Bands, shades: str, look: Look) -> list[Cells]:
    """Which shade begins at which level."""
    last = max(len(bands.levels), 1)
    parts: list[Cells] = []
    for n, label in enumerate(bands.labels, 1):
        mark = shades[round(n * (len(shades) - 1) / last)]
        parts.append([(mark, SHADE), (f" {label}", FAINT)])
    return wrapped(parts, look.columns)
