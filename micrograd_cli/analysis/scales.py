"""Axes of a plot: linear or logarithmic, and the ticks that a person would choose."""

from __future__ import annotations

from math import ceil, floor, isfinite, log, log10, nan
from typing import NamedTuple

LN10 = log(10)


class Scale(NamedTuple):
    """From numbers to places along an axis, and back."""

    log: bool = False

    def place(self, x: float) -> float:
        """Where a number stands; nan if it has no place."""
        if not self.log:
            return x
        return log10(x) if x > 0 and isfinite(x) else nan

    def number(self, place: float) -> float:
        """The number at a place."""
        return 10.0**place if self.log else place

    def stretch(self, x: float) -> float:
        """The derivative of `place` at a number."""
        return 1 / (x * LN10) if self.log else 1.0


LINEAR, LOG = Scale(), Scale(log=True)


class Tick(NamedTuple):
    """A tick: its place on the axis, and its label."""

    place: float
    label: str


def ticks(lo: float, hi: float, most: int, scale: Scale = LINEAR) -> list[Tick]:
    """At most that many ticks between two places: at 1, 2 or 5 times a power of ten."""
    if scale.log and hi - lo >= 1:
        return decades(lo, hi, most)
    if scale.log:
        inner = ticks(10.0**lo, 10.0**hi, most)
        return [Tick(log10(tick.place), tick.label) for tick in inner if tick.place > 0]
    step = nice_step((hi - lo) / max(most, 1))
    while floor(hi / step) - ceil(lo / step) + 1 > max(most, 2):
        step = nice_step(step * 1.01)
    places = [n * step for n in range(ceil(lo / step - 1e-9), floor(hi / step + 1e-9) + 1)]
    return [Tick(place, label) for place, label in zip(places, labels(places, step), strict=True)]


def nice_step(least: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not smaller."""
    power = floor(log10(least))
    for factor in (1, 2, 5):
        step = float(f"{factor}e{power}")
        if step >= least * (1 - 1e-12):
            return step
    return float(f"1e{power + 1}")


def decades(lo: float, hi: float, most: int) -> list[Tick]:
    first, last = ceil(lo - 1e-9), floor(hi + 1e-9)
    every = max(1, ceil((last - first + 1) / max(most, 1)))
    powers = [n for n in range(first, last + 1) if n % every == 0]
    return [Tick(float(n), plain_power(n)) for n in powers]


def plain_power(n: int) -> str:
    return f"{10.0**n:g}" if -4 <= n <= 5 else f"1e{n}"


def labels(places: list[float], step: float) -> list[str]:
    """The labels of equally distant ticks, all with the digits that the step needs."""
    largest = max(map(abs, places), default=0.0)
    if largest and not (1e-4 <= largest < 1e6):
        most = max(0, floor(log10(largest)) - floor(log10(step)))
        digits = next(n for n in range(most + 1) if n == most or faithful(places, n, step))
        return ["0" if place == 0 else short(f"{place:.{digits}e}") for place in places]
    digits = max(0, -floor(log10(step) + 1e-9))
    return [f"{place + 0.0:.{digits}f}" for place in places]


def faithful(places: list[float], digits: int, step: float) -> bool:
    """Whether so many digits behind the first tell where the ticks stand."""
    return all(abs(float(f"{place:.{digits}e}") - place) < step / 1000 for place in places)


def short(text: str) -> str:
    """A number with an exponent without its idle characters: `1e-05` is `1e-5`."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}"
