"""Numbers of GRAPH: products of powers of nodes, with Python's operators."""

from __future__ import annotations

from abc import ABC, abstractmethod

from micrograd_cli.nodes import Node
from micrograd_cli.ops import Op
from micrograd_cli.symbolic.product import Product


class Arithmetic(ABC):
    """What numbers ask of the graph that they belong to.

    `graph.Graph` builds it up in layers, a file each. A lower layer may call what a higher one
    supplies, such as the node of a product: all such names stand here.
    """

    @abstractmethod
    def number(self, x: Operand) -> Number:
        """A Number for a node of this graph, a Python number or a decimal text."""

    @abstractmethod
    def node_of(self, product: Product) -> Node:
        """The node of a product."""

    @abstractmethod
    def plus(self, a: Number, b: Number) -> Number:
        """Their sum."""

    @abstractmethod
    def times(self, a: Number, b: Number) -> Number:
        """Their product."""

    @abstractmethod
    def over(self, a: Number, b: Number) -> Number:
        """Their quotient."""

    @abstractmethod
    def pow(self, x: Operand, y: Operand) -> Number:
        """The power: x^y."""

    @abstractmethod
    def sqrt(self, x: Operand) -> Number:
        """The square root."""

    @abstractmethod
    def apply(self, op: Op, *x: Operand) -> Number:
        """The result of any operation."""


class Number:
    """A number of the algebra: a product, and its node once there is one.

    It becomes a node where a function or a long sum needs one, or at the end.
    """

    __slots__ = ("graph", "made", "product")

    def __init__(self, graph: Arithmetic, product: Product, made: Node | None = None) -> None:
        self.graph = graph
        self.product = product
        self.made = made

    @property
    def node(self) -> Node:
        if self.made is None:
            self.made = self.graph.node_of(self.product)
        return self.made

    def __neg__(self) -> Number:
        return Number(self.graph, -self.product)

    def __add__(self, other: Operand) -> Number:
        if not isinstance(other, OPERANDS):
            return NotImplemented  # `choices.Masked` knows what to do
        return self.graph.plus(self, self.graph.number(other))

    def __sub__(self, other: Operand) -> Number:
        return self.graph.plus(self, -self.graph.number(other))

    def __mul__(self, other: Operand) -> Number:
        if not isinstance(other, OPERANDS):
            return NotImplemented
        return self.graph.times(self, self.graph.number(other))

    def __truediv__(self, other: Operand) -> Number:
        return self.graph.over(self, self.graph.number(other))

    def __pow__(self, other: Operand) -> Number:
        return self.graph.pow(self, other)

    def __radd__(self, other: Operand) -> Number:
        return self.graph.number(other) + self

    def __rsub__(self, other: Operand) -> Number:
        return self.graph.number(other) - self

    def __rmul__(self, other: Operand) -> Number:
        return self.graph.number(other) * self

    def __rtruediv__(self, other: Operand) -> Number:
        return self.graph.number(other) / self


Operand = Number | Node | float | str
OPERANDS = (Number, Node, float, int, str)
