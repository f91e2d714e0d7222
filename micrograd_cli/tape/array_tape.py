"""The tape of whole arrays: each instruction has a layout, and three kinds have adjoints here.

Elementwise rules stay the rows' of the table. Only what takes or gives a whole array (its parts,
sums and matrix products, and the spreading of a smaller one) is here, each beside its adjoint.
Layouts may be narrower than an array's own: a number in place of an array of equal ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from micrograd_cli.tape.array_gradients import Clean, Parts
from micrograd_cli.tape.array_steps import (
    SCALAR,
    Align,
    Contraction,
    Fill,
    Layout,
    Part,
    Put,
    Stack,
    Sum,
    Take,
    Transpose,
    together,
)
from micrograd_cli.tape.instructions import Apply, Input, Masked, Symbol, Tape


class Block(NamedTuple):
    """An array of constants, by its bytes."""

    data: bytes
    layout: Layout


class Rows(NamedTuple):
    """How many rows the block has."""

    word: str = "rows"


class ArrayTape(Tape):
    """A tape whose numbers are arrays."""

    def __init__(self, given: dict[str, Layout], by_row: bool = False) -> None:
        """`given` are the layouts of the inputs.

        Gradients of what is the same in all rows are summed over them, but not `by_row`.
        """
        super().__init__()
        self.given = given
        self.by_row = by_row
        self.layouts: list[Layout] = []  # of each instruction
        self.algebra.arrays = self

    def append(self, instruction: Any) -> Symbol:
        symbol = super().append(instruction)
        if symbol.number == len(self.layouts):
            self.layouts.append(self.layout_of(instruction))
        return symbol

    def layout_of(self, instruction: Any) -> Layout:
        if isinstance(instruction, Input):
            return self.given[instruction.name]
        if isinstance(instruction, Block):
            return instruction.layout
        if not isinstance(instruction, Apply):
            return SCALAR
        layouts = [self.layouts[number] for number in instruction.args]
        step: Any = instruction.name
        return together(layouts) if isinstance(step, str) else step.layout(*layouts)

    def layout(self, symbol: Symbol) -> Layout:
        return self.layouts[symbol.number]

    def apply(self, step: Any, *operands: Symbol) -> Symbol:
        return self.append(Apply(step, tuple(each.number for each in operands)))

    def rows(self) -> Symbol:
        return self.append(Rows())

    def settled(self, x: Any) -> Symbol:
        """A gradient as a symbol: where nothing flows it is 0."""
        if isinstance(x, Parts):
            return self.symbol(x.settled())
        if isinstance(x, Clean):
            return self.symbol(x.value)
        if isinstance(x, Masked):
            return self.record("where", x.mask, x.value, 0.0)
        return self.symbol(x)

    def aligned(self, x: Symbol, rank: int) -> Symbol:
        """With its rows' axis before so many others."""
        own = self.layout(x)
        return self.apply(Align(rank), x) if own.rows and len(own.shape) < rank else x

    def full(self, x: Any, whole: Layout) -> Symbol:
        """With all elements of a layout; by row only with the rows that it has."""
        symbol = self.settled(x)
        if self.by_row:
            whole = whole._replace(rows=self.layout(symbol).rows)
        if self.layout(symbol) == whole:
            return symbol
        return self.apply(Fill(whole), self.aligned(symbol, len(whole.shape)), self.rows())

    def narrowed(self, x: Any, whole: Layout, target: Layout) -> Symbol:
        """The sum of an array's elements over the axes that a smaller one has been spread along.

        It is the adjoint of that; where `x` itself has no such axis, all its elements are equal.
        """
        narrow: Symbol = self.settled(x)
        own, rank = self.layout(narrow), len(whole.shape)
        lead = rank - len(own.shape)
        goal = (1,) * (rank - len(target.shape)) + target.shape
        axes, equal = [], 1
        for axis, (size, wanted) in enumerate(zip(whole.shape, goal, strict=True)):
            if wanted == 1 and size > 1:
                if axis >= lead and own.shape[axis - lead] == size:
                    axes.append(axis - lead)
                else:
                    equal *= size
        over_rows = whole.rows and not target.rows and not self.by_row
        dropped = max(0, len(own.shape) - len(target.shape))
        if axes or dropped or (over_rows and own.rows):
            narrow = self.apply(Sum(own, tuple(axes), over_rows and own.rows, dropped), narrow)
        if equal > 1:
            narrow = self.record("mul", narrow, equal)
        if over_rows and not own.rows:
            narrow = self.record("mul", narrow, self.rows())
        return narrow

    def put(self, whole: Layout, parts: dict[Part, Symbol]) -> Symbol:
        rows = any(self.layout(symbol).rows for symbol in parts.values())
        values = [
            self.aligned(symbol, sum(isinstance(at, range) for at in part))
            for part, symbol in parts.items()
        ]
        return self.apply(Put(whole._replace(rows=rows), tuple(parts)), *values, self.rows())

    def stacked(self, whole: Layout, items: Iterable[Any]) -> Symbol:
        return self.apply(Stack(whole), *map(self.symbol, items), self.rows())

    def taken(self, x: Any, whole: Layout, part: Part) -> Symbol:
        full = self.full(x, whole)
        return self.apply(Take(self.layout(full), part), full)

    def transposed(self, x: Any, whole: Layout) -> Symbol:
        return self.apply(Transpose(), self.full(x, whole))

    def contracted(self, letters: str, x: Symbol, y: Symbol, rows: bool) -> Symbol:
        """A product of two arrays, `nk,km->nm`: with rows, or summed over them."""
        left, right, result = re.split(",|->", letters)
        own = [self.layout(each).rows for each in (x, y)]
        rows = any(own) and (rows or self.by_row)
        step = Contraction("r" * own[0] + left, "r" * own[1] + right, "r" * rows + result)
        return self.apply(step, x, y)
