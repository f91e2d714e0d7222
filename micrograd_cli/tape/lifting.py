"""A program's graph of scalars as one of whole arrays, where its statements say how they are made.

The nodes are the table's rows on arrays, and those of `array_ops.py`. What no array made stays a
number of its own; an array that no operation made is stacked of its elements.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from micrograd_cli.language.arrays import (
    GIVEN,
    PRODUCT,
    TAKEN,
    TRANSPOSED,
    Array,
    elements,
    places,
)
from micrograd_cli.language.program import Program
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.ops import CONST, INPUT, OPS, Op
from micrograd_cli.tape import array_ops
from micrograd_cli.tape.array_reductions import reduced
from micrograd_cli.tape.array_steps import Layout, together
from micrograd_cli.tape.array_tape import ArrayTape, Block
from micrograd_cli.tape.instructions import Symbol

Thing = Node | Array


class Lifted:
    """The graph of arrays that a program's nodes are the elements of.

    `columns` are the inputs, by element, that differ from row to row; an array that holds one is a
    column of arrays.
    """

    def __init__(self, program: Program, columns: Collection[str]) -> None:
        self.program = program
        self.root: Any = None  # the node that is asked for
        self.columns = frozenset(columns)
        self.nodes: list[Node] = []  # of the graph of arrays, operands before results
        self.layouts: list[Layout] = []  # by the index of a node
        self.leaves: dict[str, Node] = {}  # the inputs, by name
        self.known: dict[Any, Node] = {}  # by the program's node, or the identity of its array
        self.spreads: dict[tuple[int, Layout], Node] = {}
        self.owners: dict[Node, tuple[Array, tuple[int, ...]]] = {}
        for block in program.blocks:
            for item, place in zip(block.items, places(block.shape), strict=True):
                self.owners.setdefault(item, (block, place))

    def node(self, root: Thing) -> Node:
        """The node of arrays for a node or an array of the program; nothing recurses."""
        stack = [root]
        while stack:
            thing = stack[-1]
            if key(thing) in self.known:
                stack.pop()
                continue
            missing = [each for each in self.parts(thing) if key(each) not in self.known]
            if missing:
                stack.extend(reversed(missing))
                continue
            self.known[key(thing)] = self.made(thing)
            stack.pop()
        return self.known[key(root)]

    def parts(self, thing: Thing) -> Sequence[Thing]:
        """What a node or an array is made of."""
        if isinstance(thing, Array):
            if thing.origin is None:
                return () if is_constant(thing) else thing.items
            return thing.origin.args
        if thing in self.program.totals:
            return self.program.totals[thing].args
        return (self.owners[thing][0],) if thing in self.owners else thing.args

    def made(self, thing: Thing) -> Node:
        args = [self.known[key(each)] for each in self.parts(thing)]
        if isinstance(thing, Array):
            return self.made_array(thing, args)
        if thing in self.program.totals:
            return self.of_arrays(self.program.totals[thing].made_by, args)
        if thing in self.owners:
            whole = self.layout(args[0])
            op = array_ops.take(whole, self.owners[thing][1])
            return self.add(op, args, Layout(whole.rows))
        if isinstance(thing, Constant):
            return self.leaf(Constant(thing.number), Layout(False))
        if thing.op is INPUT:
            return self.given(thing.label, ())
        return self.elementwise(thing.op, args)

    def made_array(self, block: Array, args: list[Node]) -> Node:
        origin = block.origin
        if origin is None and is_constant(block):
            return self.leaf(ArrayOfConstants(block), Layout(False, block.shape))
        if origin is None:
            rows = any(self.layout(arg).rows for arg in args)
            op = array_ops.stack(Layout(rows, block.shape), list(places(block.shape)))
            spread = [self.spread(arg, Layout(rows)) for arg in args]
            return self.add(op, spread, Layout(rows, block.shape))
        if origin.made_by == GIVEN:
            return self.given(origin.detail, block.shape)
        if origin.made_by == TAKEN:
            op = array_ops.take(self.layout(args[0]), origin.detail)
            return self.add(op, args, Layout(self.layout(args[0]).rows, block.shape))
        if origin.made_by == TRANSPOSED:
            whole = self.layout(args[0])
            return self.add(array_ops.transpose(whole), args, Layout(whole.rows, block.shape))
        return self.of_arrays(origin.made_by, args)

    def of_arrays(self, made_by: Any, args: list[Node]) -> Node:
        """A matrix product, the sum or mean of an array, or an operation element by element."""
        if made_by == PRODUCT:
            left, right = map(self.layout, args)
            shape = (*left.shape[:-1], *right.shape[1:])
            return self.add(
                array_ops.product(left, right), args, Layout(left.rows or right.rows, shape)
            )
        if made_by.variadic and len(args) == 1:
            whole = self.layout(args[0])
            plain = made_by is OPS["sum"]  # its gradient need not be spread out
            op = array_ops.total(whole) if plain else reduced(made_by, whole)
            return self.add(op, args, Layout(whole.rows))
        return self.elementwise(made_by, args)

    def elementwise(self, op: Op, args: list[Node]) -> Node:
        whole = together(map(self.layout, args))
        return self.add(op, [self.spread(arg, whole) for arg in args], whole)

    def spread(self, node: Node, whole: Layout) -> Node:
        """A node as an operand of one of that layout."""
        own = self.layout(node)
        if own == whole or (node.op is CONST and not own.shape):
            return node
        place = (node.index, whole)
        if place not in self.spreads:
            self.spreads[place] = self.add(array_ops.spread(own, whole), [node], whole)
        return self.spreads[place]

    def given(self, name: str, shape: tuple[int, ...]) -> Node:
        """The leaf of an input."""
        if name not in self.leaves:
            rows = not self.columns.isdisjoint(elements(name, shape))
            self.leaves[name] = self.leaf(Node(INPUT, label=name), Layout(rows, shape))
        return self.leaves[name]

    def add(self, op: Op, args: Sequence[Node], layout: Layout) -> Node:
        return self.leaf(Node(op, args), layout)

    def leaf(self, node: Node, layout: Layout) -> Node:
        node.index = len(self.nodes)
        self.nodes.append(node)
        self.layouts.append(layout)
        return node

    def layout(self, node: Node) -> Layout:
        return self.layouts[node.index]


class ArrayOfConstants(Node):
    """A leaf: an array of numbers that the text fixes."""

    __slots__ = ("numbers",)

    numbers: list[float]

    def __init__(self, block: Array) -> None:
        super().__init__(CONST)
        self.numbers = [item.number for item in block.items if isinstance(item, Constant)]


def is_constant(block: Array) -> bool:
    return all(isinstance(item, Constant) for item in block.items)


def key(thing: Thing) -> Any:
    """What stands for it: a node is itself, of an array it is where its elements are."""
    return id(thing.items) if isinstance(thing, Array) else thing


def dependencies(roots: Iterable[Node]) -> list[Node]:
    """The inner nodes that some depend on, in the order in which they were made."""
    found: dict[int, Node] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.left is not None and node.index not in found:
            found[node.index] = node
            stack.extend(node.args)
    return [found[index] for index in sorted(found)]


def seeded(lifted: Lifted, tape: ArrayTape, numbers: Mapping[str, float]) -> list[Any]:
    """The values of a lifted graph's nodes, by index, with those of its leaves.

    `numbers` are those of inputs, by element, that never change.
    """
    values: list[Any] = [None] * len(lifted.nodes)
    for node in lifted.nodes:
        if node.op is INPUT:
            values[node.index] = given_leaf(node.label, lifted.layout(node), tape, numbers)
        elif isinstance(node, ArrayOfConstants):
            values[node.index] = constants(node.numbers, lifted.layout(node), tape)
        elif isinstance(node, Constant):
            values[node.index] = node.number
    return values


def given_leaf(name: str, layout: Layout, tape: ArrayTape, numbers: Mapping[str, float]) -> Any:
    """The leaf of an input: its numbers if it has them all, else a symbol."""
    names = elements(name, layout.shape)
    if not all(each in numbers for each in names):
        return tape.input(name)
    found = [numbers[each] for each in names]
    return constants(found, layout, tape) if layout.shape else found[0]


def constants(numbers: Sequence[float], layout: Layout, tape: ArrayTape) -> Symbol:
    """An array of numbers that never change."""
    return tape.append(Block(array("d", numbers).tobytes(), layout))
