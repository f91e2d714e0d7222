"""An array tape replayed block by block, its results added up over the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.tape.array_steps import (
    Align,
    Array,
    Contraction,
    Fill,
    Layout,
    Sum,
    Take,
    Transpose,
)
from micrograd_cli.tape.array_tape import ArrayTape, Block, Rows
from micrograd_cli.tape.columns import OTHERS, UFUNCS
from micrograd_cli.tape.instructions import Apply, Constant, Input

BLOCK = 1 << 15  # numbers in the widest array of a block: 256 kB, so that a few stay in the cache
FEWEST, MOST = 256, 4096  # rows of a block
VIEWS = (Align, Fill, Take, Transpose, Sum)  # steps whose result may be part of their operand
WORTH_THREADS = 4  # blocks


class Step(NamedTuple):
    """An instruction: `registers[into] = function(*registers[args])`, in `buffer` if it has one."""

    function: Callable[..., Any]
    args: tuple[int, ...]
    into: int
    buffer: int | None
    dying: tuple[int, ...]  # registers that nothing needs after it


class ArrayKernel:
    """The sums over all rows of some of a tape's numbers, which are the same in all rows.

    What depends on no row is computed once, the rest for each block of rows. A number behind a sum
    over rows is linear in it, as gradients are: its parts by block are added up too.
    """

    def __init__(self, tape: ArrayTape, results: Sequence[int], threads: int = 1) -> None:
        live = tape.live(results)
        # BLAS has threads of its own
        products = any(isinstance(step_of(tape, number), Contraction) for number in live)
        self.threads = 1 if products else threads
        self.results = results
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
        self.block = max(FEWEST, min(MOST, BLOCK // widest))

    def __call__(self, given: dict[str, Array], length: int) -> list[Any]:
        """The sums; `given` are the inputs by name, those of rows with so many of them."""
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
        if self.threads == 1 or len(blocks) < WORTH_THREADS:
            return self.run(blocks, registers, columns, length)
        share = -(-len(blocks) // self.threads)
        parts = [blocks[i : i + share] for i in range(0, len(blocks), share)]
        with ThreadPoolExecutor(self.threads) as pool:
            sums = list(
                pool.map(lambda part: self.run(part, list(registers), columns, length), parts)
            )
        return [sum(each[1:], each[0]) for each in zip(*sums, strict=True)]

    def run(
        self, starts: Sequence[int], registers: list[Any], columns: dict[int, Array], length: int
    ) -> list[Any]:
        """The sums over the blocks that begin there."""
        buffers = [np.empty((min(self.block, length), *shape)) for shape in self.buffers]
        totals: list[Any] = [0.0] * len(self.results)
        with np.errstate(all="ignore"):
            for start in starts:
                stop = min(start + self.block, length)
                for number, column in columns.items():
                    registers[number] = column[start:stop]
                if self.rows is not None:
                    registers[self.rows] = float(stop - start)
                for function, args, into, buffer, dying in self.steps:
                    operands = [registers[arg] for arg in args]
                    if buffer is not None:
                        out = buffers[buffer][: stop - start]
                        registers[into] = function(*operands, out)
                    else:
                        registers[into] = function(*operands)
                    for register in dying:
                        registers[register] = None
                totals = [
                    total + registers[number]
                    for total, number in zip(totals, self.results, strict=True)
                ]
        return totals


def step_of(tape: ArrayTape, number: int) -> Any:
    """What an instruction applies, None for a leaf."""
    instruction = tape.instructions[number]
    return instruction.name if isinstance(instruction, Apply) else None


def plain_step(tape: ArrayTape, number: int) -> Step:
    instruction: Any = tape.instructions[number]
    return Step(function_of(instruction), instruction.args, number, None, ())


def function_of(instruction: Apply) -> Callable[..., Any]:
    name: Any = instruction.name
    return UFUNCS.get(name) or OTHERS.get(name) or name


def allocated(
    tape: ArrayTape, numbers: Sequence[int], results: Sequence[int], shapes: list[tuple[int, ...]]
) -> Iterator[Step]:
    """The steps of a block, in order, with arrays that are used again; `shapes` are these arrays'.

    A view keeps the array that it is a part of.
    """
    code = {number: tape.instructions[number] for number in numbers}
    base: dict[int, int] = {}  # of a view the number whose array it is
    last: dict[int, int] = {}
    for number, instruction in code.items():
        assert isinstance(instruction, Apply)
        if isinstance(instruction.name, VIEWS):
            arg = instruction.args[0]
            base[number] = base.get(arg, arg)
        for arg in instruction.args:
            last[arg] = last[base.get(arg, arg)] = number
    for number in results:
        last[number] = last[base.get(number, number)] = len(tape.instructions)
    ending: dict[int, list[int]] = {}
    for number, end in last.items():
        if number in code:
            ending.setdefault(end, []).append(number)
    free: dict[tuple[int, ...], list[int]] = {}
    owned: dict[int, int] = {}
    for number, instruction in code.items():
        assert isinstance(instruction, Apply)
        layout: Layout = tape.layouts[number]
        dying = [each for each in ending.get(number, ()) if each != number]
        for each in dying:
            if each in owned:
                free.setdefault(tape.layouts[each].shape, []).append(owned.pop(each))
        buffer = None
        if layout.rows and instruction.name in UFUNCS:
            slots = free.setdefault(layout.shape, [])
            if not slots:
                slots.append(len(shapes))
                shapes.append(layout.shape)
            buffer = owned[number] = slots.pop()
        yield Step(function_of(instruction), instruction.args, number, buffer, tuple(dying))
