"""The levels of a map: where its contours lie, and how a number becomes a shade."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from math import isfinite

from micrograd_cli.analysis.scales import ticks

NARROW, SKEWED = 0.12, 0.2  # of the range: the quartiles' distance, and the median's from an end


def even(numbers: Sequence[float]) -> bool:
    """Whether equal steps show something of sorted numbers, most of which may be close together."""
    lo, hi = numbers[0] / 4, numbers[-1] / 4
    low, middle, high = (numbers[len(numbers) * n // 4] / 4 for n in (1, 2, 3))
    span = hi - lo
    balanced = SKEWED < (middle - lo) / span < 1 - SKEWED
    return balanced and (high - low) / span > NARROW and isfinite(4 * span)


class Bands:
    """Levels that divide numbers into bands; `labels` has the text of each level.

    There are at most so many where they are not equally distant, and at most 4 more where they are.
    """

    def __init__(self, values: Iterable[float], most: int) -> None:
        found = sorted(value for value in values if isfinite(value))
        self.lo, self.hi = found[0], found[-1]
        if self.lo == self.hi:
            self.levels: list[float] = []
        elif even(found):
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
