"""Points to check at: of numbers, and of ranges from which numbers are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

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
Given = Binding | tuple[float, ...]  # of a tuple each number, one after the other


class Points(NamedTuple):
    """The points of some bindings by name: all combinations of lists, `samples` from ranges."""

    bindings: Mapping[str, Given]
    samples: int
    seed: int

    @property
    def drawn(self) -> bool:
        return any(isinstance(binding, Range) for binding in self.bindings.values())

    @property
    def number(self) -> int:
        lists = (len(each) for each in self.bindings.values() if is_list(each))
        return prod(lists) * (self.samples if self.drawn else 1)

    def draw(self) -> Iterator[dict[str, float]]:
        """The points, the same ones each time."""
        from random import Random  # with hashlib it takes longer to import than all of this

        random = Random(self.seed)
        for chosen in product(*map(choices, self.bindings.values())):
            for _ in range(self.samples if self.drawn else 1):
                yield {
                    name: each.draw(random) if isinstance(each, Range) else each
                    for name, each in zip(self.bindings, chosen, strict=True)
                }


def choices(binding: Given) -> tuple[Binding, ...]:
    """What is taken one after the other: the numbers of a list, or the range itself."""
    return binding if is_list(binding) else (binding,)  # type: ignore[return-value]


def is_list(binding: Given) -> TypeGuard[tuple[float, ...]]:
    """Whether an input is given several numbers."""
    return isinstance(binding, tuple) and not isinstance(binding, Range)
