"""A tape replayed on columns, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.tape.columns import OTHERS, UFUNCS, Array
from micrograd_cli.tape.instructions import Apply, Tape
from micrograd_cli.tape.threads import in_order, require_wanted

BLOCK = 1 << 16  # rows at most: so few that the columns of a calculation stay in the cache
SMALLEST_BLOCK = 256  # rows of a block: below it, Python's part would be more than NumPy's
LARGEST_BUFFERS = 1 << 23  # numbers in the arrays between inputs and results, 64 MB
WORTH_THREADS = 4  # blocks


def floats(column: Any) -> Array:
    """A column as floats. Raises TypeError for one of texts or objects, which NumPy would parse."""
    array = np.asarray(column)
    if array.dtype.kind not in "fiub" and len(array):
        raise TypeError("the column is not numeric")
    return array.astype(float, copy=False)


def checked(columns: Sequence[Any]) -> tuple[list[Array], int]:
    """Columns and numbers as floats, and how many rows they have.

    Raises ValueError for columns of different lengths.
    """
    given = [float(c) if isinstance(c, int | float) else floats(c) for c in columns]
    lengths = {len(column) for column in given if not isinstance(column, float)}
    if len(lengths) > 1:
        raise ValueError(f"the columns have different lengths: {sorted(lengths)}")
    return given, lengths.pop() if lengths else 1


class Step(NamedTuple):
    """An instruction on registers: `function(*take(registers))`.

    A ufunc is given its output too, the last that `take` takes; of another function, the result
    goes to the register `into`.
    """

    function: Callable[..., Any]
    take: Callable[[list[Any]], tuple[Any, ...]]
    into: int | None


@dataclass(frozen=True)
class Kernel:
    """A calculation on columns, block by block, so that what is between stays in the cache.

    Each block has a list of registers: the constants, the inputs, the results, then what is
    between, where an array is taken again as soon as nothing needs it. Long columns are shared out
    among threads: NumPy's loops run side by side.
    """

    constants: list[Any]
    results: range  # their registers
    size: int  # registers in all
    buffers: list[int]  # registers between with an array of their own
    steps: list[Step]
    copies: list[tuple[int, int]]  # from registers to those of the results, at the end
    block: int  # rows
    threads: int

    def __call__(self, columns: Sequence[Any]) -> list[Array]:
        """An array for each result. Raises ValueError for columns of different lengths."""
        given, length = checked(columns)
        # one allocation: the system hands out its pages many times as fast as those of several
        found = list(np.empty((len(self.results), length)))
        blocks = range(0, length, self.block)
        if self.threads == 1 or len(blocks) < WORTH_THREADS:
            self.run(blocks, given, found)
            return found
        share = -(-len(blocks) // self.threads)
        parts = [blocks[i : i + share] for i in range(0, len(blocks), share)]
        for _ in in_order(lambda part: self.run(part, given, found), parts, threads=self.threads):
            pass
        return found

    def run(self, starts: Iterable[int], given: Sequence[Array], found: Sequence[Array]) -> None:
        """Compute the blocks of rows that begin there."""
        longest = min(self.block, len(found[0])) if found else 0
        buffers = list(np.empty((len(self.buffers), longest)))
        registers: list[Any] = [*self.constants, *given, *found]
        registers += [None] * (self.size - len(registers))
        inputs = [i for i, c in enumerate(given, len(self.constants)) if not isinstance(c, float)]
        with np.errstate(all="ignore"):
            for start in starts:
                require_wanted()
                rows = slice(start, start + self.block)
                for index in inputs:
                    registers[index] = given[index - len(self.constants)][rows]
                for index, column in zip(self.results, found, strict=True):
                    registers[index] = column[rows]
                length = len(registers[self.results.start]) if found else 0
                for index, buffer in zip(self.buffers, buffers, strict=True):
                    registers[index] = buffer[:length]
                for function, take, into in self.steps:
                    if into is None:
                        function(*take(registers))
                    else:
                        registers[into] = function(*take(registers))
                for source, target in self.copies:
                    registers[target][...] = registers[source]


def make_kernel(
    tape: Tape, results: Sequence[int], inputs: Sequence[str], threads: int = 1
) -> Kernel:
    """The kernel of a tape; `results` are the numbers of its instructions that are asked for."""
    live = tape.live(results)
    constants = [number for number in live if number in tape.constants]
    leaves = [*constants, *(tape.input(name).number for name in inputs)]
    targets = range(len(leaves), len(leaves) + len(results))
    places = {number: index for index, number in enumerate(leaves)}
    for number, target in zip(results, targets, strict=True):
        instruction = tape.instructions[number]
        if isinstance(instruction, Apply) and instruction.name in UFUNCS:
            places.setdefault(number, target)
    registers = Registers(places, targets.stop)
    steps = [*allocate(tape, results, live, registers)]
    copies = [(places[number], target) for number, target in zip(results, targets, strict=True)]
    return Kernel(
        constants=[tape.constants[number] for number in constants],
        results=targets,
        size=registers.size,
        buffers=registers.buffers,
        steps=steps,
        copies=[(source, target) for source, target in copies if source != target],
        block=max(SMALLEST_BLOCK, min(BLOCK, LARGEST_BUFFERS // max(1, len(registers.buffers)))),
        threads=threads,
    )


class Registers:
    """Hands out registers, and again those whose numbers nothing needs any more.

    Those of ufuncs, which write into an array of the register's own, are never those of other
    functions, which bring an array along.
    """

    def __init__(self, places: dict[int, int], size: int) -> None:
        self.places = places  # the register of each number
        self.size = size
        self.buffers: list[int] = []
        self.free: dict[bool, list[int]] = {True: [], False: []}
        self.owned: dict[int, bool] = {}  # the numbers that may be let go: whether of a ufunc

    def take(self, number: int, ufunc: bool) -> int:
        """The register for a number."""
        if number not in self.places:
            if not self.free[ufunc]:
                self.free[ufunc].append(self.size)
                self.buffers += [self.size] * ufunc
                self.size += 1
            self.places[number] = self.free[ufunc].pop()
            self.owned[number] = ufunc
        return self.places[number]

    def release(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.free[self.owned[number]].append(self.places[number])


def allocate(
    tape: Tape, results: Sequence[int], live: Sequence[int], registers: Registers
) -> Iterator[Step]:
    """The steps in order, on registers."""
    code = [(n, each) for n in live if isinstance(each := tape.instructions[n], Apply)]
    last = {arg: number for number, instruction in code for arg in instruction.args}
    last |= dict.fromkeys([*registers.places, *results], -1)  # these are kept to the end
    for number, (name, args) in code:
        ufunc = name in UFUNCS
        operands = [registers.places[arg] for arg in args]
        dying = [arg for arg in dict.fromkeys(args) if last[arg] == number]
        if ufunc:  # it may write over its operands
            registers.release(dying)
        register = registers.take(number, ufunc)
        if ufunc:
            yield Step(UFUNCS[name], itemgetter(*operands, register), None)
        else:
            registers.release(dying)
            yield Step(OTHERS[name], tuple_getter(operands), register)


def tuple_getter(operands: Sequence[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    """`itemgetter`, which gives no tuple of one."""
    if len(operands) == 1:
        only = operands[0]
        return lambda registers: (registers[only],)
    return itemgetter(*operands)
