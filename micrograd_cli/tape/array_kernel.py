"""An array tape replayed block by block, its results row by row or added up over the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import chain
from math import prod
from typing import Any

import numpy as np

from micrograd_cli.numbers import power_of_2
from micrograd_cli.tape.allocation import allocated, plain_step
from micrograd_cli.tape.array_steps import Array, Contraction
from micrograd_cli.tape.array_tape import ArrayTape, Block, Rows
from micrograd_cli.tape.instructions import Apply, Constant, Input
from micrograd_cli.tape.threads import in_order, require_wanted

BLOCK = 1 << 15  # numbers in the widest array of a block: 256 kB, so that a few stay in the cache
FEWEST, MOST = 256, 4096  # rows of a block: a power of 2, so that tables are cut into whole ones
CHUNK = 4  # blocks that one thread does in one go


class ArrayKernel:
    """Some of a tape's numbers: in each row, or, of those behind a sum over rows, their sums.

    What depends on no row is computed once, the rest for each block of rows. A number behind a sum
    over rows is linear in it, as gradients are: its parts by block are added up too. Blocks begin
    at the same rows and are added in their order on any number of threads.
    """

    def __init__(self, tape: ArrayTape, results: Sequence[int], threads: int = 1) -> None:
        live = tape.live(results)
        # BLAS has threads of its own
        products = any(isinstance(step_of(tape, number), Contraction) for number in live)
        self.threads = 1 if products else threads
        self.results = results
        self.layouts = tape.layouts
        self.start: list[Any] = [None] * len(tape.instructions)
        self.inputs: dict[str, int] = {}
        self.rows: int | None = None
        by_row: set[int] = set()  # the instructions that differ from block to block
        early, late = [], []
        for number in live:
            instruction: Any = tape.instructions[number]
            if isinstance(instruction, Constant):
                self.start[number] = instruction.value
            elif isinstance(instruction, Block):
                shape = instruction.layout.shape
                self.start[number] = np.frombuffer(instruction.data).reshape(shape)
            elif isinstance(instruction, Input):
                self.inputs[instruction.name] = number
                if tape.layouts[number].rows:
                    by_row.add(number)
            elif isinstance(instruction, Rows):
                self.rows = number
                by_row.add(number)
            elif by_row.isdisjoint(instruction.args):
                early.append(number)
            else:
                by_row.add(number)
                late.append(number)
        self.by_row = by_row
        self.early = [plain_step(tape, number) for number in early]
        self.buffers: list[tuple[int, ...]] = []  # their shapes
        self.steps = list(allocated(tape, late, [*results], self.buffers))
        widest = max([1, *[prod(each.shape) for n in late if (each := tape.layouts[n]).rows]])
        self.block = max(FEWEST, min(MOST, power_of_2(BLOCK // widest)))

    def total(self, chunks: Iterable[list[Any]]) -> list[Any]:
        """The sums over all rows, of those of chunks in their order."""
        return reduce(added, chunks, [0.0] * len(self.results))

    def chunks(self, given: dict[str, Array], length: int) -> list[list[Any]]:
        """The sums over each chunk of rows; `given` are the inputs by name, of so many rows."""
        zeros = [0.0] * len(self.results)

        def run(starts: range, registers: list[Any], columns: dict[int, Array]) -> list[Any]:
            sums = [zeros]
            for first in range(0, len(starts), CHUNK):
                self.run(starts[first : first + CHUNK], registers, columns, length, add_to(sums))
                sums.append(zeros)
            return sums[:-1]

        def add_to(sums: list[list[Any]]) -> Callable[..., None]:
            def add(start: int, stop: int, registers: list[Any]) -> None:
                sums[-1] = added(sums[-1], [registers[number] for number in self.results])

            return add

        return [*chain.from_iterable(self.shared_out(run, given, length))]

    @property
    def chunk(self) -> int:
        """Rows whose sums are added up before they are added to others."""
        return self.block * CHUNK

    def rows_of(self, given: dict[str, Any], length: int, where: Sequence[slice]) -> Array:
        """The numbers of each row, a column for each; those of an array at a slice of `where`.

        Of inputs with rows a slice is taken for each block. A block is filled up with copies of its
        last row: so a row gives the same bits, however many come with it.
        """
        found = np.empty((where[-1].stop, length))

        def run(starts: range, registers: list[Any], columns: dict[int, Array]) -> None:
            self.run(starts, registers, columns, length, keep, full=True)

        def keep(start: int, stop: int, registers: list[Any]) -> None:
            for number, place in zip(self.results, where, strict=True):
                result = registers[number]
                if self.layouts[number].rows:
                    result = result[: stop - start].reshape(stop - start, -1).T
                else:
                    result = np.reshape(result, (-1, 1))
                found[place, start:stop] = result

        self.shared_out(run, given, length)
        return found

    def shared_out(self, run: Callable[..., Any], given: dict[str, Any], length: int) -> list[Any]:
        """Run the blocks on the threads, each a part of them; what these give, in order."""
        registers = list(self.start)
        columns = {}
        for name, number in self.inputs.items():
            if number in self.by_row:
                columns[number] = given[name]
            else:
                registers[number] = given[name]
        with np.errstate(all="ignore"):
            for step in self.early:
                registers[step.into] = step.function(*[registers[arg] for arg in step.args])
        blocks = range(0, length, self.block)
        share = -(-len(blocks) // (self.threads * CHUNK)) * CHUNK
        if share >= len(blocks):
            return [run(blocks, registers, columns)]
        parts = [blocks[i : i + share] for i in range(0, len(blocks), share)]
        return list(
            in_order(lambda part: run(part, list(registers), columns), parts, threads=self.threads)
        )

    def run(
        self,
        starts: Sequence[int],
        registers: list[Any],
        columns: dict[int, Any],
        length: int,
        take: Callable[[int, int, list[Any]], Any],
        full: bool = False,
    ) -> None:
        """Compute the blocks that begin there; `take` is called with the registers of each.

        `full` fills the last one up to the length of the others.
        """
        longest = self.block if full else min(self.block, length)
        buffers = [np.empty((longest, *shape)) for shape in self.buffers]
        with np.errstate(all="ignore"):
            for start in starts:
                require_wanted()
                stop = min(start + self.block, length)
                count = self.block if full else stop - start
                for number, column in columns.items():
                    registers[number] = filled(column[start:stop], count)
                if self.rows is not None:
                    registers[self.rows] = float(count)
                for function, args, into, buffer, dying in self.steps:
                    operands = [registers[arg] for arg in args]
                    if buffer is not None:
                        out = buffers[buffer][:count]
                        registers[into] = function(*operands, out)
                    else:
                        registers[into] = function(*operands)
                    for register in dying:
                        registers[register] = None
                take(start, stop, registers)


def added(sums: list[Any], more: list[Any]) -> list[Any]:
    return [one + other for one, other in zip(sums, more, strict=True)]


def filled(column: Array, count: int) -> Array:
    """A column with so many rows: those that it lacks are its last one."""
    lacks = count - len(column)
    return np.concatenate([column, np.repeat(column[-1:], lacks, axis=0)]) if lacks else column


def step_of(tape: ArrayTape, number: int) -> Any:
    """What an instruction applies, None for a leaf."""
    instruction = tape.instructions[number]
    return instruction.name if isinstance(instruction, Apply) else None
