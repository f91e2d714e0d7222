"""A map as a picture: colours, contours, arrows along the gradient, a path and a scale."""

from __future__ import annotations

from math import hypot, inf, isfinite

from micrograd_cli.analysis.plotting import Field
from micrograd_cli.analysis.scales import ticks
from micrograd_cli.render.plot.bands import Bands
from micrograd_cli.render.plot.contours import contours
from micrograd_cli.render.plot.figure import Point
from micrograd_cli.render.plot.heat import interpolated
from micrograd_cli.render.plot.layout import fitted
from micrograd_cli.render.plot.scene import Disc, Image, Label, Scene, Shape, Stroke, simplified

# viridis (van der Walt and Smith 2015), lightened at its dark end; grey is no number
RAMP = ("#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725")
NOTHING = (160, 160, 160)
LEVELS = 7
LEFT, TOP, RIGHT, BOTTOM = 60, 40, 92, 46
CELLS = (24, 18)  # of the image, which is smoothed when it is shown
COARSE = 1.0  # pixels that lines may be off: then they are written in whole ones
LONGEST = 15.0  # pixels of half an arrow


def field_scene(field: Field, size: tuple[int, int], tolerance: float) -> Scene:
    """The shapes of a map."""
    width, height = size
    top = TOP + (26 if field.title else 0)
    box = (float(LEFT), float(top), float(width - LEFT - RIGHT), float(height - top - BOTTOM))
    bands = Bands((value for row in field.values for value in row), LEVELS)
    shapes: list[Shape] = []
    if field.title:
        shapes.append(Label("ink", (width / 2, 24), field.title, "middle", 15, True))
    shapes.append(
        Label("ink", (LEFT, top - 12), fitted(field.output, width // 8), size=13, bold=True)
    )
    shapes.append(Image(box, *CELLS, image(field, bands)))
    shapes += lines(field, bands, box, tolerance)
    shapes += arrows(field, box)
    shapes += path(field, box)
    shapes += axes(field, box)
    shapes += key(bands, box)
    return Scene(width, height, shapes)


def placed(field: Field, box: tuple[float, float, float, float], point: Point) -> Point:
    x = (point[0] - field.x[0]) / (field.x[1] - field.x[0])
    y = (point[1] - field.y[0]) / (field.y[1] - field.y[0])
    return box[0] + x * box[2], box[1] + (1 - y) * box[3]


def colour(share: float) -> tuple[int, int, int]:
    """The colour from 0 to 1 along the ramp."""
    place = min(max(share, 0.0), 1.0) * (len(RAMP) - 1)
    n = min(int(place), len(RAMP) - 2)
    inner = place - n
    parts = []
    for at in (1, 3, 5):
        a, b = int(RAMP[n][at : at + 2], 16), int(RAMP[n + 1][at : at + 2], 16)
        parts.append(round(a + inner * (b - a)))
    return parts[0], parts[1], parts[2]


def image(field: Field, bands: Bands) -> bytes:
    columns, rows = CELLS
    found = bytearray()
    for row in range(rows):
        for column in range(columns):
            value = interpolated(field, (column + 0.5) / columns, 1 - (row + 0.5) / rows)
            found += bytes(colour(bands.share(value)) if isfinite(value) else NOTHING)
    return bytes(found)


def lines(
    field: Field, bands: Bands, box: tuple[float, float, float, float], tolerance: float
) -> list[Shape]:
    """The contours at the levels."""
    rows, columns = len(field.values), len(field.values[0])
    found = []
    cliff = (bands.levels[0], bands.levels[-1]) if len(bands.levels) > 1 else (-inf, inf)
    for level in bands.levels:
        for line in contours(field.values, level, cliff):
            places = [(box[0] + x / (columns - 1) * box[2], box[1] + (1 - y / (rows - 1)) * box[3])
                      for x, y in line]  # fmt: skip
            found.append(simplified(places, tolerance))
    grain = 1.0 if tolerance > COARSE else 0.1
    return [Stroke("over", found, opacity=0.55, grain=grain)] if found else []


def arrows(field: Field, box: tuple[float, float, float, float]) -> list[Shape]:
    """Arrows along the steepest way up as it looks here; their length grows with the slope."""
    wide = (field.x[1] - field.x[0]) / box[2]
    high = (field.y[1] - field.y[0]) / box[3]
    slopes = [
        (placed(field, box, (x, y)), by_x * wide, by_y * high) for x, y, by_x, by_y in field.arrows
    ]
    slopes = [each for each in slopes if isfinite(each[1]) and isfinite(each[2])]
    sizes = sorted(hypot(right, up) for _, right, up in slopes)
    most = sizes[int(len(sizes) * 0.9)] if sizes else 0.0
    found = []
    for (x, y), right, up in slopes:
        size = hypot(right, up)
        if not most or size < 1e-9 * most:
            continue
        half = LONGEST * min(1.0, 0.25 + 0.75 * (size / most) ** 0.5)
        u, v = half * right / size, -half * up / size
        head = min(6.0, half) / half
        tip = x + u, y + v
        wings = [(tip[0] - head * (0.85 * u + s * v), tip[1] - head * (0.85 * v - s * u))
                 for s in (0.5, -0.5)]  # fmt: skip
        found.append([(x - u, y - v), tip, wings[0], tip, wings[1]])
    return [Stroke("over", found, 1.4)] if found else []


def path(field: Field, box: tuple[float, float, float, float]) -> list[Shape]:
    """The path, with its start and a larger end."""
    finite = [point for point in field.path if all(map(isfinite, point))]
    inside = [
        p for p in finite if field.x[0] <= p[0] <= field.x[1] and field.y[0] <= p[1] <= field.y[1]
    ]
    places = [placed(field, box, point) for point in inside]
    if not places:
        return []
    dots: list[Shape] = [Disc("path", place, 2.2) for place in places[:60]]
    return [Stroke("over", [places], 4, opacity=0.8), Stroke("path", [places], 2), *dots,
            Disc("over", places[-1], 6), Disc("path", places[-1], 4.5)]  # fmt: skip


def axes(field: Field, box: tuple[float, float, float, float]) -> list[Shape]:
    left, top, width, height = box
    bottom = top + height
    found: list[Shape] = []
    marks = []
    for tick in ticks(*field.x, max(2, int(width / 60))):
        x, _ = placed(field, box, (tick.place, field.y[0]))
        marks.append([(x, bottom), (x, bottom + 4)])
        found.append(Label("faint", (x, bottom + 18), tick.label, "middle"))
    for tick in ticks(*field.y, max(2, int(height / 40))):
        _, y = placed(field, box, (field.x[0], tick.place))
        marks.append([(left - 4, y), (left, y)])
        found.append(Label("faint", (left - 8, y + 4), tick.label, "end"))
    names = field.names
    found.append(Label("ink", (left + width / 2, bottom + 36), names[0], "middle", 13, True))
    found.append(Label("ink", (16, top + height / 2 + 4), names[1], "middle", 13, True))
    return [Stroke("zero", marks), *found]


def key(bands: Bands, box: tuple[float, float, float, float]) -> list[Shape]:
    """The colours from the least to the greatest number, with the levels."""
    left, top, height = box[0] + box[2] + 16, box[1], box[3]
    steps = 32
    pixels = b"".join(bytes(colour(1 - (n + 0.5) / steps)) for n in range(steps))
    found: list[Shape] = [Image((left, top, 12, height), 1, steps, pixels)]
    for level, label in zip(bands.levels, bands.labels, strict=True):
        y = top + height * (1 - bands.share(level))
        found.append(Label("faint", (left + 18, y + 4), label))
    return found
