"""What makes nodes for a builder: one for each operation on scalars, a block of them on arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate
from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.arrays import (
    PRODUCT,
    Array,
    Element,
    Fixed,
    Origin,
    Shape,
    broadcast,
    places,
    shape_of,
    shape_text,
    stretched,
)
from micrograd_cli.language.functions import Function, Operand, Value, expand
from micrograd_cli.language.operands import operand_spans
from micrograd_cli.language.spelling import quoted
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import DOT, OPS, Op

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH = 100  # comprehensions, iterations and functions of functions inside one another
TIMES = OPS["*"]
EMPTY = {"sum": 0, "prod": 1}  # of no elements


class Emitter:
    """The nodes of a program as they are made, and how many there may be."""

    def __init__(self, text: str, max_nodes: int) -> None:
        self.text = text
        self.max_nodes = max_nodes
        self.size = 0
        self.depth = 0
        self.warnings: dict[tuple[str, Span], None] = {}
        self.arrays: dict[str, Array] = {}  # the inputs and the named ones
        self.blocks: list[Array] = []  # in the order in which they are made
        self.totals: dict[Node, Origin] = {}  # the nodes that were made of whole arrays
        self.repeats: list[Span] = []  # the text of functions and comprehensions
        self.function: Function | None = None  # the one whose body is being read

    def too_large(self, size: int, span: Span) -> ProgramError:
        return ProgramError(
            f"the graph is too large: {size:,} nodes so far,"
            f" more than {self.max_nodes:,} (--max-nodes)",
            span,
        )

    def foresee(self, count: int, span: Span) -> None:
        """Raise ProgramError if so many nodes more were too many."""
        if self.size + count > self.max_nodes:
            raise self.too_large(self.size + count, span)

    def reserve(self, count: int, span: Span) -> None:
        """Count nodes that are made. Raises ProgramError if there are too many."""
        self.size += count
        if self.size > self.max_nodes:
            raise self.too_large(self.size, span)

    @contextmanager
    def nested(self, span: Span) -> Iterator[None]:
        """The inside of a repetition. Raises ProgramError if it is too deep."""
        self.depth += 1
        if self.depth > DEPTH:
            raise ProgramError(f"repetitions are nested more than {DEPTH} deep", span)
        try:
            yield
        finally:
            self.depth -= 1

    # --- nodes --------------------------------------------------------------------------------

    def constant(self, number: float, text: str, label: str, span: Span) -> Node:
        self.reserve(1, span)
        return Constant(number, text, label, span)

    def fixed(self, number: float) -> Node:
        """The node of a number that the text itself fixes."""
        return Fixed(float(number), f"{number:g}" if float(number).is_integer() else "")

    def emit(self, op: Any, args: list[Any], span: Span) -> Operand:
        """The value of an operation or action, or a step of the function that is being read."""
        if self.function is not None:
            return self.function.step(op, args, span)
        if op.__class__ is Op:
            return self.apply(op, args, span)
        return op(self, args, span, ())  # type: ignore[no-any-return]

    def apply(self, op: Op, args: list[Any], span: Span) -> Value:
        """The value of an operation: element by element, or over all elements of one array."""
        for arg in args:
            if arg.__class__ is Array:
                return self.spread(op, args, span)
        if len(args) == 1 and op.variadic:
            told = f"{op.name} of one number: it is over its arguments, as in {op.example}"
            self.warnings[told, span] = None
        self.size += 1
        if self.size > self.max_nodes:
            raise self.too_large(self.size, span)
        return Node(op, args, span=span)

    def spread(self, op: Op, args: list[Any], span: Span) -> Value:
        if len(args) == 1 and op.variadic:
            return self.reduced(op, args[0], span)
        shape = broadcast(map(shape_of, args))
        if shape is None:
            raise self.misfit(args, span, op.name if op.precedence else ",")
        self.reserve(math.prod(shape), span)
        columns = [stretched(arg, shape) for arg in args]
        rows = zip(*columns, places(shape), strict=True)
        items = [self.part(op, row[:-1], row[-1], span) for row in rows]
        return self.block(Array(shape, items, Origin(op, tuple(args))))

    def part(self, op: Op, args: Sequence[Node], place: tuple[int, ...], span: Span) -> Node:
        """The node of an operation that stands in an array, already counted."""
        node = Element(op, args, span=span)
        node.place = place
        return node

    def block(self, array: Array) -> Array:
        """An array whose elements it has made itself."""
        self.blocks.append(array)
        return array

    def reduced(self, op: Op, array: Array, span: Span) -> Node:
        """An operation of any number of arguments over elements."""
        if not array.items:
            if op.name in EMPTY:
                return self.fixed(EMPTY[op.name])
            raise ProgramError(f"{op.name} of no elements", span)
        self.reserve(1, span)
        node = Node(op, array.items, span=span)
        self.totals[node] = Origin(op, (array,))
        return node

    def misfit(self, args: Sequence[Value], span: Span, symbol: str) -> ProgramError:
        """The error for operands whose shapes do not fit, each underlined with its shape."""
        shapes = [shape_text(shape_of(arg)) for arg in args]
        message = f"the shapes {' and '.join(shapes)} do not fit"
        found = operand_spans(self.text, span, symbol)
        if len(found) != len(args):
            return ProgramError(message, span)
        notes = [f"shape {shape}" for shape in shapes]
        return ProgramError(message, found[0], notes[0], zip(found[1:], notes[1:], strict=True))

    # --- products -----------------------------------------------------------------------------

    def matmul(self, args: list[Any], span: Span, symbol: str = "@") -> Value:
        """The matrix product of two arrays, of vectors too: a node for each of its elements."""
        for arg, where in zip(args, operand_spans(self.text, span, symbol) or [span] * 2,
                              strict=False):  # fmt: skip
            if not isinstance(arg, Array):
                name = "'@'" if symbol == "@" else "dot"
                hint = "'*' is the product of scalars" if symbol == "@" else ""
                raise ProgramError(f"{name} takes arrays, this is a scalar", where, hint)
        left, right = args
        inner = left.shape[-1]
        if inner != right.shape[0]:
            raise self.misfit(args, span, symbol)
        shape: Shape = (*left.shape[:-1], *right.shape[1:])
        if not inner:
            zeros = [self.fixed(0) for _ in range(math.prod(shape))]
            return Array(shape, zeros) if shape else zeros[0]
        rows = [left.items[i : i + inner] for i in range(0, len(left.items), inner)]
        width = math.prod(right.shape[1:])
        columns = [right.items[j::width] for j in range(width)]
        self.reserve(len(rows) * len(columns), span)
        items = [self.dot(row, column, span) for row in rows for column in columns]
        for node, place in zip(items, places(shape), strict=True):
            node.place = place
        origin = Origin(PRODUCT, (left, right))
        if shape:
            return self.block(Array(shape, items, origin))
        self.totals[items[0]] = origin
        return items[0]

    def dot(self, row: Sequence[Node], column: Sequence[Node], span: Span) -> Element:
        """The node of a dot product, already counted."""
        op = TIMES if len(row) == 1 else DOT
        return Element(op, (*row, *column), span=span)

    # --- what is constant ---------------------------------------------------------------------

    def known(self, node: Value) -> float | None:
        """The number of a node that depends on no input, else None."""
        if isinstance(node, Constant):
            return node.number
        if isinstance(node, Array) or reaches_input(node):
            return None
        found: dict[Node, float] = {}
        for inner in topological_order(node):
            x = [arg.number if isinstance(arg, Constant) else found[arg] for arg in inner.args]
            found[inner] = float(evaluate(FLOAT, inner.op.value, *x))
        return found[node]

    def whole(self, value: Value, what: str, span: Span) -> int:
        """A value as a constant whole number. Raises ProgramError if it is none."""
        if isinstance(value, Array):
            raise ProgramError(f"{what} is an array, not a whole number", span)
        number = self.known(value)
        if number is None:
            name = quoted(value.label) if value.label and value.left is None else ""
            hint = f"declare it: size {name} = 3" if name else ""
            raise ProgramError(f"{what} is not constant", span, hint)
        if not math.isfinite(number) or number != int(number):
            raise ProgramError(f"{what} is no whole number: {number:g}", span)
        return int(number)

    # --- functions ----------------------------------------------------------------------------

    def expand(
        self, function: Function, args: Sequence[Value], span: Span, around: Sequence[Value] = ()
    ) -> Value:
        """The value of a function at values."""
        self.foresee(function.size, span)
        return expand(function, args, span, self, around)


def reaches_input(root: Node) -> bool:
    """Whether a node depends on an input."""
    seen, stack = set(), [root]
    while stack:
        node = stack.pop()
        if node.left is None:
            if not isinstance(node, Constant):
                return True
        elif node not in seen:
            seen.add(node)
            stack.extend(node.args)
    return False
