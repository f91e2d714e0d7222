"""Curves for a plot: sampled where they bend, and cut at their kinks, jumps, poles and edges.

The exact slope at both ends of an interval says how far its curve leaves the chord: where that is
visible the interval is halved. An interval is halved down to BRACKET of the range where its ends
lie on different pieces of the program (`algebra.branches`), where only one end has a value, and
where the curve rises visibly within half a pixel. What still rises there is no line.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isinf
from typing import NamedTuple

from micrograd_cli.analysis.events import STEEP, Event, events
from micrograd_cli.analysis.intervals import FLAT, Intervals, Request, Sample

FAR = 1e3  # interquartile ranges: a leap up there is one at a pole
BEYOND = 2.5  # interquartile ranges that an axis shows beyond the quartiles where there is a pole


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


def trace(at: Callable[[float], Sample], request: Request) -> Trace:
    """Sample a function from a place to a Sample."""
    return Tracer(at, request).run()


class Tracer(Intervals):
    """One sampling: rounds in which intervals are halved, until none asks for it."""

    def __init__(self, at: Callable[[float], Sample], request: Request) -> None:
        super().__init__(at, request)
        self.at = at

    def run(self) -> Trace:
        while True:
            self.look([self.window(q) for q in self.quantities])
            wanted = [i for i in range(len(self.samples) - 1) if self.divides(i)]
            room = self.request.limit - len(self.samples)
            if not wanted or room <= 0:
                break
            wanted.sort(key=self.width, reverse=True)
            new = [self.at(self.middle(i)) for i in wanted[:room]]
            self.samples = sorted(self.samples + new, key=lambda sample: sample.place)
        breaks = [
            frozenset(q for q in self.quantities if self.cuts(i, q))
            for i in range(len(self.samples) - 1)
        ]
        found = events(self, breaks, complete=not wanted)
        return Trace(self.samples, breaks, found, self.windows, complete=not wanted)

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
