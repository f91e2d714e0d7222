"""How a gradient is coloured: by its sign, and by its size beside the largest of the graph."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import isfinite
from typing import NamedTuple


class Colour(NamedTuple):
    """What gradients of one class look like: their fill in a picture, their style on a terminal."""

    key: str
    fill: str
    style: str


# ColorBrewer's red and blue, which the colour-blind tell apart; each carries black text.
BAD = Colour("bad", "#ffe066", "bold reverse")
NONE = Colour("none", "#e4e4e4", "dim")
ZERO = Colour("zero", "#ffffff", "")
POSITIVE = (
    Colour("most", "#f08a62", "bold bright_red"),
    Colour("more", "#f7b799", "bright_red"),
    Colour("some", "#fbdccb", "red"),
    Colour("less", "#fdf1eb", "dim red"),
)
NEGATIVE = (
    Colour("minus-most", "#6cb0d6", "bold bright_blue"),
    Colour("minus-more", "#a3cee4", "bright_blue"),
    Colour("minus-some", "#d2e6f1", "blue"),
    Colour("minus-less", "#edf5f9", "dim blue"),
)
STEPS = (0.5, 0.1, 0.01, 0.0)  # of the largest gradient: where each of the colours ends


def sign_style(x: float) -> str:
    """The style of a number by its sign alone."""
    return (POSITIVE if x > 0 else NEGATIVE)[1].style


class Scale:
    """The colours of one graph's gradients, and the meaning of each."""

    def __init__(self, gradients: Iterable[float | None]) -> None:
        self.gradients = list(gradients)
        sizes = [abs(g) for g in self.gradients if g is not None and isfinite(g)]
        self.largest = max(sizes, default=0.0)

    def colour(self, gradient: float | None) -> Colour:
        """The colour of a gradient; None is a node without one."""
        if gradient is None:
            return NONE
        if not isfinite(gradient):
            return BAD
        if gradient == 0:
            return ZERO
        colours = POSITIVE if gradient > 0 else NEGATIVE
        return next(
            colour
            for colour, step in zip(colours, STEPS, strict=True)
            if abs(gradient) > step * self.largest or step == 0
        )

    def legend(self) -> list[tuple[Colour, str]]:
        """The colours that occur, from the greatest gradient to the least, with their meaning."""
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
        present = {self.colour(gradient).key for gradient in self.gradients}
        return [(colour, meaning) for colour, meaning in meanings if colour.key in present]
