"""Curves for a plot: sampled where they bend, and cut at their kinks, jumps, poles and edges.

The exact slope at both ends of an interval says how far its curve leaves the chord: where that is
visible the interval is halved. An interval is halved down to BRACKET of the range where its ends
lie on different pieces of the program (`algebra.branches`), where only one end has a value, and
where the curve rises visibly within half a pixel. What still rises there is no line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, isinf, nan
from typing import Any, NamedTuple

BRACKET = 1e-9  # of the range: the width to which a kink, a jump, a pole is enclosed
START = 32  # intervals at first
INVISIBLE = 1e-3  # of a pixel
GOLDEN = 0.6180339887498949
STEEP = 0.01  # of the axis: what a curve rises within a bracket at a pole
FAR = 1e3  # interquartile ranges: a leap up there is one at a pole
FLAT = 1e-12  # of the size of numbers: what differs less is a constant
BEYOND = 2.5  # interquartile ranges that an axis shows beyond the quartiles where there is a pole


class Sample(NamedTuple):
    """A point of all curves of an output.

    `numbers` are its quantities as eval gives them: the output, its slope, then others; `places`
    are these on their axes. `at` is the input and `place` that on its axis; `slope` the derivative
    of places[0] by it; `piece` the decisions that the program takes there.
    """

    at: float
    place: float
    numbers: tuple[float, ...]
    places: tuple[float, ...]
    slope: float
    piece: tuple[Any, ...]


class Event(NamedTuple):
    """A `kink`, `jump`, `pole`, `edge` of the domain or `overflow`, and where it is."""

    kind: str
    at: float


class Trace(NamedTuple):
    """A sampled output: `breaks[i]` are the quantities not to be joined from sample i to i + 1.

    `windows` are the part of each quantity's axis worth looking at (None where there is none);
    `complete` is False if the cap on evaluations was hit.
    """

    samples: list[Sample]
    breaks: list[frozenset[int]]
    events: list[Event]
    windows: list[tuple[float, float] | None]
    complete: bool


class Request(NamedTuple):
    """What is to be sampled: from one place on the input's axis to another.

    `pixels` are the columns and rows of the picture, `clip` the part of the first quantity's axis
    that is shown, if it is given.
    """

    lo: float
    hi: float
    pixels: tuple[int, int]
    limit: int
    clip: tuple[float, float] | None = None


def trace(at: Callable[[float], Sample], request: Request) -> Trace:
    """Sample a function from a place to a Sample."""
    return Tracer(at, request).run()


class Tracer:
    """One sampling: its samples in order, and how high a pixel of each quantity is."""

    def __init__(self, at: Callable[[float], Sample], request: Request) -> None:
        self.at = at
        self.request = request
        self.pixel = (request.hi - request.lo) / request.pixels[0]
        self.bracket = (request.hi - request.lo) * BRACKET
        self.start = [at(place) for place in start_places(request)]
        self.samples = list(self.start)
        self.quantities = range(len(self.samples[0].places))
        self.windows: list[tuple[float, float] | None] = []
        self.heights: list[float] = []
        self.complete = True

    def run(self) -> Trace:
        while True:
            self.windows = [self.window(q) for q in self.quantities]
            rows = self.request.pixels[1]
            self.heights = [axis_height(*w) / rows if w else 0.0 for w in self.windows]
            wanted = [i for i in range(len(self.samples) - 1) if self.divides(i)]
            room = self.request.limit - len(self.samples)
            if not wanted or room <= 0:
                self.complete = not wanted
                break
            wanted.sort(key=self.width, reverse=True)
            new = [self.at(self.middle(i)) for i in wanted[:room]]
            self.samples = sorted(self.samples + new, key=lambda sample: sample.place)
        breaks = [self.broken(i) for i in range(len(self.samples) - 1)]
        return Trace(self.samples, breaks, self.events(breaks), self.windows, self.complete)

    # --- intervals, by the number of their left end ---

    def width(self, i: int) -> float:
        return self.samples[i + 1].place - self.samples[i].place

    def middle(self, i: int) -> float:
        left = self.samples[i].place
        return left + (self.samples[i + 1].place - left) / 2

    def narrow(self, i: int) -> bool:
        left, right = self.samples[i].place, self.samples[i + 1].place
        return right - left <= self.bracket or not left < self.middle(i) < right

    def differs(self, i: int) -> bool:
        """Whether the ends lie on different pieces, or only one of them has a value."""
        a, b = self.samples[i], self.samples[i + 1]
        if isfinite(a.numbers[0]) and isfinite(b.numbers[0]):
            return a.piece != b.piece
        return isfinite(a.numbers[0]) != isfinite(b.numbers[0])

    def divides(self, i: int) -> bool:
        if self.narrow(i):
            return False
        if self.differs(i):
            return True
        if not isfinite(self.samples[i].numbers[0]):
            return False
        if self.width(i) > self.pixel / 2:
            return any(self.bends(i, q) for q in self.quantities)
        return any(self.leaps(i, q) for q in self.quantities)

    def leaps_within_a_pixel(self, i: int, q: int) -> bool:
        """Whether a quantity leaps where no smooth curve of this range does."""
        return bool(self.heights) and self.width(i) <= self.pixel / 2 and self.leaps(i, q)

    def leaps(self, i: int, q: int) -> bool:
        """Whether a quantity rises visibly, and not as its slopes nearby tell."""
        if self.rise(i, q) <= 2 * self.heights[q]:
            return False
        mean = self.mean(i, q)
        near = self.samples[i].slope, self.samples[i + 1].slope
        if q:
            near = self.mean(i - 1, q), self.mean(i + 1, q)
        return not any(mean * each > 0 and abs(each) > abs(mean) / 4 for each in near)

    def mean(self, i: int, q: int) -> float:
        """The mean slope of a quantity over an interval; nan where there is none."""
        if not 0 <= i < len(self.samples) - 1:
            return nan
        a, b = self.samples[i], self.samples[i + 1]
        return (b.places[q] - a.places[q]) / (b.place - a.place)

    def rise(self, i: int, q: int) -> float:
        """How far a quantity rises within its window."""
        a, b = self.samples[i].places[q], self.samples[i + 1].places[q]
        window = self.windows[q]
        if window is None or not (isfinite(a) and isfinite(b)):
            return 0.0
        lo, hi = window
        return abs(min(max(b, lo), hi) - min(max(a, lo), hi))

    def bends(self, i: int, q: int) -> bool:
        """Whether a quantity leaves its chord by half a pixel, where it can be seen."""
        a, b = self.samples[i].places[q], self.samples[i + 1].places[q]
        window = self.windows[q]
        if window is None or (not isfinite(a) and not isfinite(b)):
            return False
        if not (isfinite(a) and isfinite(b)):
            return True
        if max(a, b) < window[0] or min(a, b) > window[1]:
            return False
        off = self.off_by_slopes(i) if q == 0 else self.off_by_neighbours(i, q)
        return off > self.heights[q] / 2

    def off_by_slopes(self, i: int) -> float:
        """How far a cubic with these slopes leaves its chord: exact for a parabola."""
        a, b = self.samples[i], self.samples[i + 1]
        width = b.place - a.place
        mean = (b.places[0] - a.places[0]) / width
        slopes = [each for each in (a.slope, b.slope) if isfinite(each)]
        return max((abs(each - mean) for each in slopes), default=0.0) * width / 4

    def off_by_neighbours(self, i: int, q: int) -> float:
        """The same by the second difference with the sample on either side."""
        width, most = self.width(i), 0.0
        for left in (i - 1, i):
            if not 0 <= left < len(self.samples) - 2:
                continue
            other = left if left != i else i + 1
            if self.differs(other):
                continue
            a, b, c = self.samples[left : left + 3]
            first = (b.places[q] - a.places[q]) / (b.place - a.place)
            second = (c.places[q] - b.places[q]) / (c.place - b.place)
            curvature = abs((second - first) / (c.place - a.place))
            most = max(most, curvature) if isfinite(curvature) else most
        return most * width * width / 4

    # --- what is worth looking at ---

    def window(self, q: int) -> tuple[float, float] | None:
        """The range of a quantity; of one that has poles the range of most of its values."""
        if q == 0 and self.request.clip is not None:
            return self.request.clip
        values = [sample.places[q] for sample in self.samples if isfinite(sample.places[q])]
        if not values:
            return None
        whole = min(values), max(values)
        base = sorted(s.places[q] for s in self.start if isfinite(s.places[q])) or sorted(values)
        for share in (4, 10, 30):  # quarters at both ends are left aside, or less
            low, high = base[len(base) // share], base[-1 - len(base) // share]
            if high - low > FLAT * max(abs(low), abs(high)):
                break
        else:
            return whole
        if not self.diverges(q, high - low):
            return whole
        beyond = BEYOND * (high - low)
        return max(whole[0], low - beyond), min(whole[1], high + beyond)

    def diverges(self, q: int, spread: float) -> bool:
        """Whether a quantity grows beyond all bounds somewhere, as far as the samples tell."""
        if any(isinf(sample.numbers[q]) for sample in self.samples):
            return True
        for i in range(len(self.samples) - 1):
            if not (self.narrow(i) or self.leaps_within_a_pixel(i, q)):
                continue
            for sample in self.samples[i : i + 2]:
                if isfinite(sample.places[q]) and abs(sample.places[q]) > FAR * spread:
                    return True
                if q == 0 and self.narrow(i) and abs(sample.slope) * self.width(i) > STEEP * spread:
                    return True  # it grows with each halving, as a logarithm does
        return False

    # --- what was found ---

    def broken(self, i: int) -> frozenset[int]:
        """The quantities that are no line across an interval."""
        return frozenset(q for q in self.quantities if self.cuts(i, q))

    def cuts(self, i: int, q: int) -> bool:
        a, b = self.samples[i], self.samples[i + 1]
        rise = b.places[q] - a.places[q]
        if not isfinite(rise):
            return True
        if self.differs(i):
            told = (a.slope + b.slope) / 2 * (b.place - a.place) if q == 0 else 0.0
            return min(abs(rise), abs(rise - told)) > INVISIBLE * self.heights[q]
        unclear = self.leaps_within_a_pixel(i, q)
        against = q == 0 and a.slope * b.slope > 0 and a.slope * rise < 0
        return (self.narrow(i) or unclear or against) and abs(rise) > self.heights[q] > 0

    def events(self, breaks: Sequence[frozenset[int]]) -> list[Event]:
        """The places where something breaks; neighbouring intervals are one of them."""
        spans: list[tuple[int, int]] = []
        for i, broken in enumerate(breaks):
            if not ((self.narrow(i) or not self.complete) and self.tells(i, broken)):
                continue
            first = i
            if spans and spans[-1][1] == i:
                first, _ = spans.pop()
            spans.append((first, i + 1))
        return [self.event(first, last) for first, last in spans]

    def tells(self, i: int, broken: frozenset[int]) -> bool:
        if not isfinite(self.samples[i].numbers[0]) and not isfinite(
            self.samples[i + 1].numbers[0]
        ):
            return False
        return (self.differs(i) and bool(broken)) or 0 in broken or 1 in broken

    def event(self, first: int, last: int) -> Event:
        """The event between two samples."""
        a, b = self.samples[first], self.samples[last]
        between = self.samples[first : last + 1]
        inside = between[len(between) // 2].at
        middle = inside if len(between) % 2 else a.at + (b.at - a.at) / 2
        if not all(isfinite(each.numbers[0]) for each in between):
            kind = "pole" if self.grows(a, b) else "edge"
            if any(isinf(each.numbers[0]) for each in between):
                kind = "pole" if self.single(first, last) else "overflow"
            return Event(kind, self.border(between, middle))
        if self.grows(a, b):
            return Event("pole", middle)
        if any(self.cuts(i, 0) for i in range(first, last)):
            return Event("jump", middle)
        return Event("kink", crossing(a, b, middle))

    def single(self, first: int, last: int) -> bool:
        """Whether a sample is inf and the next ones are not, as they are after an overflow."""
        around = self.samples[max(first - 1, 0) : last + 2]
        return sum(isinf(each.numbers[0]) for each in around) == 1

    def border(self, samples: Sequence[Sample], middle: float) -> float:
        """Where a domain ends, or a pole stands: at the sample that is inf if there is one."""
        return next((each.at for each in samples if isinf(each.numbers[0])), middle)

    def grows(self, a: Sample, b: Sample) -> bool:
        window = self.windows[0]
        if window is None:
            return False
        width, height = b.place - a.place, window[1] - window[0]
        return any(
            isfinite(each.slope) and abs(each.slope) * width > STEEP * height for each in (a, b)
        )


def axis_height(lo: float, hi: float) -> float:
    """How far an axis reaches that shows a range: a constant with its rounding is a flat line."""
    largest = max(abs(lo), abs(hi))
    return hi - lo if hi - lo > FLAT * largest else largest


def crossing(a: Sample, b: Sample, middle: float) -> float:
    """Where the tangents at two samples cross: a kink between them, to second order."""
    width = b.at - a.at
    left, right = a.numbers[1], b.numbers[1]
    if not (isfinite(left) and isfinite(right)) or left == right:
        return middle
    at = a.at + ((b.numbers[0] - a.numbers[0]) - right * width) / (left - right)
    return at if a.at <= at <= b.at else middle


def start_places(request: Request) -> list[float]:
    """The ends, and places between them that are not equally distant: no period hides from them."""
    inner = min(START, request.limit - 1)
    step = (request.hi - request.lo) / inner
    shifts = [((n * GOLDEN) % 1 - 0.5) / 2 for n in range(inner + 1)]
    places = [request.lo + (n + shifts[n]) * step for n in range(1, inner)]
    return [request.lo, *places, request.hi]
