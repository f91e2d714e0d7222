"""A plot as panels of polylines, before it is drawn on anything."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from micrograd_cli.analysis.curves import Trace
from micrograd_cli.analysis.events import Event
from micrograd_cli.analysis.intervals import BRACKET, FLAT
from micrograd_cli.analysis.plotting import Plot, Tangent, Traced
from micrograd_cli.analysis.scales import LINEAR, Scale
from micrograd_cli.errors import DataError, counted

Point = tuple[float, float]
PADDING = 0.04  # of a panel's height, above and below what is in it
PART = "--y LO:HI shows a part of it"  # of an axis that is too long
LEAST = 1e-300  # height of an axis: numbers below have few digits, and at last none
NAMED_EVENTS = 5  # of a kind, in the notes


class Curve(NamedTuple):
    """Polylines of one look; `number` tells it from the others, None is a mark of its own."""

    number: int
    segments: list[list[Point]]
    dashed: bool = False


class Panel(NamedTuple):
    """What stands above one stretch of the input's axis, in places of its axes."""

    label: str
    lo: float
    hi: float
    scale: Scale
    curves: list[Curve]
    dots: list[Point]  # of data
    marks: list[tuple[int, Point]]  # where a curve is touched


class Figure(NamedTuple):
    """Panels one below the other, on one axis. `legend` names the curves if there are several."""

    title: str
    label: str
    lo: float
    hi: float
    scale: Scale
    panels: list[Panel]
    legend: list[str]
    notes: list[str]


def figure(plot: Plot) -> Figure:
    """The figure of a plot. Raises DataError where there is nothing to draw."""
    lo, hi = plot.across.place(plot.lo), plot.across.place(plot.hi)
    orders = sorted({quantity.order for quantity in plot.columns})
    panels = [panel(plot, order, lo, hi) for order in orders]
    wrt = inputs(plot)
    several = len(wrt) > 1
    legend = [name(curve, plot) for curve in plot.curves] if len(plot.curves) > 1 else []
    if several:
        base = legend or [""]
        legend = [f"{each} d/d{w}".strip() for each in base for w in wrt]
    return Figure(plot.title, plot.along, lo, hi, plot.across, panels, legend, notes(plot))


def name(curve: Traced, plot: Plot) -> str:
    """What tells a curve from the others."""
    setting = ", ".join(f"{key} = {value:g}" for key, value in curve.setting.items())
    outputs = {each.output for each in plot.curves}
    return ", ".join(filter(None, [curve.output if len(outputs) > 1 else "", setting]))


def inputs(plot: Plot) -> list[str]:
    """The inputs by which derivatives are drawn."""
    return list(dict.fromkeys(quantity.wrt for quantity in plot.columns if quantity.wrt))


def panel(plot: Plot, order: int, lo: float, hi: float) -> Panel:
    shown = [(q, plot.quantities[q]) for q in plot.shown]
    chosen = [(q, quantity) for q, quantity in shown if quantity.order == order]
    wrt = inputs(plot)
    curves, windows = [], []
    for number, curve in enumerate(plot.curves):
        for q, quantity in chosen:
            offset = (
                number * len(wrt) + wrt.index(quantity.wrt) if order and len(wrt) > 1 else number
            )
            curves.append(Curve(offset, segments(curve.trace, q)))
            windows.append(curve.trace.windows[q])
    dots = placed(plot, plot.points, lo, hi) if order == 0 else []
    edges = [placed(plot, edge, lo, hi) for edge in plot.band] if order == 0 else []
    curves += [Curve(0, [edge], dashed=True) for edge in edges if edge]
    label = panel_label(plot, order)
    heights = [y for line in (dots, *edges) for _, y in line]
    hint = f"a shorter range of --{plot.along} shows a part of it" if order else PART
    bottom, top = limits(windows, heights, plot.clip if order == 0 else None, label, hint)
    marks = []
    scale = plot.up if order == 0 else LINEAR
    for tangent in plot.tangents:
        at = plot.across.place(tangent.at)
        if order == 0:
            curves.append(Curve(tangent.curve, [tangent_line(plot, tangent)], dashed=True))
            marks.append((tangent.curve, (at, scale.place(tangent.value))))
        elif order == 1 and plot.along in {quantity.wrt for _, quantity in chosen}:
            offset = (
                tangent.curve * len(wrt) + wrt.index(plot.along) if len(wrt) > 1 else tangent.curve
            )
            marks.append((offset, (at, tangent.slope)))
    return Panel(label, bottom, top, scale, curves, dots, marks)


def placed(plot: Plot, points: Iterable[tuple[float, float]], lo: float, hi: float) -> list[Point]:
    """Given points in their places on the axes; those outside are left out."""
    places = [(plot.across.place(x), plot.up.place(y)) for x, y in points]
    return [(x, y) for x, y in places if lo <= x <= hi and isfinite(y)]


