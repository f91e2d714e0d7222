"""Curves and maps as pictures: SVG, PNG and PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from micrograd_cli.analysis.plotting import Field
from micrograd_cli.analysis.scales import ticks
from micrograd_cli.errors import UsageError
from micrograd_cli.render.graph.picture import rasterize
from micrograd_cli.render.plot.figure import Figure, Panel, Point, visible
from micrograd_cli.render.plot.layout import fitted
from micrograd_cli.render.plot.map_picture import field_scene
from micrograd_cli.render.plot.pdf import pdf
from micrograd_cli.render.plot.scene import Disc, Label, Scene, Shape, Stroke, series, simplified
from micrograd_cli.render.plot.svg import svg

LETTER = 6.6  # pixels of a label's character, about
TOP, BOTTOM, RIGHT, GAP = 14, 40, 20, 34  # pixels around and between panels
LARGEST = 9_500  # bytes of an SVG; a coarser one is drawn where it is larger
TOLERANCES = (0.1, 0.2, 0.35, 0.6, 1.2, 2.4)  # pixels


def curves_picture(figure: Figure, size: tuple[int, int], format_: str) -> bytes:
    """A figure as `svg`, `png` or `pdf`. Raises UsageError without what makes a PNG."""
    title = figure.title or figure.panels[0].label
    return picture(lambda tolerance: figure_scene(figure, size, tolerance), title, format_)


def field_picture(field: Field, size: tuple[int, int], format_: str) -> bytes:
    """A map as `svg`, `png` or `pdf`. Raises UsageError without what makes a PNG."""
    title = field.title or field.output
    return picture(lambda tolerance: field_scene(field, size, tolerance), title, format_)


def picture(scene: Callable[[float], Scene], title: str, format_: str) -> bytes:
    """A scene, which is given how far its lines may be off, as small as an SVG has to be."""
    if format_ == "pdf":
        return pdf(scene(TOLERANCES[0]))
    page = svg(scene(TOLERANCES[0]), title)
    if format_ == "png":
        return raster(page)
    for tolerance in TOLERANCES[1:]:
        if len(page.encode()) <= LARGEST:
            break
        page = svg(scene(tolerance), title)
    return page.encode()


def raster(page: str) -> bytes:
    missing = UsageError("--format png needs resvg_py, which is not installed",
                         hint="pip install 'mgrad[graph]', or use --format svg")  # fmt: skip
    return rasterize(page, missing)


class Frame:
    """The box of a panel in pixels, and where its points are in it."""

    def __init__(
        self, figure: Figure, panel: Panel, box: tuple[float, float, float, float]
    ) -> None:
        self.left, self.top, self.width, self.height = box
        self.figure, self.panel = figure, panel

    def x(self, place: float) -> float:
        return self.left + (place - self.figure.lo) / (self.figure.hi - self.figure.lo) * self.width

    def y(self, place: float) -> float:
        lo, hi = self.panel.lo, self.panel.hi
        return self.top + (hi - place) / (hi - lo) * self.height

    def at(self, point: Point) -> Point:
        return self.x(point[0]), self.y(point[1])


def figure_scene(figure: Figure, size: tuple[int, int], tolerance: float) -> Scene:
    """The shapes of a figure."""
    width, height = size
    top = float(TOP)
    shapes: list[Shape] = []
    if figure.title:
        shapes.append(Label("ink", (width / 2, top + 10), figure.title, "middle", 15, True))
        top += 28
    if figure.legend:
        top += legend(figure, shapes, width, top)
    rows = heights(figure.panels, height - top - BOTTOM - GAP * (len(figure.panels) - 1) - 16)
    upward = [
        ticks(p.lo, p.hi, max(2, int(h / 30)), p.scale)
        for p, h in zip(figure.panels, rows, strict=True)
    ]
    margin = 18 + LETTER * max((len(tick.label) for each in upward for tick in each), default=1)
    top += 16
    for panel, high, marks in zip(figure.panels, rows, upward, strict=True):
        frame = Frame(figure, panel, (margin, top, width - margin - RIGHT, high))
        last = panel is figure.panels[-1]
        axes(frame, [(tick.place, tick.label) for tick in marks], shapes, last)
        contents(frame, shapes, tolerance)
        top += high + GAP
    return Scene(width, height, shapes)


def heights(panels: Sequence[Panel], room: float) -> list[float]:
    """The heights of the panels: the first is the highest."""
    shares = [1.5, *[1.0] * (len(panels) - 1)]
    return [room * share / sum(shares) for share in shares]


def legend(figure: Figure, shapes: list[Shape], width: float, top: float) -> float:
    """Names behind samples of their lines, in rows; the height they take."""
    x, y = 24.0, top + 6
    for number, name in enumerate(figure.legend):
        size = 28 + LETTER * len(name) + 18
        if x + size > width - RIGHT and x > 24:
            x, y = 24.0, y + 18
        shapes.append(Stroke(series(number), [[(x, y), (x + 20, y)]], 2.5))
        shapes.append(Label("ink", (x + 26, y + 4), name))
        x += size
    return y - top + 16


def axes(frame: Frame, marks: Sequence[tuple[float, str]], shapes: list[Shape], last: bool) -> None:
    """The grid with its labels; the last panel names the input."""
    figure, panel = frame.figure, frame.panel
    right, bottom = frame.left + frame.width, frame.top + frame.height
    across = ticks(figure.lo, figure.hi, max(2, int(frame.width / 70)), figure.scale)
    grid = [[(frame.left, frame.y(place)), (right, frame.y(place))] for place, _ in marks]
    grid += [[(frame.x(tick.place), frame.top), (frame.x(tick.place), bottom)] for tick in across]
    shapes.append(Stroke("grid", grid))
    if panel.lo < 0 < panel.hi and not panel.scale.log:
        shapes.append(Stroke("zero", [[(frame.left, frame.y(0)), (right, frame.y(0))]]))
    for place, text in marks:
        shapes.append(Label("faint", (frame.left - 8, frame.y(place) + 4), text, "end"))
    shapes.append(
        Label(
            "ink",
            (frame.left, frame.top - 8),
            fitted(panel.label, int(frame.width / LETTER)),
            bold=True,
            size=13,
        )
    )
    if last:
        for tick in across:
            shapes.append(Label("faint", (frame.x(tick.place), bottom + 16), tick.label, "middle"))
        middle = frame.left + frame.width / 2
        shapes.append(Label("ink", (middle, bottom + 33), figure.label, "middle", 13, True))


def contents(frame: Frame, shapes: list[Shape], tolerance: float) -> None:
    """The curves, the data and the marks of a panel."""
    panel = frame.panel
    for curve in panel.curves:
        lines = []
        for segment in curve.segments:
            for part in visible(segment, panel.lo, panel.hi):
                lines.append(simplified([frame.at(point) for point in part], tolerance))
        if lines and curve.dashed:
            shapes.append(Stroke(series(curve.number), lines, 1.5, dash=5))
        elif lines:
            shapes.append(Stroke(series(curve.number), lines, 2.2))
    shapes += [
        Disc("ink", frame.at(dot), 2.6) for dot in panel.dots if panel.lo <= dot[1] <= panel.hi
    ]
    for number, mark in panel.marks:
        if panel.lo <= mark[1] <= panel.hi:
            shapes.append(Disc("page", frame.at(mark), 5))
            shapes.append(Disc(series(number), frame.at(mark), 3.6))
