"""Arrays: blocks of nodes, row after row, with NumPy's habits of shape and index.

Each element is a node of its own, called `W[1,0]`; an array is only how a program speaks of many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

from micrograd_cli.nodes import Constant, Node

Shape = tuple[int, ...]
Place = tuple[int, ...]
Index = int | slice


class Origin(NamedTuple):
    """How an array, or a node, was made of whole arrays: what the array tape goes by.

    `made_by` is a row of the table, applied element by element or (`sum`, `mean`) over all of them,
    or one of the words below. An array without an origin is a block of the nodes that it holds.
    """

    made_by: Any
    args: tuple[Any, ...] = ()  # nodes and arrays
    detail: Any = None  # an input's name; of each axis the number or the range that is taken


GIVEN, PRODUCT, TAKEN, TRANSPOSED = "input", "@", "[]", "transpose"


class Array(NamedTuple):
    """A block of nodes: `items` holds them row after row."""

    shape: Shape
    items: Sequence[Node]
    origin: Origin | None = None

    def rows(self) -> list[Node | Array]:
        """What it holds along its first axis: elements, or arrays of one dimension less."""
        if len(self.shape) == 1:
            return list(self.items)
        rest = self.shape[1:]
        size = prod(rest)
        whole = tuple(map(range, rest))
        return [
            Array(rest, self.items[i * size : (i + 1) * size], Origin(TAKEN, (self,), (i, *whole)))
            for i in range(self.shape[0])
        ]


class Fixed(Constant):
    """A number that the text itself fixes: a size, a length, the variable of a loop."""

    __slots__ = ()


class Element(Node):
    """A node that stands in an unnamed array, at `place`."""

    __slots__ = ("place",)

    place: tuple[int, ...]


def places(shape: Shape) -> Iterator[Place]:
    """The indices of a shape's elements, row after row."""
    return product(*map(range, shape))


def element(name: str, place: Place) -> str:
    """The name of an element: `W[1,0]`."""
    return f"{name}[{','.join(map(str, place))}]" if place else name


def elements(name: str, shape: Shape) -> list[str]:
    """The names of an array's elements, row after row."""
    return [element(name, place) for place in places(shape)]


def nested(shape: Shape, items: Sequence[Any]) -> Any:
    """The items as nested lists of a shape; the only one, where the shape is ()."""
    if not shape:
        return items[0]
    size = prod(shape[1:])
    return [nested(shape[1:], items[i * size : (i + 1) * size]) for i in range(shape[0])]


def shape_text(shape: Shape) -> str:
    """A shape as Python writes it, that of a scalar as `()`."""
    return str(shape)


def shape_of(value: Any) -> Shape:
    """The shape of an array, () of a node."""
    return value.shape if isinstance(value, Array) else ()


def broadcast(shapes: Iterable[Shape]) -> Shape | None:
    """The shape that several give together by NumPy's rule; None where they do not fit."""
    found: list[int] = []
    for shape in shapes:
        found = [1] * (len(shape) - len(found)) + found
        for axis in range(-len(shape), 0):
            if found[axis] == 1:
                found[axis] = shape[axis]
            elif shape[axis] not in (1, found[axis]):
                return None
    return tuple(found)


def stretched(value: Node | Array, shape: Shape) -> Sequence[Node]:
    """The items of a value, repeated to fill a shape that it fits."""
    if not isinstance(value, Array):
        return [value] * prod(shape)
    if value.shape == shape:
        return value.items
    own = (1,) * (len(shape) - len(value.shape)) + value.shape
    steps = [0 if size == 1 else prod(own[axis + 1 :]) for axis, size in enumerate(own)]
    return [
        value.items[sum(i * step for i, step in zip(place, steps, strict=True))]
        for place in places(shape)
    ]


def taken(array: Array, index: Sequence[Index]) -> Node | Array:
    """The element or the part of an array at an index, which may be shorter than its shape.

    Raises IndexError for a number outside, which it carries with its axis.
    """
    chosen: list[Sequence[int]] = []
    detail: list[int | range] = []
    shape: list[int] = []
    for axis, size in enumerate(array.shape):
        at = index[axis] if axis < len(index) else slice(None)
        if isinstance(at, slice):
            detail.append(range(size)[at])
            chosen.append(detail[-1])  # type: ignore[arg-type]
            shape.append(len(chosen[-1]))
        elif -size <= at < size:
            detail.append(at % size)
            chosen.append((at % size,))
        else:
            raise IndexError(at, axis)
    steps = [prod(array.shape[axis + 1 :]) for axis in range(len(array.shape))]
    items = [
        array.items[sum(i * step for i, step in zip(place, steps, strict=True))]
        for place in product(*chosen)
    ]
    origin = Origin(TAKEN, (array,), tuple(detail))
    return Array(tuple(shape), items, origin) if shape else items[0]


def transposed(array: Array) -> Array:
    """The array with its axes exchanged; one of one dimension as it is."""
    if len(array.shape) < 2:
        return array
    n, m = array.shape
    items = [array.items[i * m + j] for j in range(m) for i in range(n)]
    return Array((m, n), items, Origin(TRANSPOSED, (array,)))
