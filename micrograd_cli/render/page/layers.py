"""The layers of a drawing: of each box by the longest path to it, and of what passes between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

FAR = 6  # layers: to a use that is further away goes an edge from a copy of the box
LANE = 10  # the height that an edge takes as it passes a layer

Size = tuple[int, int]  # width and height


class Link(NamedTuple):
    """An edge between boxes; it ends at one of the target's `slots` places, from above."""

    source: int
    target: int
    slot: int
    slots: int


class Vertex:
    """A box, or the place where an edge passes a layer."""

    __slots__ = ("above", "below", "dummy", "height", "layer", "rank", "width", "y")

    def __init__(self, layer: int, width: int, height: int, dummy: bool = False) -> None:
        self.layer = layer
        self.width = width
        self.height = height
        self.dummy = dummy
        self.rank = 0  # its place in its layer
        self.y = 0.0  # its middle
        self.below: list[tuple[Vertex, float]] = []  # in the layer before; where the edge ends here
        self.above: list[tuple[Vertex, float]] = []  # in the next layer; where the edge ends there


def end(link: Link, target: Vertex) -> float:
    """Where a link ends, from the middle of its target."""
    return target.height * ((link.slot + 0.5) / link.slots - 0.5)


def longest_paths(count: int, links: Sequence[Link]) -> list[int]:
    """The layer of each box: the length of the longest path to it, if it is an end.

    Any other stands just before its first use, so that edges are short where many meet.
    """
    layers = [0] * count
    targets: list[list[int]] = [[] for _ in range(count)]
    for link in sorted(links, key=lambda link: link.source):
        layers[link.target] = max(layers[link.target], layers[link.source] + 1)
        targets[link.source].append(link.target)
    for box in reversed(range(count)):
        if targets[box]:
            layers[box] = min(layers[target] for target in targets[box]) - 1
    return layers


def copied(layers: Sequence[int], links: Sequence[Link]) -> tuple[list[tuple[int, int]], list[int]]:
    """The copies that far uses need, each with its layer, and the source of every link."""
    copies: list[tuple[int, int]] = []
    sources = [link.source for link in links]
    latest = {box: (box, layer) for box, layer in enumerate(layers)}
    for index in sorted(range(len(links)), key=lambda index: layers[links[index].target]):
        link = links[index]
        box, layer = latest[link.source]
        if layers[link.target] - layer > FAR:
            box, layer = len(layers) + len(copies), layers[link.target] - 1
            copies.append((link.source, layer))
            latest[link.source] = box, layer
        sources[index] = box
    return copies, sources


def connected(
    boxes: Sequence[Vertex], links: Sequence[Link], sources: Sequence[int]
) -> list[list[Vertex]]:
    """Join the boxes; the dummies of each link, which links from one source share."""
    shared: dict[tuple[int, int], Vertex] = {}
    chains = []
    for link, source in zip(links, sources, strict=True):
        before, target, chain = boxes[source], boxes[link.target], []
        for layer in range(before.layer + 1, target.layer):
            dummy = shared.get((source, layer))
            if dummy is None:
                dummy = shared[source, layer] = Vertex(layer, 0, LANE, dummy=True)
                join(before, dummy, 0.0)
            chain.append(dummy)
            before = dummy
        join(before, target, end(link, target))
        chains.append(chain)
    return chains


def join(source: Vertex, target: Vertex, place: float) -> None:
    source.above.append((target, place))
    target.below.append((source, place))


def in_layers(vertices: Iterable[Vertex]) -> list[list[Vertex]]:
    rows: list[list[Vertex]] = []
    for vertex in vertices:
        while len(rows) <= vertex.layer:
            rows.append([])
        vertex.rank = len(rows[vertex.layer])
        rows[vertex.layer].append(vertex)
    return rows
