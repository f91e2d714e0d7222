"""Propagation of distributions by random points (JCGM 101:2008), on columns and all cores."""

from __future__ import annotations

from math import ceil, isinf, sqrt
from typing import Any

import numpy as np

from micrograd_cli.compiled import Compiled
from micrograd_cli.estimation.estimate import MonteCarlo
from micrograd_cli.estimation.quantities import DISTRIBUTIONS, Measured
from micrograd_cli.language.run import Run
from micrograd_cli.tape.threads import in_order
from micrograd_cli.terminal.progress import progress

BLOCK = 1 << 16  # points that are drawn at once, each block with a generator of its own
BINS = 24

Array = Any


def simulate(
    run: Run, measured: Measured, draws: int, seed: int, coverage: float
) -> list[MonteCarlo]:
    """What so many points say of each output. The same seed gives the same points anywhere.

    Inputs that are not among `measured` have the numbers of the run. A group of correlated inputs
    is normal, or t where it has degrees of freedom; another input has the shape of its quantity.
    """
    program = run.program
    exact = {name: run.value(leaf) for name, leaf in program.inputs.items()
             if name not in measured.quantities}  # fmt: skip
    function = Compiled(program, (), exact)
    kernel = function.kernel
    columns = np.empty((len(program.outputs), draws))
    shares = [(i, min(BLOCK, draws - i)) for i in range(0, draws, BLOCK)]

    def fill(share: tuple[int, int]) -> int:
        start, count = share
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(start // BLOCK,)))
        points = draw(measured, random, count)
        found = kernel([points[name] for name in function.inputs])
        for column, result in zip(columns, found, strict=True):
            column[start : start + count] = result
        return count

    with progress("points", total=draws) as tell:
        for count in in_order(fill, shares):
            tell(count)
    return [summary(column, seed, coverage) for column in columns]


def draw(measured: Measured, random: np.random.Generator, count: int) -> dict[str, Array]:
    """A column of random values for each of the quantities."""
    found: dict[str, Array] = {}
    root = np.array(measured.root)
    place = {name: i for i, name in enumerate(measured.names)}
    for group in measured.groups():
        if len(group) == 1 and measured.quantities[group[0]].distribution != "normal":
            found[group[0]] = SHAPES[measured.quantities[group[0]].distribution](random, count)
            continue
        mine = sorted(place[name] for name in group)
        z = root[np.ix_(mine, mine)] @ random.standard_normal((len(mine), count))
        dof = measured.dof(group)
        if not isinf(dof):  # Student's t (JCGM 101, 6.4.9): of all the group together
            z /= np.sqrt(random.chisquare(dof, count) / dof)
        found |= {measured.names[i]: row for i, row in zip(mine, z, strict=True)}
    return {
        name: quantity.value + quantity.u * found[name]
        for name, quantity in measured.quantities.items()
    }


def uniform(random: np.random.Generator, count: int) -> Array:
    """Between -√3 and √3."""
    return DISTRIBUTIONS["uniform"].half_width * random.uniform(-1, 1, count)


def triangular(random: np.random.Generator, count: int) -> Array:
    """The sum of two uniform numbers, between -√6 and √6."""
    both = random.random(count) - random.random(count)
    return DISTRIBUTIONS["triangular"].half_width * both


def arcsine(random: np.random.Generator, count: int) -> Array:
    """The sine of a uniform phase (JCGM 101, 6.4.6), between -√2 and √2."""
    return DISTRIBUTIONS["arcsine"].half_width * np.sin(random.uniform(0, 2 * np.pi, count))


SHAPES = {"uniform": uniform, "triangular": triangular, "arcsine": arcsine}


def summary(column: Array, seed: int, coverage: float) -> MonteCarlo:
    """Mean, standard deviation, coverage intervals and histogram of a column of results."""
    draws = len(column)
    ordered = np.sort(column[np.isfinite(column)])
    lost = draws - len(ordered)
    if len(ordered) < 2:
        return MonteCarlo(draws, seed, lost, None, None, None, None, [], [])
    with np.errstate(all="ignore"):
        mean, u = float(ordered.mean()), float(ordered.std(ddof=1))
    counts, edges = histogram(ordered)
    return MonteCarlo(
        draws, seed, lost, mean, u, shortest(ordered, coverage), symmetric(ordered, coverage),
        edges, counts,
    )  # fmt: skip


def covered(number: int, coverage: float) -> int:
    """How many steps of ordered numbers an interval spans (JCGM 101, 7.7.1)."""
    return min(int(coverage * number + 0.5), number - 1)


def shortest(ordered: Array, coverage: float) -> list[float]:
    """The shortest coverage interval (JCGM 101, 7.7.4)."""
    step = covered(len(ordered), coverage)
    first = int(np.argmin(ordered[step:] - ordered[: len(ordered) - step]))
    return [float(ordered[first]), float(ordered[first + step])]


def symmetric(ordered: Array, coverage: float) -> list[float]:
    """The interval with as much probability below as above (JCGM 101, 7.7.2)."""
    step = covered(len(ordered), coverage)
    first = (len(ordered) - step) // 2
    return [float(ordered[first]), float(ordered[min(first + step, len(ordered) - 1)])]


NARROWEST = 1e-15  # bins, by the size of the numbers: floats are hardly closer


def histogram(ordered: Array) -> tuple[list[int], list[float]]:
    """Counts and edges; a far tail of one in a thousand on each side is cut off."""
    tail = len(ordered) // 1000
    inside = ordered[tail : len(ordered) - tail]
    bins = min(BINS, ceil(sqrt(len(inside))))
    width = (inside[-1] - inside[0]) / bins
    narrowest = max(NARROWEST * np.max(np.abs(inside[[0, -1]])), np.finfo(float).tiny)
    if not np.isfinite(width) or width < narrowest:
        return [], []
    with np.errstate(all="ignore"):
        counts, edges = np.histogram(inside, bins=bins)
    return [int(n) for n in counts], [float(x) for x in edges]
