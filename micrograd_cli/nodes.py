"""The nodes of graphs, and their order.

There are two kinds of graphs. `engine.Value` is micrograd's: eager, each node holds its data and
its grad. A `Node` holds no numbers: a graph of them may be shared, and each run over it has its own
lists of values and grads, indexed by `node.index`.

Nothing here recurses, and a node holds no closure, so a graph has no cycles and frees itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from micrograd_cli.errors import Span
from micrograd_cli.ops import CONST, OPS, Op

NEG = OPS["neg"]


class Vertex:
    """What both kinds of nodes have: an operation, its operands and a name.

    `left` and `right` hold the operands. Most operations have one or two, and a tuple for them
    would be a second object for the garbage collector to walk: an operation of more than two keeps
    a tuple of them in `left`. `args` gives them all, in order.
    """

    __slots__ = ("label", "left", "op", "right")

    op: Op
    left: Any
    right: Any
    label: str  # the name of an input, of a named node or of a constant

    @property
    def args(self) -> tuple[Any, ...]:
        """The operands, in order; a node used twice stands twice."""
        if self.left is None:
            return ()
        if self.left.__class__ is tuple:
            return self.left
        return (self.left,) if self.right is None else (self.left, self.right)


class Node(Vertex):
    """A node without numbers: those of a run stand in its lists, at `index`.

    Within a graph the operands of a node have smaller indices than the node. `span` is where it
    stands in a program's text, None of one that stands in none.
    """

    __slots__ = ("index", "span")

    index: int
    span: Span | None

    def __init__(
        self, op: Op, args: Sequence[Node] = (), label: str = "", span: Span | None = None,
        index: int = -1,
    ) -> None:  # fmt: skip
        self.op = op
        self.left, self.right = operands(args)
        self.label = label
        self.span = span
        self.index = index


class Constant(Node):
    """A literal or a named constant: its number, and the decimal text that it was written with."""

    __slots__ = ("number", "text")

    number: float
    text: str

    def __init__(
        self, number: float, text: str = "", label: str = "", span: Span | None = None,
        index: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(CONST, (), label, span, index)
        self.number = number
        self.text = text or repr(number)


def is_number(node: Node) -> bool:
    """Whether a node is a number as it is written: 2, pi, -0.5."""
    signed = node.op is NEG and isinstance(node.left, Constant) and not node.left.label
    return isinstance(node, Constant) or (signed and not node.label)


def operands(args: Sequence[Any]) -> tuple[Any, Any]:
    """The fields `left` and `right` of a node with these operands."""
    count = len(args)
    if count == 2:
        return args[0], args[1]
    if count > 2:
        return tuple(args), None
    return (args[0] if args else None), None


AnyNode = TypeVar("AnyNode", bound=Vertex)


def topological_order(*roots: AnyNode) -> list[AnyNode]:
    """The inner nodes (those with operands) that the roots depend on, operands before results."""
    order: list[Any] = []
    seen: set[Any] = set()
    stack: list[Any] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:  # a mark: the operands of the node below it are done
            order.append(stack.pop())
            continue
        while node.left is not None and node not in seen:
            seen.add(node)
            stack.append(node)
            stack.append(None)
            left, right = node.left, node.right
            if left.__class__ is tuple:
                stack.extend(reversed(left))
                break
            if right is not None and right.left is not None:
                stack.append(right)
            node = left  # straight on, not by way of the stack
    return order
