"""What the nodes of a program are called where a person reads.

A node without a name is called by its part of the program's text. Where that text stands for
several nodes (in a function, a comprehension, a derivative) a node is written out from its
operands, by their own names: `-d1/sqrt(2)` rather than `-x/sqrt(s)`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from micrograd_cli.errors import Span
from micrograd_cli.language.arrays import (
    GIVEN,
    PRODUCT,
    TAKEN,
    TRANSPOSED,
    Array,
    Element,
    Fixed,
    Place,
    element,
)
from micrograd_cli.language.spelling import one_line
from micrograd_cli.nodes import Node
from micrograd_cli.ops import INPUT, OPS

if TYPE_CHECKING:
    from micrograd_cli.language.printer import Texts

LONGEST = 40  # characters of a text, without the place of an element
DEEPEST = 12  # operations that are written into one another
CUT = "..."  # what there is no room for
MATRIX_PRODUCT = OPS["*"]._replace(name=PRODUCT)
TRANSPOSE = OPS["abs"]._replace(name=TRANSPOSED)


class Labels:
    """The names of a program's nodes, each made when it is asked for."""

    def __init__(
        self, text: str, nodes: Sequence[Node] = (), blocks: Sequence[Array] = (),
        repeats: Sequence[Span] = (),
    ) -> None:  # fmt: skip
        self.text = text
        self.nodes = nodes
        self.blocks = blocks
        self.repeats = repeats

    def __call__(self, node: Node) -> str:
        """The name of an input or a named node; of another its text, shortened.

        An element of an array has its place after the array's text.
        """
        if isinstance(node, Fixed):
            return node.text
        if node.label or node.span is None:
            return node.label
        repeated = self.is_repeated(node, node.span)
        if not isinstance(node, Element):
            return self.written_out(node) if repeated else self.said(node.span)
        array = self.arrays.get(node) if repeated else None
        text = self.array(array) if array else self.said(node.span)
        return element(bracketed(text), node.place)

    def said(self, span: Span) -> str:
        """What the program says there, on one line."""
        start, end = span
        text = one_line(self.text[start : min(end, start + 4 * LONGEST)])
        return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT

    # --- where the text says too little -------------------------------------------------------

    def is_repeated(self, node: Node, span: Span) -> bool:
        """Whether the text of a node is that of others too, of which it is not the result."""
        at = bisect_right(self.bodies, span[0], key=lambda body: body[0]) - 1
        inside = at >= 0 and span[1] <= self.bodies[at][1]
        return inside or self.results.get((span, place_of(node)), node) is not node

    @cached_property
    def bodies(self) -> list[Span]:
        """The repeated parts of the text in order, those within others left out."""
        found: list[Span] = []
        for start, end in sorted(self.repeats):
            if not found or start >= found[-1][1]:
                found.append((start, end))
        return found

    @cached_property
    def results(self) -> dict[tuple[Span | None, Place], Node]:
        """The last node of each part of the text."""
        return {(node.span, place_of(node)): node for node in self.nodes}

    @cached_property
    def arrays(self) -> dict[Node, Array]:
        """The array that each element stands in."""
        return {node: array for array in self.blocks for node in array.items}

    # --- written out --------------------------------------------------------------------------

    def written_out(self, root: Node, given: Mapping[Node, str] = MappingProxyType({})) -> str:
        """A node as an expression of the names below it, as deep as there is room for."""
        from micrograd_cli.language.printer import cut_below

        def name(node: Node) -> str:
            return (
                given.get(node) or node.label or (self(node) if isinstance(node, Element) else "")
            )

        texts: Texts = {} if given else self.texts
        best = cut_below(root, 1, name, texts)[1]
        for depth in range(2, DEEPEST + 1):
            _, text = cut_below(root, depth, name, texts)
            if text == best or len(text) > LONGEST:
                break
            best = text
        return best if len(best) <= LONGEST else best[: LONGEST - len(CUT)] + CUT

    @cached_property
    def texts(self) -> Texts:
        """What is written out already: neighbours have the same operands."""
        return {}

    def array(self, array: Array) -> str:
        """An array by its name, or as the expression of arrays that it was made by."""
        names: dict[Node, str] = {}
        return self.written_out(self.stand_in(array, DEEPEST, names), names)

    def stand_in(self, value: Any, depth: int, names: dict[Node, str]) -> Node:
        """A node that is written as a value is: an array as if it were a scalar."""
        if not isinstance(value, Array):
            return value  # type: ignore[no-any-return]
        origin = value.origin
        text = array_name(value)
        if origin and origin.made_by == TAKEN and text in ("", array_name(of := origin.args[0])):
            text = f"{bracketed(self.array(of))}[{taken_text(origin.detail, of.shape)}]"
        if text or not depth or origin is None:
            node = Node(INPUT)
            names[node] = text or CUT
            return node
        args = [self.stand_in(arg, depth - 1, names) for arg in origin.args]
        ops = {PRODUCT: MATRIX_PRODUCT, TRANSPOSED: TRANSPOSE}
        return Node(ops.get(origin.made_by, origin.made_by), args)


def bracketed(text: str) -> str:
    """A text that an index may follow."""
    return text if text.isidentifier() else f"({text})"


def place_of(node: Node) -> Place:
    """The place of an element, () of another node."""
    return node.place if isinstance(node, Element) else ()


def array_name(array: Array) -> str:
    """The name of an input or a named array, else nothing."""
    if array.origin and array.origin.made_by == GIVEN:
        return str(array.origin.detail)
    first, last = array.items[0].label, array.items[-1].label
    name = first.rpartition("[")[0]
    ends = element(name, (0,) * len(array.shape)), element(name, tuple(n - 1 for n in array.shape))
    return name if (first, last) == ends else ""


def taken_text(detail: Sequence[int | range], shape: Sequence[int]) -> str:
    """The index of a part of an array, as in a program."""
    bounds = [
        str(at) if isinstance(at, int) else bounds_text(at, size)
        for at, size in zip(detail, shape, strict=True)
    ]  # fmt: skip
    while len(bounds) > 1 and bounds[-1] == ":":
        bounds.pop()
    return ", ".join(bounds)


def bounds_text(part: range, size: int) -> str:
    """A slice of an axis of that size."""
    if part == range(size):
        return ":"
    stop = part.stop if part.stop >= 0 else ""  # which would count from the end
    return f"{part.start}:{stop}" + (f":{part.step}" if part.step != 1 else "")