def panel_label(plot: Plot, order: int) -> str:
    outputs = list(dict.fromkeys(curve.output for curve in plot.curves))
    if order == 0:
        return outputs[0] if len(outputs) == 1 else "f"
    wrt = inputs(plot)
    power = "" if order == 1 else "2"
    return ", ".join(f"d{power}/d{name}{power}" for name in wrt)


def tangent_line(plot: Plot, tangent: Tangent) -> list[Point]:
    """The tangent from one end of the axis to the other."""
    number = 2 if not (plot.across.log or plot.up.log) else 200
    line = []
    lo, hi = plot.across.place(plot.lo), plot.across.place(plot.hi)
    for n in range(number):
        place = lo + (hi - lo) * n / (number - 1)
        x = plot.across.number(place)
        y = tangent.value + tangent.slope * (x - tangent.at)
        line.append((place, plot.up.place(y)))
    return [point for point in line if isfinite(point[1])]


def segments(trace: Trace, q: int) -> list[list[Point]]:
    """The polylines of a quantity; a single sample between two breaks is none of them."""
    found: list[list[Point]] = [[]]
    for sample, broken in zip(trace.samples, [*trace.breaks, frozenset([q])], strict=True):
        if isfinite(sample.places[q]):
            found[-1].append((sample.place, sample.places[q]))
        if q in broken:
            found.append([])
    return [line for line in found if len(line) > 1]


def limits(
    windows: Sequence[tuple[float, float] | None],
    values: Sequence[float],
    clip: tuple[float, float] | None,
    label: str,
    hint: str,
) -> tuple[float, float]:
    """The ends of a panel's axis: what is worth looking at, and a little more."""
    if clip is not None:
        return clip
    ends = [end for window in windows if window for end in window] + list(values)
    if not ends:
        raise DataError(f"there is nothing to draw: {label} is nowhere finite in this range")
    lo, hi = min(ends), max(ends)
    padding = PADDING * (hi - lo)
    if hi - lo <= max(FLAT * max(abs(lo), abs(hi)), LEAST):
        padding = abs(lo) / (100 if abs(lo) > 1e307 else 2) if abs(lo) > LEAST else 1.0
    bottom, top = lo - padding, hi + padding
    if not isfinite((top - bottom) * 2):
        raise DataError(f"{label} runs from {lo:g} to {hi:g}, too far for an axis",
                        hint=hint)  # fmt: skip
    return bottom, top


def notes(plot: Plot) -> list[str]:
    """The kinks, jumps, poles and edges that were found, in words."""
    lo, hi = plot.across.place(plot.lo), plot.across.place(plot.hi)
    found: dict[str, list[float]] = {}
    for curve in plot.curves:
        for event in curve.trace.events:
            places = found.setdefault(event.kind, [])
            at = tidy(event, plot, hi - lo)
            if at not in places:
                places.append(at)
    lines = [listed(kind, sorted(places), plot.along) for kind, places in found.items()]
    if not all(curve.trace.complete for curve in plot.curves):
        lines.append("more evaluations would show more: --max-points")
    return lines


def tidy(event: Event, plot: Plot, span: float) -> float:
    """The place of an event to the digits that are known."""
    known = 20 * BRACKET * span
    if plot.across.log:
        known *= abs(event.at) * 2.4
    return float(f"{round(event.at / known) * known:.9g}") if event.at else 0.0


def listed(kind: str, places: Sequence[float], along: str) -> str:
    named = ", ".join(f"{place + 0.0:.7g}" for place in places[:NAMED_EVENTS])
    if len(places) == 1:
        return f"{kind} at {along} = {named}"
    more = ", ..." if len(places) > NAMED_EVENTS else ""
    return f"{counted(len(places), kind)} at {along} = {named}{more}"


def visible(line: Sequence[Point], lo: float, hi: float) -> Iterator[list[Point]]:
    """The parts of a polyline between two heights."""
    part: list[Point] = []
    for a, b in itertools.pairwise(line):
        inside = clipped(a, b, lo, hi)
        if inside is None:
            continue
        part = [*part, inside[1]] if part else [*inside]
        if inside[1] != b:
            yield part
            part = []
    if part:
        yield part


def clipped(a: Point, b: Point, lo: float, hi: float) -> tuple[Point, Point] | None:
    """The part of a segment between two heights."""
    if max(a[1], b[1]) < lo or min(a[1], b[1]) > hi:
        return None

    def at(end: Point) -> Point:
        y = min(max(end[1], lo), hi)
        if y == end[1]:
            return end
        rise = b[1] / 2 - a[1] / 2
        share = (y / 2 - a[1] / 2) / rise if rise else 0.5
        return a[0] + share * (b[0] - a[0]), y

    return at(a), at(b)
