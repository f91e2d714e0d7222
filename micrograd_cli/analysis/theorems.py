"""What enclosures of gradients over boxes prove of a whole range."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd_cli.algebra.ball.numbers import Ball
from micrograd_cli.nodes import Node


class Box(NamedTuple):
    """A part of the ranges: the balls of its inputs, of the value and each gradient there."""

    sides: tuple[Ball, ...]
    found: tuple[Ball, ...]
    smooth: bool  # without a jump: what the gradients say of the value there is true
    blurs: Sequence[float] = ()  # how far the value and each gradient is rounded in its middle


DIRECTIONS = (1, "increasing", "non-decreasing"), (-1, "decreasing", "non-increasing")


def theorems(boxes: Collection[Box], name: str, slopes: Mapping[str, int]) -> Iterator[str]:
    """What is proven of an output of that name, in words.

    `slopes` are the inputs that have ranges, each with the place of its gradient in `found`. The
    boxes cover the ranges, ends included, so a jump would show in one of them.
    """
    if all(any(map(nonzero, box.found[1:])) for box in boxes):
        yield "the gradient has no zero here"
    if not all(box.smooth for box in boxes):
        return
    for variable, place in slopes.items():
        along = [box.found[place] for box in boxes]
        for sign, strict, weak in DIRECTIONS:
            least = [sign * (slope.lo if sign > 0 else slope.hi) for slope in along]
            if all(slope.is_finite for slope in along) and all(end >= 0 for end in least):
                word = strict if all(end > 0 for end in least) else weak
                yield f"{name} is monotonic in {variable}: {word}"


def nonzero(x: Ball) -> bool:
    """Whether 0 and nan are certainly not among the numbers."""
    return not x.nan and not x.has_zero


def torn(order: Iterable[Node], values: Sequence[Any]) -> bool:
    """Whether a node of these may jump within the box."""
    for node in order:
        ball = values[node.index]
        if ball.torn or (node.op.result != "number" and not ball.is_point):
            return True
        conditions = [values[node.args[i].index] for i in node.op.conditions]
        if any(each.has_zero and not each.is_point for each in conditions):
            return True
    return False
