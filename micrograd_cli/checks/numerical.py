"""Numerical derivatives with error bars: extrapolated differences over shrinking steps.

C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering
Software 4 (1982), 75-76: difference quotients at a row of shrinking steps are extrapolated to the
step 0, and neighbours in the table of extrapolated values tell how far to trust each of them. Here
an error bar also holds what the noise of the function's values does to the quotients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import inf, isfinite, nan, ulp
from typing import Any, NamedTuple

STAGES = 6  # steps of a table, each half of the one before
LEAST = 4  # of them must lie on one piece of the function
FIRST = 0.123456789  # the first step, by the input; no short fraction: see external.resolution
FINER = 64.0  # the first step of a table by that of the next
STARTS = 6  # tables, unless all are wanted
SMALLEST = 64  # a table's first step, by the spacing of floats at the input

SAFETY = 2.0  # Ridders' estimate of the error is one, not a bound
UNSETTLED = 1000.0  # by how much it is distrusted where the quotients do not settle
CLEARLY = 10.0  # numbers differ if by so many error bars
BLURRED = 1e-3  # a share of what values vary by: with more noise than this they tell nothing,
ORDINARY = 1e-13  # unless it is such a share of the values, or of 1, as rounding makes it


class Sample(NamedTuple):
    """A function's value at a point of a line, and a bound on its error.

    `piece` is equal for points between which the function is smooth, as far as is known.
    """

    at: float
    value: float
    noise: float = 0.0
    piece: tuple[Any, ...] = ()


Line = Callable[[Sequence[float]], Sequence[Sample]]


class Estimate(NamedTuple):
    """A derivative, to within `error`, and what stands in its way.

    `obstacle` is `kink` (`slopes` are then the derivatives below and above), `edge` (the value is
    one-sided), `nonfinite`, or empty; `witness` is the point where it shows, if one does. What is
    not `settled` moves more and more as the step shrinks.
    """

    value: float
    error: float
    obstacle: str = ""
    witness: Sample | None = None
    slopes: tuple[float, float] | None = None
    settled: bool = True


NOTHING = Estimate(nan, inf)
JUMP = Estimate(inf, inf)


def derivative(
    line: Line, base: Sample, goal: Callable[[float], float], thorough: bool = False
) -> Estimate:
    """The derivative of a line's function at `base`; `goal(value)` is an error bar small enough.

    Tables start from ever smaller steps until one reaches the goal. That is enough to confirm a
    number; but a step as long as a wave of the function may reach it by chance. So a thorough
    search makes all tables, and takes none that one of smaller steps refutes.
    """
    if not (isfinite(base.value) and isfinite(base.at)):
        return NOTHING._replace(obstacle="nonfinite", witness=base)
    found: list[Estimate] = []
    for step in starts(base.at):
        latest = table(line, base, step)
        found.append(latest)
        if not thorough and (reached(latest, goal) or len(found) == STARTS):
            break
    tenable = [e for i, e in enumerate(found) if not any(refutes(o, e) for o in found[i + 1 :])]
    return min(tenable, key=rank)


def reached(estimate: Estimate, goal: Callable[[float], float]) -> bool:
    return not estimate.obstacle and estimate.error <= goal(estimate.value)


def starts(x: float) -> Iterator[float]:
    """The first steps of the tables to try: as large as x, then ever smaller."""
    step = FIRST * max(abs(x), 1.0)
    yield step
    step = min(step / FINER, FIRST * abs(x) or inf)  # log at 1e-300 ends that close
    while step > SMALLEST * ulp(x or 1.0):
        yield step
        step /= FINER


def refutes(finer: Estimate, coarser: Estimate) -> bool:
    """Whether the error bars of two estimates of one kind do not meet."""
    apart = abs(finer.value - coarser.value)
    return finer.obstacle == coarser.obstacle and apart > finer.error + coarser.error


def rank(estimate: Estimate) -> tuple[int, float]:
    """What orders estimates, the best first."""
    return ["", "kink", "edge", "nonfinite"].index(estimate.obstacle), estimate.error


# --- one table ------------------------------------------------------------------------------------


def table(line: Line, base: Sample, step: float) -> Estimate:
    """The derivative from one table, whose first step is given."""
    steps = [step * 0.5**stage for stage in range(STAGES)]
    samples = line([base.at + s for s in steps] + [base.at - s for s in steps])
    above, below = samples[:STAGES], samples[STAGES:]
    # what lies behind a kink or an edge is left out, if enough remains before it
    clear = min(run(above, base.piece), run(below, base.piece))
    if clear < LEAST:
        return obstructed(base, above, below)
    above, below = above[-clear:], below[-clear:]
    found = distrusted(extrapolated(quotients(above, below), order=2))
    if blurred([base, *above, *below]):
        return found._replace(error=inf)
    left, right = one_sided(base, below), one_sided(base, above)
    apart = abs(left.value - right.value) / 2
    cusp = apart > found.error and not (left.settled and right.settled)
    if JUMP in (left, right) or cusp or apart > CLEARLY * (left.error + right.error):
        return at_corner(left, right)
    return found


def run(side: Sequence[Sample], piece: tuple[Any, ...]) -> int:
    """How many of the samples, from the innermost (the last) on, are finite and on a piece."""
    count = 0
    for sample in reversed(side):
        if not isfinite(sample.value) or sample.piece != piece:
            break
        count += 1
    return count


def blurred(samples: Sequence[Sample]) -> bool:
    """Whether the values are noise, as those of sin(exp(x)) at 100."""
    values = [sample.value for sample in samples]
    spread, size = max(values) - min(values), max(map(abs, values))
    noise = max(sample.noise for sample in samples)
    return noise > BLURRED * spread and noise > ORDINARY * max(size, 1.0)


def slope(side: Estimate) -> float:
    """What is told of a side: nan if there is no slope, inf at a jump."""
    return side.value if side.settled else nan


def at_corner(left: Estimate, right: Estimate) -> Estimate:
    """Two slopes as one estimate, whose error bar reaches from one to the other."""
    slopes = slope(left), slope(right)
    if JUMP in (left, right):
        return NOTHING._replace(obstacle="kink", slopes=slopes)
    error = abs(left.value - right.value) / 2 + max(left.error, right.error)
    return Estimate((left.value + right.value) / 2, error, "kink", None, slopes)


def obstructed(base: Sample, above: Sequence[Sample], below: Sequence[Sample]) -> Estimate:
    """What can be said where a kink or an edge is too close for a central difference."""
    slopes: list[Estimate] = []
    blocks: list[Sample] = []
    for side in (below, above):
        clear = run(side, side[-1].piece)
        if clear >= LEAST:
            slopes.append(one_sided(base, side[-clear:]))
        free = run(side, base.piece)
        blocks += side[: len(side) - free][-1:]  # the innermost sample that is in the way
    strange = next((block for block in blocks if not isfinite(block.value)), None)
    finite = [sample for sample in (*below, *above) if isfinite(sample.value)]
    if blurred([base, *finite]):
        slopes = [each._replace(error=inf) for each in slopes]
    if len(slopes) == 2:
        return at_corner(*slopes)._replace(witness=blocks[0])
    if strange is None:
        return NOTHING._replace(obstacle="kink", witness=blocks[0])
    if slopes and slopes[0] != JUMP:
        return slopes[0]._replace(obstacle="edge", witness=strange)
    return NOTHING._replace(obstacle="nonfinite", witness=strange)


def one_sided(base: Sample, side: Sequence[Sample]) -> Estimate:
    """The slope on one side; JUMP where the function does not come from there to the base."""
    limit = extrapolated([(sample.value, sample.noise) for sample in side], order=1)
    if abs(limit.value - base.value) > CLEARLY * limit.error + base.noise:
        return JUMP
    return distrusted(extrapolated(quotients(side, [base] * len(side)), order=1))


# --- extrapolation --------------------------------------------------------------------------------

Numbers = Sequence[tuple[float, float]]  # each with a bound on its error


def quotients(above: Sequence[Sample], below: Sequence[Sample]) -> Numbers:
    """The difference quotient of each pair, and how far noise may put it off."""
    pairs = [(a, b, a.at - b.at) for a, b in zip(above, below, strict=True)]
    return [((a.value - b.value) / d, (a.noise + b.noise) / abs(d)) for a, b, d in pairs]


def extrapolated(numbers: Numbers, order: int) -> Estimate:
    """The limit of numbers that are a series in the powers of step**order."""
    best, least, last, doubt = nan, inf, nan, inf
    before: list[float] = []
    for number, noise in numbers:
        row = [number]
        for column, upper in enumerate(before, 1):
            factor = 2.0 ** (order * column)
            row.append(row[-1] + (row[-1] - upper) / (factor - 1))
            noise *= (factor + 1) / (factor - 1)
            last, doubt = row[-1], noise
            error = SAFETY * max(abs(row[-1] - row[-2]), abs(row[-1] - upper)) + noise
            if error < least:
                best, least = row[-1], error
        before = row
    # entries may agree by chance: the last one has a say
    least = max(least, abs(best - last) - doubt)
    return Estimate(best, least, settled=settled(numbers))


def distrusted(estimate: Estimate) -> Estimate:
    """The estimate with a wider error bar if it does not settle."""
    return estimate if estimate.settled else estimate._replace(error=UNSETTLED * estimate.error)


def settled(numbers: Numbers) -> bool:
    """Whether the numbers do not move more and more, as quotients do at a jump or a pole."""
    moves = [abs(b[0] - a[0]) for a, b in pairwise(numbers)]
    return moves[-1] <= max(*moves[:-1], 4 * numbers[-1][1])
