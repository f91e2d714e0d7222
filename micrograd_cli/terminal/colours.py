"""How a gradient is coloured: by its sign, and by its size beside the largest of the graph."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import isfinite
from typing import NamedTuple


class Shade(NamedTuple):
    """A class of gradients: its fill in a picture, and its style on a terminal."""

    key: str
    fill: str
    style: str


# ColorBrewer's red and blue, which the colour-blind tell apart; each carries black text.
BAD = Shade("bad", "#ffe066", "bold reverse")
NONE = Shade("none", "#e4e4e4", "dim")
ZERO = Shade("zero", "#ffffff", "")
POSITIVE = (
    Shade("most", "#f08a62", "bold bright_red"),
    Shade("more", "#f7b799", "bright_red"),
    Shade("some", "#fbdccb", "red"),
    Shade("less", "#fdf1eb", "dim red"),
)
NEGATIVE = (
    Shade("minus-most", "#6cb0d6", "bold bright_blue"),
    Shade("minus-more", "#a3cee4", "bright_blue"),
    Shade("minus-some", "#d2e6f1", "blue"),
    Shade("minus-less", "#edf5f9", "dim blue"),
)
STEPS = (0.5, 0.1, 0.01, 0.0)  # of the largest gradient: where each of the shades ends


class Scale:
    """The shades of one graph's gradients, and what each of them stands for."""

    def __init__(self, gradients: Iterable[float | None]) -> None:
        self.gradients = list(gradients)
        sizes = [abs(g) for g in self.gradients if g is not None and isfinite(g)]
        self.largest = max(sizes, default=0.0)

    def shade(self, gradient: float | None) -> Shade:
        """The shade of a gradient; None is a node without one."""
        if gradient is None:
            return NONE
        if not isfinite(gradient):
            return BAD
        if gradient == 0:
            return ZERO
        shades = POSITIVE if gradient > 0 else NEGATIVE
        return next(
            shade
            for shade, step in zip(shades, STEPS, strict=True)
            if abs(gradient) > step * self.largest or step == 0
        )

    def legend(self) -> list[tuple[Shade, str]]:
        """The shades that occur, from the greatest gradient to the least, with their meaning."""
        ends = [f"{step * self.largest:.2g}" for step in STEPS]
        above = [f"grad > {ends[0]}", *(f"{low} to {high}" for high, low in pairwise(ends))]
        below = [f"grad < -{ends[0]}", *(f"-{high} to -{low}" for high, low in pairwise(ends))]
        below[-1] = below[-1].replace("to -0", "to 0")
        meanings = [
            *zip(POSITIVE, above, strict=True),
            (ZERO, "grad = 0"),
            *reversed([*zip(NEGATIVE, below, strict=True)]),
            (BAD, "inf or nan"),
            (NONE, "no gradient"),
        ]
        present = {self.shade(gradient).key for gradient in self.gradients}
        return [(shade, meaning) for shade, meaning in meanings if shade.key in present]
