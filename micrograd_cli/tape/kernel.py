"""A tape replayed on columns, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.tape.columns import OTHERS, UFUNCS, Array
from micrograd_cli.tape.instructions import Apply, Tape

BLOCK = 1 << 16  # rows at most: so few that the columns of a calculation stay in the cache
LEAST = 256  # rows of a block: below it, Python's part would be more than NumPy's
MOST = 1 << 23  # numbers in the arrays between inputs and results, 64 MB
WORTH_THREADS = 4  # blocks


def floats(column: Any) -> Array:
    """A column as floats. Raises TypeError for one of texts or objects, which NumPy would parse."""
    array = np.asarray(column)
    if array.dtype.kind not in "fiub" and len(array):
        raise TypeError("the column is not numeric")
    return array.astype(float, copy=False)


class Step(NamedTuple):
    """An instruction on registers: `function(*take(registers))`.

    A ufunc is given its output too, the last that `take` takes; of another function, the result
    goes to the register `into`.
    """

    function: Callable[..., Any]
    take: Callable[[list[Any]], tuple[Any, ...]]
    into: int | None


class Kernel:
    """A calculation on columns, block by block, so that what is between stays in the cache.

    Each block has a list of registers: the constants, the inputs, the results, then what is
    between, where an array is taken again as soon as nothing needs it. Long columns are shared out
    among threads: NumPy's loops run side by side.
    """

    def __init__(
        self,
        tape: Tape,
        results: Sequence[int],
        inputs: Sequence[str],
        threads: int = 1,
    ) -> None:
        self.threads = threads
        self.width = len(results)
        live = tape.live(results)
        leaves = [n for n in live if n in tape.constants] + [tape.input(x).number for x in inputs]
        self.constants = [tape.constants[n] for n in leaves[: len(leaves) - len(inputs)]]
        self.first = len(leaves)  # register of the results
        register = {number: index for index, number in enumerate(leaves)}
        for index, number in enumerate(results):
            instruction = tape.instructions[number]
            if isinstance(instruction, Apply) and instruction.name in UFUNCS:
                register.setdefault(number, self.first + index)
        self.steps = self.allocated(tape, results, live, register)
        copies = [(register[n], self.first + i) for i, n in enumerate(results)]
        self.block = max(LEAST, min(BLOCK, MOST // max(1, len(self.buffers))))
        self.copies = [(source, target) for source, target in copies if source != target]

    def allocated(
        self, tape: Tape, results: Sequence[int], live: Sequence[int], register: dict[int, int]
    ) -> list[Step]:
        """The steps; `register` says where leaves and results are, and learns of all the others."""
        code = [(n, each) for n in live if isinstance(each := tape.instructions[n], Apply)]
        last = {arg: number for number, instruction in code for arg in instruction.args}
        last |= dict.fromkeys([*register, *results], -1)  # these are kept to the end
        self.size = self.first + self.width
        self.buffers: list[int] = []  # registers with an array of their own
        free: dict[bool, list[int]] = {True: [], False: []}
        owned: dict[int, bool] = {}  # whether a number's register has one
        steps = []
        for number, (name, args) in code:
            ufunc = name in UFUNCS
            operands = [register[arg] for arg in args]
            dying = [arg for arg in dict.fromkeys(args) if last[arg] == number]
            if ufunc:  # it may write over its operands
                release(dying, register, owned, free)
            if number not in register:
                if not free[ufunc]:
                    free[ufunc].append(self.size)
                    self.buffers += [self.size] * ufunc
                    self.size += 1
                register[number] = free[ufunc].pop()
                owned[number] = ufunc
            out = register[number]
            if ufunc:
                steps.append(Step(UFUNCS[name], itemgetter(*operands, out), None))
            else:
                release(dying, register, owned, free)
                steps.append(Step(OTHERS[name], taking(operands), out))
        return steps

    def __call__(self, columns: Sequence[Any]) -> list[Array]:
        """An array for each result. Raises ValueError for columns of different lengths."""
        given = [float(c) if isinstance(c, int | float) else floats(c) for c in columns]
        lengths = {len(column) for column in given if not isinstance(column, float)}
        if len(lengths) > 1:
            raise ValueError(f"the columns have different lengths: {sorted(lengths)}")
        length = lengths.pop() if lengths else 1
        # one allocation: the system hands out its pages many times as fast as those of several
        found = list(np.empty((self.width, length)))
        blocks = range(0, length, self.block)
        if self.threads == 1 or len(blocks) < WORTH_THREADS:
            self.run(blocks, given, found)
            return found
        share = -(-len(blocks) // self.threads)
        parts = [blocks[i : i + share] for i in range(0, len(blocks), share)]
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(lambda part: self.run(part, given, found), parts))
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
                rows = slice(start, start + self.block)
                for index in inputs:
                    registers[index] = given[index - len(self.constants)][rows]
                for index, column in enumerate(found, self.first):
                    registers[index] = column[rows]
                length = len(registers[self.first]) if found else 0
                for index, buffer in zip(self.buffers, buffers, strict=True):
                    registers[index] = buffer[:length]
                for function, take, into in self.steps:
                    if into is None:
                        function(*take(registers))
                    else:
                        registers[into] = function(*take(registers))
                for source, target in self.copies:
                    registers[target][...] = registers[source]


def taking(operands: Sequence[int]) -> Callable[[list[Any]], tuple[Any, ...]]:
    """`itemgetter`, which gives no tuple of one."""
    if len(operands) == 1:
        only = operands[0]
        return lambda registers: (registers[only],)
    return itemgetter(*operands)


def release(
    dying: Iterable[int],
    register: dict[int, int],
    owned: dict[int, bool],
    free: dict[bool, list[int]],
) -> None:
    """Hand back the registers of numbers that nothing needs any more."""
    for number in dying:
        free[owned[number]].append(register[number])
