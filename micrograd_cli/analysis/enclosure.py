"""Intervals that certainly hold every value and gradient over ranges of the inputs.

Ranges are cut in two where an end of an interval is least settled (branch and bound, best first),
until each end is close to a value that is taken. The method: R. E. Moore, R. B. Kearfott, M. J.
Cloud, "Introduction to Interval Analysis" (2009), chapters 6 and 9, with its mean value form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from heapq import heappop, heappush
from math import inf, isfinite, nextafter
from operator import add
from typing import Any, NamedTuple

from flint import arb, ctx

from micrograd_cli.algebra.ball import BALL
from micrograd_cli.algebra.ball.numbers import NAN, UNIT, Ball, point, within
from micrograd_cli.analysis.centred import Centred
from micrograd_cli.analysis.certain import Point, reading, results
from micrograd_cli.analysis.report import output_label
from micrograd_cli.analysis.sampling import Range
from micrograd_cli.analysis.slope_bounds import SlopeBounds
from micrograd_cli.analysis.sweep import Sweep, check_names, dependents
from micrograd_cli.analysis.theorems import Box, theorems, torn
from micrograd_cli.analysis.warnings import Finding
from micrograd_cli.engine import backward, forward
from micrograd_cli.errors import ProgramError
from micrograd_cli.language.program import Output, Program

BITS = 80, 320, 1280  # the next where it is the rounding that keeps an interval wide
MOST, FEWEST = 5000, 500  # boxes
WORK = 400_000  # operations of all boxes, about: fewer boxes of a long program
NARROW = 2.0**-45  # of a range: what is narrower is not cut
TINY = 1e-323  # the smallest float is the bound of all that is less
BLUR = 4  # times what is rounded at a point: cutting a box makes it no narrower

Interval = tuple[float, float]


class Enclosure(NamedTuple):
    """What an output is over the ranges: each interval holds all that is taken there.

    `inner` are intervals whose ends lie between values that are taken; `undefined` says what may
    be nan. The theorems hold for every point of the ranges.
    """

    output: str | None
    expr: str
    value: Interval
    grad: dict[str, Interval]
    inner: dict[str, Interval]  # value, and each input
    undefined: list[str]
    theorems: list[str]
    boxes: int
    label: str = ""
    warnings: Sequence[Finding] = ()
    unlisted: int = 0

    @property
    def finite(self) -> bool:
        """Whether all intervals are finite, and nothing may be nan."""
        ends = [end for interval in (self.value, *self.grad.values()) for end in interval]
        return not self.undefined and all(map(isfinite, ends))


def enclosures(
    program: Program, numbers: Mapping[str, Any], wrt: Iterable[str] | None, rtol: float
) -> Iterator[Enclosure]:
    """The enclosure of each output; an input may have a number or a Range."""
    names = list(program.inputs) if wrt is None else check_names(program, wrt)
    for number, output in enumerate(program.outputs, 1):
        for bits in BITS:
            with ctx.workprec(bits):
                search = Search(program, output, numbers, names, rtol)
                found = search.run()
            if not search.rounded:
                break
        yield found._replace(label=output_label(program, output, number))


def down(x: arb) -> float:
    """The greatest float that is not above an end."""
    near = float(x)
    return nextafter(near, -inf) if arb(near) > x else near


def up(x: arb) -> float:
    return 0.0 - down(-x)  # no -0


class Search:
    """A branch and bound search over the ranges of one output."""

    def __init__(
        self,
        program: Program,
        output: Output,
        numbers: Mapping[str, Any],
        names: list[str],
        rtol: float,
    ) -> None:
        given = {**program.defaults, **numbers}
        self.ranges = [name for name in program.inputs if isinstance(given[name], Range)]
        self.whole = tuple(side(given[name]) for name in self.ranges)
        held = {name: 0.0 if name in self.ranges else given[name] for name in program.inputs}
        self.start = Point(program, held).start()
        self.order = program.order_to(output.node)
        self.leaves = {program.inputs[name].index: i for i, name in enumerate(self.ranges)}
        self.program, self.output, self.names, self.rtol = program, output, names, rtol
        self.active = dependents(program, program.inputs)
        self.slopes = [names.index(name) if name in names else -1 for name in self.ranges]
        self.detached = any(node.op.blocks_gradient for node in self.order)
        self.slope_bounds = None
        with suppress(ProgramError):
            self.slope_bounds = SlopeBounds(program, output, names, self.ranges)
        size = len(self.order)
        size += self.slope_bounds.size if self.slope_bounds else 0
        self.most = min(MOST, max(FEWEST, WORK // max(size, 1)))
        count = 1 + len(names)
        self.inner: list[list[float]] = [[inf, -inf] for _ in range(count)]
        self.heaps: dict[tuple[int, int], list[tuple[float, int]]] = {
            (target, sign): [] for target in range(count) for sign in (1, -1)
        }
        self.boxes: dict[int, Box] = {}
        self.made = 0
        self.rounded = False  # whether an interval is as wide as what is rounded at a point

    # --- the value and gradients over a box ---------------------------------------------------

    def sweep(
        self,
        sides: Sequence[Ball],
        middle: Sequence[Any] = (),
        moves: Sequence[Ball] = (),
    ) -> Sweep:
        """Forward and backward over a box, with the values in its middle; or at a point."""
        values = self.start.copy()
        for index, ball in zip(self.leaves, sides, strict=True):
            values[index] = ball
        if middle:
            values = Centred(values, self.order, middle, self.leaves, moves)
        forward(self.order, values, BALL)
        grads = backward(self.order, values, self.output.node, UNIT, BALL)
        return Sweep(self.program, self.output, self.order, values, grads, self.names, self.active)

    def add(self, sides: tuple[Ball, ...]) -> None:
        """Evaluate a box and its middle, and keep what is found."""
        middle = tuple(point((each.lo + each.hi).mid() / 2) for each in sides)
        there = self.sweep(middle)
        at = self.taken(there)
        moves = [x - m for x, m in zip(sides, middle, strict=True)]
        done = self.sweep(sides, there.values, moves)
        found = results(done)
        smooth = not self.detached and not torn(done.order, done.values) and found[0].is_finite
        if smooth and self.slope_bounds is not None:
            found[1:] = self.slope_bounds.tightened(done, found[1:], there.values, moves)
        if smooth and -1 not in self.slopes:
            found[0] = self.monotonic(sides, found) or self.mean_value(at[0], moves, found)
        index, self.made = self.made, self.made + 1
        blurs = [up(x.hi) - down(x.lo) if x.is_finite else 0.0 for x in at]
        self.boxes[index] = Box(sides, tuple(found), smooth, blurs)
        for target, ball in enumerate(found):
            if ball is not NAN:
                heappush(self.heaps[target, 1], (down(ball.lo), index))
                heappush(self.heaps[target, -1], (-up(ball.hi), index))

    def taken(self, done: Sweep) -> list[Ball]:
        """The value and the gradients at a point, which are taken there."""
        at = results(done)
        for target, ball in enumerate(at):
            if ball.is_finite:
                inner = self.inner[target]
                inner[0], inner[1] = min(inner[0], up(ball.hi)), max(inner[1], down(ball.lo))
        return at

    def monotonic(self, sides: Sequence[Ball], found: Sequence[Ball]) -> Ball | None:
        """The value over a box where it is monotonic in each input: from corner to corner."""
        slopes = [found[1 + index] for index in self.slopes]
        if not all(slope.is_finite and (slope.lo >= 0 or slope.hi <= 0) for slope in slopes):
            return None
        rises = [(x, bool(slope.lo >= 0)) for x, slope in zip(sides, slopes, strict=True)]
        ends = [
            [point(x.lo if up_ is lower else x.hi) for x, up_ in rises] for lower in (True, False)
        ]
        least, most = (self.taken(self.sweep(corner))[0] for corner in ends)
        return Ball(least.lo, most.hi) if least.is_finite and most.is_finite else None

    def mean_value(self, at: Ball, moves: Sequence[Ball], found: Sequence[Ball]) -> Ball:
        """The value over a box, from that in the middle and the gradients over the box."""
        slopes = [found[1 + index] for index in self.slopes]
        if not all(slope.is_finite for slope in slopes) or not at.is_finite:
            return found[0]
        shares = [slope * move for slope, move in zip(slopes, moves, strict=True)]
        around = reduce(add, shares, at)
        return within(found[0], around.lo, around.hi)

    # --- the search ---------------------------------------------------------------------------

    def bound(self, key: tuple[int, int]) -> tuple[float, int]:
        """The end of an interval, times the sign of the key, and the box that sets it."""
        heap = self.heaps[key]
        while heap and heap[0][1] not in self.boxes:
            heappop(heap)
        return heap[0] if heap else (inf, -1)

    def run(self) -> Enclosure:
        self.add(self.whole)
        while self.made < self.most:
            index = self.worst()
            if index is None:
                break
            box = self.boxes.pop(index)
            for part in self.halves(box):
                self.add(part)
        return self.enclosure()

    def worst(self) -> int | None:
        """The box whose end is the farthest from what is taken; None where all are settled."""
        worst, found = 1.0, None
        for target, sign in self.heaps:
            end, index = self.bound((target, sign))
            box = self.boxes.get(index)
            if box is None or not any(map(self.may_be_cut, box.sides, self.whole)):
                continue
            taken = sign * self.inner[target][0 if sign > 0 else 1]
            gap = taken - end
            size = max(abs(taken), abs(end), abs(self.bound((target, -sign))[0]))
            allowed = self.rtol * size if isfinite(gap) and size < inf else 0.0
            excess = gap / allowed if allowed else inf if gap > 0 else 0.0
            if excess > 1 and gap <= max(BLUR * box.blurs[target], TINY):
                self.rounded = self.rounded or gap > TINY
                continue
            if excess > worst:
                worst, found = excess, index
        return found

    def may_be_cut(self, part: Ball, whole: Ball) -> bool:
        return bool(part.hi - part.lo > (whole.hi - whole.lo) * NARROW)

    def halves(self, box: Box) -> Iterator[tuple[Ball, ...]]:
        """The two parts of a box, cut across the input that matters most."""

        def weight(i: int) -> float:
            part, whole = box.sides[i], self.whole[i]
            if not self.may_be_cut(part, whole):
                return -1.0
            slope = box.found[1 + self.slopes[i]] if self.slopes[i] >= 0 else NAN
            size = max(abs(down(slope.lo)), abs(up(slope.hi))) if slope.is_finite else 1.0
            share = float((part.hi - part.lo) / (whole.hi - whole.lo))
            width = float(part.hi - part.lo)
            return share * (1e-3 + min(size * width, 1e300))

        i = max(range(len(box.sides)), key=weight)
        part = box.sides[i]
        middle = (part.lo + part.hi).mid() / 2
        for half in (Ball(part.lo, middle), Ball(middle, part.hi)):
            yield (*box.sides[:i], half, *box.sides[i + 1 :])

    # --- what is found ------------------------------------------------------------------------

    def enclosure(self) -> Enclosure:
        keys = ["value", *self.names]
        intervals = []
        for target in range(len(keys)):
            lo, hi = self.bound((target, 1))[0], -self.bound((target, -1))[0]
            intervals.append((lo, hi) if lo <= hi else (inf, -inf))
        undefined = [
            key for target, key in enumerate(keys)
            if any(box.found[target].nan for box in self.boxes.values())
        ]  # fmt: skip
        slopes = {
            name: 1 + index
            for name, index in zip(self.ranges, self.slopes, strict=True) if index >= 0
        }  # fmt: skip
        inner = {key: (lo, hi) for key, (lo, hi) in zip(keys, self.inner, strict=True)}
        return Enclosure(
            self.output.name,
            self.program.expression(self.output),
            intervals[0],
            dict(zip(self.names, intervals[1:], strict=True)),
            inner,
            undefined,
            list(theorems(self.boxes.values(), self.output.name or "f", slopes)),
            self.made,
        )


def side(given: Any) -> Ball:
    """The ball of a range, from its lower end to its upper one."""
    return Ball(reading(given.lo)().lo, reading(given.hi)().hi)
