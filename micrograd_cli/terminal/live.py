"""A live line on standard error: a step, its value, and the course of the values as a sparkline."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite, log

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 30
PAUSE = 0.1  # seconds between two drawings
QUIET = 0.5  # seconds before the first


@contextmanager
def live(word: str) -> Iterator[Callable[[int, float], None]]:
    """Gives a function to call with the number of a step and its value.

    Nothing is drawn where standard error is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda step, value: None
        return
    line = Line(word)
    try:
        yield line.show
    finally:
        line.end()


class Line:
    """The line, drawn over itself."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.values: list[float] = []
        self.next = time.monotonic() + QUIET
        self.drawn = False

    def show(self, step: int, value: float) -> None:
        self.values.append(value)
        now = time.monotonic()
        if now >= self.next:
            self.next = now + PAUSE
            self.drawn = True
            text = f"{self.word} {step}  {value:.6g}  {sparkline(self.values, WIDTH)}"
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def sparkline(values: list[float], width: int) -> str:
    """The values as bars, by logarithm where they are all positive; each column is one of many."""
    step = max(1, -(-len(values) // width))
    shown = [x for x in values[::step] if isfinite(x)]
    if not shown:
        return ""
    heights = [log(x) for x in shown] if min(shown) > 0 else shown
    low, high = min(heights), max(heights)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((x - low) * scale)] for x in heights)
