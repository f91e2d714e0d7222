"""The intervals between samples of a curve: where they are to be halved, and where they break."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, nan
from typing import Any, NamedTuple

BRACKET = 1e-9  # of the range: the width to which a kink, a jump, a pole is enclosed
START = 32  # intervals at first
INVISIBLE = 1e-3  # of a pixel
GOLDEN = 0.6180339887498949
FLAT = 1e-12  # of the size of numbers: what differs less is a constant


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


class Intervals:
    """The samples of a curve in order; an interval is known by the number of its left end.

    `windows` are the part of each quantity's axis that is shown, `heights` how high a pixel is.
    """

    def __init__(self, at: Callable[[float], Sample], request: Request) -> None:
        self.request = request
        self.pixel = (request.hi - request.lo) / request.pixels[0]
        self.bracket = (request.hi - request.lo) * BRACKET
        self.start = [at(place) for place in start_places(request)]
        self.samples = list(self.start)
        self.quantities = range(len(self.samples[0].places))
        self.windows: list[tuple[float, float] | None] = []
        self.heights: list[float] = []

    def look(self, windows: list[tuple[float, float] | None]) -> None:
        """Take these windows from here on."""
        rows = self.request.pixels[1]
        self.windows = windows
        self.heights = [axis_height(*w) / rows if w else 0.0 for w in windows]

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


def axis_height(lo: float, hi: float) -> float:
    """How far an axis reaches that shows a range: a constant with its rounding is a flat line."""
    largest = max(abs(lo), abs(hi))
    return hi - lo if hi - lo > FLAT * largest else largest


def start_places(request: Request) -> list[float]:
    """The ends, and places between them that are not equally distant: no period hides from them."""
    inner = min(START, request.limit - 1)
    step = (request.hi - request.lo) / inner
    shifts = [((n * GOLDEN) % 1 - 0.5) / 2 for n in range(inner + 1)]
    places = [request.lo + (n + shifts[n]) * step for n in range(1, inner)]
    return [request.lo, *places, request.hi]
