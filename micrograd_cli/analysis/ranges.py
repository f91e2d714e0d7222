"""Where a page starts: a number for each input, and the range in which a hand may move it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from math import floor, isfinite, log10

from micrograd_cli.analysis.sampling import Binding, Range
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind

UNKNOWN = 1.0  # what an input starts at that nobody has given a number
AROUND_ZERO = 2.0  # the ends of the range of one that starts at 0
LARGEST = sys.float_info.max
TRIED = 200_000  # nodes that may be computed to find ranges


def start(program: Program, bindings: Mapping[str, Binding]) -> dict[str, float]:
    """The number that each input starts at: what it is given, its default, or else 1.

    Of a range it is the default where that lies inside, or the middle.
    """
    found = {}
    for name in program.inputs:
        given, default = bindings.get(name), program.defaults.get(name, UNKNOWN)
        if isinstance(given, Range):
            middle = given.lo / 2 + given.hi / 2
            inside = name in program.defaults and given.lo <= default <= given.hi
            found[name] = default if inside else middle
        else:
            found[name] = default if given is None else given
    return found


def ranges(
    program: Program, bindings: Mapping[str, Binding], numbers: Mapping[str, float]
) -> dict[str, Range]:
    """The range of each input: what it is given, or one around its number.

    It has both signs, if the outputs are finite at its ends where they are at the number; else it
    ends at 0 or at half of the number.
    """
    tries = TRIED // (1 + len(program.nodes))
    found = {}
    for name in program.inputs:
        given, number = bindings.get(name), numbers[name]
        if isinstance(given, Range):
            found[name] = given
            continue
        candidates = list(around(number if isfinite(number) else 0.0))
        while (
            len(candidates) > 1 and tries > 0 and not works(program, numbers, name, candidates[0])
        ):
            tries -= 2
            del candidates[0]
        found[name] = candidates[0]
    return found


def around(number: float) -> Iterator[Range]:
    """The ranges that are tried around a number, with round ends."""
    size = rounded_up(min(2 * abs(number), LARGEST)) if number else AROUND_ZERO
    yield Range(-size, size)
    if number:
        yield Range(*sorted((0.0, size if number > 0 else -size)))
        yield Range(*sorted((number / 2, min(max(number * 1.5, -LARGEST), LARGEST))))


def rounded_up(x: float) -> float:
    """The least of 1, 2, 5, 10 ... times a power of ten that is not less."""
    if not 1e-300 < x < 1e300:
        return x
    power = 10.0 ** floor(log10(x))
    return power * next(step for step in (1, 2, 5, 10, 20) if step * power >= x)


def works(program: Program, numbers: Mapping[str, float], name: str, range_: Range) -> bool:
    """Whether every output is finite at both ends of a range."""
    runs = [bind(program, {**numbers, name: end}) for end in range_]
    return all(isfinite(run.value(output.node)) for run in runs for output in program.outputs)
