"""The kinks, jumps, poles and edges of a sampled curve."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isinf
from typing import NamedTuple

from micrograd_cli.analysis.intervals import Intervals, Sample

STEEP = 0.01  # of the axis: what a curve rises within a bracket at a pole


class Event(NamedTuple):
    """A `kink`, `jump`, `pole`, `edge` of the domain or `overflow`, and where it is."""

    kind: str
    at: float


def events(curve: Intervals, breaks: Sequence[frozenset[int]], complete: bool) -> list[Event]:
    """The places where something breaks; neighbouring intervals are one of them."""
    spans: list[tuple[int, int]] = []
    for i, broken in enumerate(breaks):
        if not ((curve.narrow(i) or not complete) and tells(curve, i, broken)):
            continue
        first = i
        if spans and spans[-1][1] == i:
            first, _ = spans.pop()
        spans.append((first, i + 1))
    return [event(curve, first, last) for first, last in spans]


def tells(curve: Intervals, i: int, broken: frozenset[int]) -> bool:
    """Whether something happens in an interval: not where there is no value at either end."""
    if not any(isfinite(each.numbers[0]) for each in curve.samples[i : i + 2]):
        return False
    return (curve.differs(i) and bool(broken)) or 0 in broken or 1 in broken


def event(curve: Intervals, first: int, last: int) -> Event:
    """The event between two samples."""
    a, b = curve.samples[first], curve.samples[last]
    between = curve.samples[first : last + 1]
    inside = between[len(between) // 2].at
    middle = inside if len(between) % 2 else a.at + (b.at - a.at) / 2
    if not all(isfinite(each.numbers[0]) for each in between):
        kind = "pole" if grows(curve, a, b) else "edge"
        if any(isinf(each.numbers[0]) for each in between):
            kind = "pole" if single(curve, first, last) else "overflow"
        return Event(kind, border(between, middle))
    if grows(curve, a, b):
        return Event("pole", middle)
    if any(curve.cuts(i, 0) for i in range(first, last)):
        return Event("jump", middle)
    return Event("kink", crossing(a, b, middle))


def single(curve: Intervals, first: int, last: int) -> bool:
    """Whether a sample is inf and the next ones are not, as they are after an overflow."""
    around = curve.samples[max(first - 1, 0) : last + 2]
    return sum(isinf(each.numbers[0]) for each in around) == 1


def border(samples: Sequence[Sample], middle: float) -> float:
    """Where a domain ends, or a pole stands: at the sample that is inf if there is one."""
    return next((each.at for each in samples if isinf(each.numbers[0])), middle)


def grows(curve: Intervals, a: Sample, b: Sample) -> bool:
    window = curve.windows[0]
    if window is None:
        return False
    width, height = b.place - a.place, window[1] - window[0]
    return any(isfinite(each.slope) and abs(each.slope) * width > STEEP * height for each in (a, b))


def crossing(a: Sample, b: Sample, middle: float) -> float:
    """Where the tangents at two samples cross: a kink between them, to second order."""
    width = b.at - a.at
    left, right = a.numbers[1], b.numbers[1]
    if not (isfinite(left) and isfinite(right)) or left == right:
        return middle
    at = a.at + ((b.numbers[0] - a.numbers[0]) - right * width) / (left - right)
    return at if a.at <= at <= b.at else middle
