"""Contours of a grid of numbers, by marching squares (Lorensen and Cline 1987, in the plane)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, isfinite

Point = tuple[float, float]
Ends = tuple[float, float]
Edge = tuple[int, int, bool]  # of the grid: its column and row, and whether it goes up


def contours(
    values: Sequence[Sequence[float]], level: float, cliff: Ends = (-inf, inf)
) -> Iterator[list[Point]]:
    """The lines at a level, in columns and rows of the grid.

    None crosses a cell with a nan, or one that reaches from below to above the `cliff`: across a
    pole or a jump there is no line.
    """
    links: dict[Edge, list[Edge]] = {}
    for row in range(len(values) - 1):
        for column in range(len(values[0]) - 1):
            for a, b in crossings(values, column, row, level, cliff):
                links.setdefault(a, []).append(b)
                links.setdefault(b, []).append(a)
    starts = sorted(links, key=lambda edge: len(links[edge]))  # the ends of open lines come first
    for start in starts:
        line = [start]
        while links[line[-1]]:
            after = links[line[-1]].pop()
            links[after].remove(line[-1])
            line.append(after)
        if len(line) > 1:
            yield [place(values, edge, level) for edge in line]


def crossings(
    values: Sequence[Sequence[float]],
    column: int,
    row: int,
    level: float,
    cliff: tuple[float, float],
) -> list[tuple[Edge, Edge]]:
    """The pieces of the contour in a cell, each from one edge to another."""
    corners = [values[row][column], values[row][column + 1],
               values[row + 1][column + 1], values[row + 1][column]]  # fmt: skip
    steep = min(corners) < cliff[0] and max(corners) > cliff[1]
    if steep or not all(map(isfinite, corners)):
        return []
    edges: list[Edge] = [(column, row, False), (column + 1, row, True),
                         (column, row + 1, False), (column, row, True)]  # fmt: skip
    above = [corner >= level for corner in corners]
    cut = [edges[n] for n in range(4) if above[n] != above[(n + 1) % 4]]
    if len(cut) == 4:  # a saddle: its middle says which corners belong together
        joined = (sum(corner / 4 for corner in corners) >= level) == above[0]
        return (
            [(cut[0], cut[1]), (cut[2], cut[3])] if joined else [(cut[3], cut[0]), (cut[1], cut[2])]
        )
    return [(cut[0], cut[1])] if cut else []


def place(values: Sequence[Sequence[float]], edge: Edge, level: float) -> Point:
    """Where the level lies on an edge."""
    column, row, up = edge
    a = values[row][column]
    b = values[row + 1][column] if up else values[row][column + 1]
    share = (level / 2 - a / 2) / (b / 2 - a / 2) if a != b else 0.5
    return (column, row + share) if up else (column + share, row)
