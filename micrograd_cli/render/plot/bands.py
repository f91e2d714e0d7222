"""The levels of a map: where its contours lie, and how a number becomes a shade."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from math import isfinite

from micrograd_cli.analysis.scales import ticks

SKEWED = 0.2  # of the range: where the median is closer to an end, equal steps would show little


class Bands:
    """Levels that divide numbers into bands; `labels` has the text of each level.

    There are at most so many where they are not equally distant, and at most 4 more where they are.
    """

    def __init__(self, values: Iterable[float], most: int) -> None:
        found = sorted(value for value in values if isfinite(value))
        self.lo, self.hi = found[0], found[-1]
        share = (found[len(found) // 2] / 2 - self.lo / 2) / (self.hi / 2 - self.lo / 2 or 1.0)
        span = self.hi - self.lo
        if span == 0:
            self.levels: list[float] = []
        elif SKEWED < share < 1 - SKEWED and isfinite(span):
            self.levels = [tick.place for tick in ticks(self.lo, self.hi, most + 4)]
        else:
            parts = (found[len(found) * n // (most + 1)] for n in range(1, most + 1))
            self.levels = sorted({float(f"{part:.2g}") for part in parts})
        self.levels = [level for level in self.levels if self.lo < level < self.hi]
        self.labels = [f"{level:.6g}" for level in self.levels]
        self.ends = [self.lo, *self.levels, self.hi]

    def band(self, value: float) -> int:
        """The number of levels that a value reaches."""
        return bisect_right(self.levels, value)

    def share(self, value: float) -> float:
        """From 0 to 1, with equal steps from level to level."""
        bands = len(self.ends) - 1
        n = min(self.band(value), bands - 1)
        lo, hi = self.ends[n], self.ends[n + 1]
        inner = (value / 2 - lo / 2) / (hi / 2 - lo / 2) if hi > lo else 0.5
        return (n + min(max(inner, 0.0), 1.0)) / bands
