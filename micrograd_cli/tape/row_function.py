"""A program with arrays as one function of columns: in a block of rows they stay whole arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from micrograd_cli.engine import backward, forward
from micrograd_cli.language.arrays import elements, places
from micrograd_cli.language.program import Program
from micrograd_cli.tape.array_kernel import ArrayKernel
from micrograd_cli.tape.array_steps import Array, Layout, Take
from micrograd_cli.tape.array_tape import ArrayTape
from micrograd_cli.tape.instructions import Apply
from micrograd_cli.tape.kernel import checked
from micrograd_cli.tape.lifting import Lifted, dependencies, seeded
from micrograd_cli.tape.tracing import Result, Slopes, numbered

WORTH = 4  # nodes of scalars for one of arrays, and operands of them for each result
MUCH = 600  # operands in all: scalars would no longer fit the cache


def pays(program: Program, results: int) -> bool:
    """Whether whole arrays are worth it: few nodes of them stand for many scalars.

    Nor may the work be little beside the results, which are written element by element.
    """
    work = sum(len(node.args) for node in program.order)
    if not program.blocks or (work < MUCH and work < WORTH * results):
        return False
    lifted = Lifted(program, program.inputs)
    roots = [lifted.node(output.node) for output in program.outputs]
    return WORTH * len(dependencies(roots)) <= len(program.order)


class RowFunction:
    """The results of a program in each row, from a column or a number for each of its inputs.

    A row gives the same bits whatever rows come with it.
    """

    def __init__(
        self,
        program: Program,
        results: Sequence[Result],
        numbers: Mapping[str, float],
        uncertain: Sequence[str],
        inputs: Sequence[str],
        threads: int,
    ) -> None:
        self.shapes = program.arrays
        self.numbers = numbers
        self.inputs = inputs

        @cache
        def kernel(columns: frozenset[str]) -> tuple[ArrayKernel, list[slice]]:
            tape, found = trace_arrays(program, results, numbers, uncertain, columns)
            wholes, where = gathered(tape, found)
            return ArrayKernel(tape, wholes, threads), where

        self.kernel = kernel

    def __call__(self, columns: Sequence[Any]) -> list[Array]:
        """An array for each result. Raises ValueError for columns of different lengths."""
        given, length = checked(columns)
        named = dict(zip(self.inputs, given, strict=True))
        kernel, where = self.kernel(
            frozenset(name for name, x in named.items() if not isinstance(x, float))
        )
        named |= self.numbers
        packed = {name: self.whole(name, named) for name in kernel.inputs}
        return list(kernel.rows_of(packed, length, where))

    def whole(self, name: str, given: Mapping[str, Any]) -> Any:
        """An input as the kernel takes it, of the columns and numbers of its elements."""
        shape = self.shapes.get(name)
        if shape is None:
            return given[name]
        parts = [given[each] for each in elements(name, shape)]
        if all(isinstance(part, float) for part in parts):
            return np.array(parts).reshape(shape)
        return Stacked(parts, shape)


class Stacked:
    """Columns of elements as one of arrays, which is made for each block of rows alone."""

    def __init__(self, parts: Sequence[Any], shape: tuple[int, ...]) -> None:
        self.parts = parts
        self.shape = shape

    def __getitem__(self, rows: slice) -> Array:
        found = np.empty((rows.stop - rows.start, len(self.parts)))
        for index, part in enumerate(self.parts):
            found[:, index] = part if isinstance(part, float) else part[rows]
        return found.reshape(-1, *self.shape)


def gathered(tape: ArrayTape, results: Sequence[int]) -> tuple[list[int], list[slice]]:
    """The results with an array in place of all its elements, where these stand side by side.

    Beside them, of which results each is.
    """
    wholes: list[int] = []
    where: list[slice] = []
    done = 0
    while done < len(results):
        whole, size = results[done], 1
        instruction = tape.instructions[whole]
        if isinstance(instruction, Apply) and isinstance(instruction.name, Take):
            (array,) = instruction.args
            layout = tape.layouts[array]
            every = [
                tape.known.get(Apply(Take(layout, at), (array,))) for at in places(layout.shape)
            ]
            if results[done : done + len(every)] == every:
                whole, size = array, len(every)
        wholes.append(whole)
        where.append(slice(done, done + size))
        done += size
    return wholes, where


def trace_arrays(
    program: Program,
    results: Sequence[Result],
    numbers: Mapping[str, float],
    uncertain: Sequence[str],
    columns: Collection[str],
) -> tuple[ArrayTape, list[int]]:
    """The program's calculation on whole arrays, and the number there of each result.

    `columns` are the inputs that differ from row to row.
    """
    lifted = Lifted(program, columns)
    roots = [lifted.node(output.node) for output in program.outputs]
    layouts = {name: lifted.layout(leaf) for name, leaf in lifted.leaves.items()}
    errors = {f"u_{name}": Layout(f"u_{name}" in columns) for name in uncertain}
    tape = ArrayTape(layouts | errors, by_row=True)
    values = seeded(lifted, tape, numbers)
    forward(dependencies(roots), values, tape.algebra)
    owners = {
        each: (name, place)
        for name, shape in program.arrays.items()
        for each, place in zip(elements(name, shape), places(shape), strict=True)
    }

    def slopes_of(output: int) -> Slopes:
        root = roots[output]
        grads = backward(dependencies([root]), values, root, 1.0, tape.algebra)

        def slope(name: str) -> Any:
            whole, place = owners.get(name, (name, ()))
            grad = grads[lifted.leaves[whole].index] if whole in lifted.leaves else None
            if grad is None:
                return 0.0
            flowing = 0.0 + tape.settled(grad)  # no -0
            return tape.taken(flowing, layouts[whole], place) if place else flowing

        return lambda names: list(map(slope, names))

    outputs = [values[root.index] for root in roots]
    return tape, numbered(tape, results, uncertain, outputs, slopes_of)
