"""A layered layout of a directed acyclic graph, from left to right.

Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures"
(1981), in four steps: layers by the longest path, dummies where an edge passes a layer, orders that
cross little by barycentres, and heights near those of the neighbours.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Callable, Sequence
from typing import NamedTuple

from micrograd_cli.render.page.layers import (
    Link,
    Size,
    Vertex,
    connected,
    copied,
    end,
    in_layers,
    longest_paths,
)

GAP = 112  # between layers: the local derivatives stand there
SPACE = 16  # between boxes of a layer
ORDERS, HEIGHTS = 12, 16  # sweeps


class Layout(NamedTuple):
    """Where everything stands.

    `copies` are further boxes, each by the box that it is a copy of; their numbers follow those of
    the boxes. `places` are the left upper corners of boxes and copies; of each link there is its
    source, which may be a copy, and the points that it passes through, always from left to right.
    """

    width: int
    height: int
    copies: list[int]
    places: list[tuple[int, int]]
    sources: list[int]
    routes: list[list[tuple[int, int]]]


def layout(sizes: Sequence[Size], links: Sequence[Link], copy_sizes: Sequence[Size]) -> Layout:
    """Lay out boxes of these sizes, whose copies would have those; links lead to later boxes."""
    layers = longest_paths(len(sizes), links)
    copies, sources = copied(layers, links)
    boxes = [Vertex(layers[i], *sizes[i]) for i in range(len(sizes))]
    boxes += [Vertex(layer, *copy_sizes[of]) for of, layer in copies]
    chains = connected(boxes, links, sources)
    passing = list(dict.fromkeys(vertex for chain in chains for vertex in chain))
    rows = in_layers([*boxes, *passing])
    reduce_crossings(rows)
    height = settle(rows)
    lefts, width = columns(rows)
    return Layout(
        width,
        height,
        [of for of, _ in copies],
        [(lefts[box.layer], round(box.y - box.height / 2)) for box in boxes],
        sources,
        [
            route(boxes[source], chain, boxes[link.target], end(link, boxes[link.target]), lefts)
            for link, source, chain in zip(links, sources, chains, strict=True)
        ],
    )


# --- orders ---------------------------------------------------------------------------------------


def reduce_crossings(rows: list[list[Vertex]]) -> None:
    """Order each layer by the barycentres of its neighbours, to and fro; keep the best."""
    best, least = [list(row) for row in rows], crossings(rows)
    for sweep in range(ORDERS):
        if not least:
            break
        forward = sweep % 2 == 0
        for row in rows if forward else reversed(rows):
            row.sort(key=from_below if forward else from_above)
            for rank, vertex in enumerate(row):
                vertex.rank = rank
        count = crossings(rows)
        if count < least:
            best, least = [list(row) for row in rows], count
    for row, kept in zip(rows, best, strict=True):
        row[:] = kept
        for rank, vertex in enumerate(row):
            vertex.rank = rank


def from_below(vertex: Vertex) -> float:
    """The mean rank of the sources."""
    ranks = [source.rank for source, _ in vertex.below]
    return sum(ranks) / len(ranks) if ranks else vertex.rank


def from_above(vertex: Vertex) -> float:
    """The mean rank of the targets, in which an operand's slot is a part of a rank."""
    ranks = [target.rank + place / (target.height + 1) for target, place in vertex.above]
    return sum(ranks) / len(ranks) if ranks else vertex.rank


def crossings(rows: Sequence[Sequence[Vertex]]) -> int:
    """How many pairs of edges cross (inversions, counted by insertion)."""
    count = 0
    for row in rows:
        ends: list[tuple[int, float]] = []
        for vertex in row:
            own = sorted((target.rank, place) for target, place in vertex.above)
            count += sum(len(ends) - bisect(ends, each) for each in own)
            for each in own:
                insort(ends, each)
    return count


# --- heights --------------------------------------------------------------------------------------


def settle(rows: Sequence[Sequence[Vertex]]) -> int:
    """Find the vertices' heights, in the order of their layers; that of the drawing."""
    for row in rows:
        place(row, lambda vertex: 0.0)
    for sweep in range(HEIGHTS):
        forward = sweep % 2 == 1
        wish = wish_below if forward else wish_above
        for row in rows if forward else reversed(rows):
            place(row, wish)
    top = min((v.y - v.height / 2 for row in rows for v in row), default=0)
    for row in rows:
        for vertex in row:
            vertex.y -= top
    return round(max((v.y + v.height / 2 for row in rows for v in row), default=0))


def wish_below(vertex: Vertex) -> float:
    heights = [source.y - place for source, place in vertex.below]
    return sum(heights) / len(heights) if heights else wish_above(vertex)


def wish_above(vertex: Vertex) -> float:
    heights = [target.y + place for target, place in vertex.above]
    return sum(heights) / len(heights) if heights else vertex.y


def place(row: Sequence[Vertex], wish: Callable[[Vertex], float]) -> None:
    """Put a layer where the sum of squares of the ways to its wishes is least, without overlap.

    With the distances taken off it is isotonic regression, by pooling adjacent violators.
    """
    pools: list[tuple[float, float, int]] = []  # the mean, the weight, how many vertices
    offsets = []
    offset, before = 0.0, None
    for vertex in row:
        if before is not None:
            offset += (before.height + vertex.height) / 2 + SPACE
        offsets.append(offset)
        mean, weight, count = wish(vertex) - offset, 4.0 if vertex.dummy else 1.0, 1
        while pools and pools[-1][0] > mean:
            other, more, others = pools.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, count = weight + more, count + others
        pools.append((mean, weight, count))
        before = vertex
    found = [mean for mean, _, count in pools for _ in range(count)]
    for vertex, mean, offset in zip(row, found, offsets, strict=True):
        vertex.y = mean + offset


# --- columns and routes ---------------------------------------------------------------------------


def columns(rows: Sequence[Sequence[Vertex]]) -> tuple[list[int], int]:
    """The left end of each layer, and of one more behind the last; the width of the drawing."""
    lefts = [0]
    for row in rows:
        lefts.append(lefts[-1] + max(vertex.width for vertex in row) + GAP)
    return lefts, max(lefts[-1] - GAP, 0)


def route(
    source: Vertex, chain: Sequence[Vertex], target: Vertex, place: float, lefts: Sequence[int]
) -> list[tuple[int, int]]:
    """The points of an edge; it passes a layer straight, on the height of its dummy."""
    points = [(lefts[source.layer] + source.width, round(source.y))]
    for dummy in chain:
        right = lefts[dummy.layer + 1] - GAP
        points += [(lefts[dummy.layer], round(dummy.y)), (right, round(dummy.y))]
    return [*points, (lefts[target.layer], round(target.y + place))]
