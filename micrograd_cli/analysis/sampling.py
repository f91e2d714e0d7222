"""Points to check at: of numbers, and of ranges from which numbers are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from random import Random


class Range(NamedTuple):
    """The numbers from lo to hi."""

    lo: float
    hi: float

    def draw(self, random: Random) -> float:
        """One of them, each as likely as the other."""
        share = random.random()  # the same in every version of Python, as uniform() need not be
        return min(max(self.lo * (1 - share) + self.hi * share, self.lo), self.hi)


Binding = float | Range


class Points(NamedTuple):
    """The points of some bindings by name; there is but one where none is a range."""

    bindings: Mapping[str, Binding]
    samples: int
    seed: int

    @property
    def drawn(self) -> bool:
        return any(isinstance(binding, Range) for binding in self.bindings.values())

    @property
    def number(self) -> int:
        return self.samples if self.drawn else 1

    def draw(self) -> Iterator[dict[str, float]]:
        """The points, the same ones each time."""
        from random import Random  # with hashlib it takes longer to import than all of this

        random = Random(self.seed)
        for _ in range(self.number):
            yield {
                name: binding.draw(random) if isinstance(binding, Range) else binding
                for name, binding in self.bindings.items()
            }
