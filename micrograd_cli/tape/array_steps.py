"""What an array tape does with whole arrays, on NumPy: sums, products, parts.

Everything else is element by element, by the functions of `columns.py`. In a block of rows a number
of the program is an array whose first axis are the rows, unless it is the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.language.arrays import Shape, broadcast

Array = Any  # a float64 array, or a float
Part = tuple[Any, ...]  # of each axis the number or the range that is taken


class Layout(NamedTuple):
    """Whether an array has an axis of rows, the first, and the other axes."""

    rows: bool
    shape: Shape = ()


SCALAR = Layout(False)


def together(layouts: Iterable[Layout]) -> Layout:
    """The layout of an operation element by element."""
    layouts = list(layouts)
    shape = broadcast(layout.shape for layout in layouts)
    assert shape is not None
    return Layout(any(layout.rows for layout in layouts), shape)


class Align(NamedTuple):
    """Axes of size 1 after that of the rows, up to a rank: (rows, n) as (rows, 1, n)."""

    rank: int

    def layout(self, x: Layout) -> Layout:
        return Layout(x.rows, (1,) * (self.rank - len(x.shape)) + x.shape)

    def __call__(self, x: Array) -> Array:
        return x.reshape(x.shape[:1] + (1,) * (self.rank + 1 - x.ndim) + x.shape[1:])


class Fill(NamedTuple):
    """An array stretched to a layout, as a view; the second operand counts the rows."""

    whole: Layout

    def layout(self, x: Layout, rows: Layout) -> Layout:
        return self.whole

    def __call__(self, x: Array, rows: float) -> Array:
        return np.broadcast_to(x, (int(rows),) * self.whole.rows + self.whole.shape)


class Sum(NamedTuple):
    """A sum over axes, which stay with size 1, all but the first `dropped`; over `rows` too."""

    given: Layout
    axes: tuple[int, ...]
    rows: bool
    dropped: int

    def layout(self, x: Layout) -> Layout:
        kept = [1 if axis in self.axes else size for axis, size in enumerate(self.given.shape)]
        return Layout(x.rows and not self.rows, tuple(kept[self.dropped :]))

    def __call__(self, x: Array) -> Array:
        first = int(self.given.rows)
        axes = (*[0] * self.rows, *[axis + first for axis in self.axes])
        total = np.add.reduce(x, axis=axes, keepdims=True) if axes else x
        kept = total.shape[first + self.dropped :]
        return total.reshape(total.shape[:1] + kept if first and not self.rows else kept)


class Contraction(NamedTuple):
    """A product of two arrays, summed over what the result has not: `rk`, `nk` to `rn`.

    A letter is an axis; `r` is that of the rows.
    """

    left: str
    right: str
    result: str

    def layout(self, left: Layout, right: Layout) -> Layout:
        sizes = {**axes(self.left, left), **axes(self.right, right)}
        shape = tuple(sizes[letter] for letter in self.result if letter != "r")
        return Layout("r" in self.result, shape)

    def __call__(self, left: Array, right: Array) -> Array:
        return contracted(*self)(left, right)


def axes(letters: str, layout: Layout) -> dict[str, int]:
    """The sizes of axes by their letters."""
    return dict(zip(letters.removeprefix("r"), layout.shape, strict=True))


def contracted(left: str, right: str, result: str) -> Callable[[Array, Array], Array]:
    """The function of a contraction: a product of matrices, where it is one."""
    common = [letter for letter in left if letter in right]
    summed = [letter for letter in common if letter not in result]
    if len(summed) < len(common):
        return lambda x, y: np.einsum(f"{left},{right}->{result}", x, y)
    free = [letter for letter in left + right if letter not in summed]
    order = [free.index(letter) for letter in result]
    if len(summed) == 1 and max(len(left), len(right)) <= 2:
        (letter,) = summed
        turn_left, turn_right = left[-1] != letter, right[0] != letter
        if any(a > b for a, b in pairwise(order)):  # (x @ y).T is y.T @ x.T
            return lambda x, y: (y if turn_right else y.T) @ (x if turn_left else x.T)
        return lambda x, y: (x.T if turn_left else x) @ (y.T if turn_right else y)
    at = [left.index(letter) for letter in summed], [right.index(letter) for letter in summed]
    return lambda x, y: np.tensordot(x, y, at).transpose(order)


class Take(NamedTuple):
    """A part of an array."""

    given: Layout
    part: Part

    def layout(self, x: Layout) -> Layout:
        return Layout(x.rows, tuple(len(at) for at in self.part if isinstance(at, range)))

    def __call__(self, x: Array) -> Array:
        return x[subscripts(self.given.rows, self.part)]


class Put(NamedTuple):
    """Parts put, and added, into an array that is 0 elsewhere; the last operand counts the rows."""

    whole: Layout
    parts: tuple[Part, ...]

    def layout(self, *x: Layout) -> Layout:
        return self.whole

    def __call__(self, *x: Array) -> Array:
        *values, rows = x
        found = np.zeros((int(rows),) * self.whole.rows + self.whole.shape)
        for part, value in zip(self.parts, values, strict=True):
            found[subscripts(self.whole.rows, part)] += value
        return found


def subscripts(rows: bool, part: Part) -> tuple[Any, ...]:
    """A part as NumPy takes it."""
    return (*[slice(None)] * rows, *[as_slice(at) if isinstance(at, range) else at for at in part])


def as_slice(at: range) -> slice:
    return slice(at.start, at.stop if at.stop >= 0 else None, at.step)


class Stack(NamedTuple):
    """An array of numbers; the last operand counts the rows."""

    whole: Layout

    def layout(self, *x: Layout) -> Layout:
        return self.whole

    def __call__(self, *x: Array) -> Array:
        *values, rows = x
        lead = (int(rows),) * self.whole.rows
        found = np.empty((*lead, prod(self.whole.shape)))
        for index, value in enumerate(values):
            found[..., index] = value
        return found.reshape(lead + self.whole.shape)


class Transpose(NamedTuple):
    """A matrix with its axes exchanged."""

    def layout(self, x: Layout) -> Layout:
        return Layout(x.rows, x.shape[::-1])

    def __call__(self, x: Array) -> Array:
        return x.swapaxes(-1, -2)
