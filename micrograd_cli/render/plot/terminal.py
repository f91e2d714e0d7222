"""A figure as lines of text: panels with axes, a legend, and what was found."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from re import finditer

from micrograd_cli.analysis.scales import ticks
from micrograd_cli.errors import UsageError, printable
from micrograd_cli.render.plot.canvas import GLYPHS, MARKERS, Canvas
from micrograd_cli.render.plot.figure import Curve, Figure, Panel, visible
from micrograd_cli.render.plot.layout import (
    FAINT,
    Cells,
    Look,
    centred,
    column,
    fitted,
    labelled,
    style,
    wrapped,
)

LEAST_ROWS, LEAST_COLUMNS = 2, 8  # of a panel
LARGER = "--size 80x24 is larger; --with f draws one panel"
DASH = 3  # dots


def figure_lines(figure: Figure, look: Look) -> list[Cells]:
    """The lines of a figure, at most as many and as wide as the look allows."""
    head = [centred(printable(figure.title), look.columns)] if figure.title else []
    head += legend(figure, look)
    foot: list[Cells] = [[(shortened(note, look.columns), FAINT)] for note in figure.notes]
    rows = share(figure.panels, look.rows - len(head) - len(foot) - 1 - 2 * len(figure.panels))
    shown = [
        ticks(p.lo, p.hi, max(2, (n + 1) // 2), p.scale)
        for p, n in zip(figure.panels, rows, strict=True)
    ]
    margin = max((len(tick.label) for each in shown for tick in each), default=0)
    columns = look.columns - margin - 3
    if min(rows) < LEAST_ROWS or columns < LEAST_COLUMNS:
        raise UsageError(f"{look.columns}x{look.rows} is too small for this plot", hint=LARGER)
    body: list[Cells] = []
    for panel, count in zip(figure.panels, rows, strict=True):
        last = panel is figure.panels[-1]
        body += panel_lines(figure, panel, count, columns, margin, look, last)
    return [*head, *body, *foot]


def shortened(note: str, width: int) -> str:
    """A list of places without those that have no room."""
    if len(note) <= width or ", " not in note[: width - 5]:
        return fitted(note, width)
    return note[: width - 5].rpartition(", ")[0] + ", ..."


def share(panels: Sequence[Panel], rows: int) -> list[int]:
    """The rows of each panel: the first is the highest."""
    if len(panels) == 1:
        return [rows]
    first = rows - (len(panels) - 1) * int(rows / (len(panels) + 0.4))
    rest = (rows - first) // (len(panels) - 1)
    return [rows - rest * (len(panels) - 1), *[rest] * (len(panels) - 1)]


def legend(figure: Figure, look: Look) -> list[Cells]:
    """The names of the curves, behind their colours or their marks."""
    sample = "--" if look.ascii else "──"
    parts: list[Cells] = []
    for number, name in enumerate(figure.legend):
        mark = sample if look.color else MARKERS[number % len(MARKERS)]
        parts.append([(mark, style(number)), (fitted(f" {printable(name)}", look.columns - 4), "")])
    return wrapped(parts, look.columns)


def panel_lines(
    figure: Figure, panel: Panel, rows: int, columns: int, margin: int, look: Look, last: bool
) -> list[Cells]:
    """A panel with its label above, its axis on the left and below; the last has the labels."""
    glyphs = GLYPHS[look.glyphs]
    canvas = Canvas(columns, rows, glyphs)
    paint(figure, panel, canvas)
    markers = len(figure.legend) > 1 and not look.color
    beside = {}
    for tick in ticks(panel.lo, panel.hi, max(2, (rows + 1) // 2), panel.scale):
        beside[rows - 1 - column(tick.place, panel.lo, panel.hi, rows)] = tick.label
    label = fitted(printable(panel.label), look.columns - margin - 2)
    lines: list[Cells] = [[(" " * (margin + 2) + label, "bold")]]
    for row in range(rows):
        text = beside.get(row)
        edge = glyphs.vertical if text is None else glyphs.left
        cells: Cells = [(f"{text or '':>{margin}} {edge}", FAINT)]
        cells += [(mark, style(owner)) for mark, owner in canvas.row(row, markers)]
        lines.append(joined(cells))
    marks = ticks(figure.lo, figure.hi, max(2, columns // 9), figure.scale)
    below = {column(tick.place, figure.lo, figure.hi, columns) for tick in marks}
    axis = "".join(glyphs.below if n in below else glyphs.horizontal for n in range(columns))
    lines.append([(" " * (margin + 1) + glyphs.corner + axis, FAINT)])
    if last:
        lines.append(axis_labels(figure, columns, margin))
    return lines


def axis_labels(figure: Figure, columns: int, margin: int) -> Cells:
    """The labels below the axis, and the name of the input at its end where there is room."""
    line = [" "] * (margin + 2 + columns + 1)
    marks = ticks(figure.lo, figure.hi, max(2, columns // 9), figure.scale)
    name = printable(figure.label)
    for start, text in labelled(marks, figure.lo, figure.hi, columns):
        at = margin + 2 + start
        if at >= 0 and at + len(text) <= len(line):
            line[at : at + len(text)] = text
    spot = gap("".join(line), len(name) + 2, margin + 2)
    if spot is None:
        return [("".join(line).rstrip(), FAINT)]
    before, after = "".join(line[: spot + 1]), "".join(line[spot + 1 + len(name) :]).rstrip()
    return [(before, FAINT), (name, "bold"), (after, FAINT)]


def gap(line: str, size: int, start: int) -> int | None:
    """Where a name of that size goes: amid the last blanks of a line that are long enough."""
    end = len(line)
    for blanks in reversed(list(finditer(r" +", line[start:]))):
        left, right = blanks.start() + start, min(blanks.end() + start, end)
        if right - left >= size:
            return left if right == end else left + (right - left - size) // 2
    return None


def joined(cells: Cells) -> Cells:
    """Neighbours of one style as one text, without blanks at the end."""
    found: Cells = []
    for text, look in cells:
        if found and (found[-1][1] == look or text == " "):
            found[-1] = (found[-1][0] + text, found[-1][1])
        else:
            found.append((text, look))
    while found and not found[-1][0].strip():
        found.pop()
    if found:
        found[-1] = (found[-1][0].rstrip(), found[-1][1])
    return found


def paint(figure: Figure, panel: Panel, canvas: Canvas) -> None:
    """Draw what is in a panel."""

    def place(point: tuple[float, float]) -> tuple[float, float]:
        # ticks stand in the middle of a character, so the axis runs from middle to middle
        across, up = canvas.glyphs.columns, canvas.glyphs.rows
        x = (point[0] - figure.lo) / (figure.hi - figure.lo) * (canvas.width - across)
        y = (point[1] - panel.lo) / (panel.hi - panel.lo) * (canvas.height - up)
        return x + (across - 1) / 2, y + (up - 1) / 2

    def draw(curve: Curve) -> None:
        for segment in curve.segments:
            for part in visible(segment, panel.lo, panel.hi):
                for a, b in itertools.pairwise(part):
                    canvas.line(place(a), place(b), curve.number, DASH if curve.dashed else 0)

    for curve in sorted(panel.curves, key=lambda curve: not curve.dashed):
        draw(curve)
    for x, y in panel.dots:
        if panel.lo <= y <= panel.hi:
            at = place((x, y))
            canvas.text(round(at[0]), round(at[1]), canvas.glyphs.dot, -1)
    for number, (x, y) in panel.marks:
        if panel.lo <= y <= panel.hi:
            at = place((x, y))
            canvas.text(round(at[0]), round(at[1]), canvas.glyphs.dot, number)
