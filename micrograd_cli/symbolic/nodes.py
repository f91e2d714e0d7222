"""The nodes of a derivation: equal ones are one (hash-consing), and what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import inf, isfinite, nan
from operator import attrgetter
from typing import Any

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate
from micrograd_cli.errors import ProgramError
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.ops import CONST, INPUT, OPS, Op
from micrograd_cli.symbolic.bounds import least_value
from micrograd_cli.symbolic.number import Arithmetic, Number, Operand
from micrograd_cli.symbolic.product import Product, single

PLUS, MINUS, TIMES, OVER, POWER = (OPS[symbol] for symbol in "+-*/^")
DERIVED_NODES = 200_000  # a few seconds

NEG, WHERE = OPS["neg"], OPS["where"]
NUMBER = attrgetter("number")


class Knowledge:
    """What a graph knows of one of its nodes; each layer above `Nodes` adds its own."""

    __slots__ = ("height", "least", "minus_zero", "product", "radicand", "terms", "value")

    def __init__(self, product: Product, height: int, value: float | None, least: float) -> None:
        self.product = product  # the node as a product: itself, where nothing better is known
        self.height = height  # the length of the longest path to a leaf
        self.value = value  # its number, if it depends on constants alone
        self.least = least  # it is never less, or nan
        self.terms: tuple[Product, ...] = ()  # of a sum
        self.radicand: Node | None = None  # of a root that may be squared back
        self.minus_zero = False  # whether it may be -0, where no input is


class Nodes(Arithmetic):
    """The table of nodes. They refer to no table: a derivation frees itself."""

    def __init__(self, max_nodes: int = DERIVED_NODES) -> None:
        self.max_nodes = max_nodes
        self.nodes: list[Node] = []  # each at its index
        self.table: dict[tuple[Any, ...], Node] = {}  # by operation and operands, or by number
        self.knowledge: dict[Node, Knowledge] = {}
        self.leaves: dict[Node, Node] = {}  # by the input of another graph that they stand for
        self.zero, self.one = self.constant(0.0), self.constant(1.0)

    def learn(self, node: Node) -> Knowledge:
        """Number a node that is new, and note what is known of it. Raises ProgramError."""
        node.index = len(self.nodes)
        if node.index >= self.max_nodes:
            raise ProgramError(
                f"the derivative is too large: more than {self.max_nodes:,} nodes (--max-nodes)"
            )
        self.nodes.append(node)
        below = [self.knowledge[arg] for arg in node.args]
        value = node.number if isinstance(node, Constant) else None
        numbers = [operand.value for operand in below]
        if numbers and all(number is not None for number in numbers):
            value = evaluate(FLOAT, node.op.value, *numbers)
        height = 1 + max((operand.height for operand in below), default=-1)
        least = value
        if least is None:
            least = least_value(node, [operand.least for operand in below]) if below else -inf
        knowledge = Knowledge(single(node), height, value, least)
        self.knowledge[node] = knowledge
        return knowledge

    def product(self, node: Node) -> Product:
        """A node as a product."""
        return self.knowledge[node].product

    def value(self, node: Node) -> float | None:
        """The number of a node that depends on constants alone."""
        return self.knowledge[node].value

    def make(self, op: Op, *args: Node) -> Node:
        """The node of an operation, as it stands: the one that is there, or a new one."""
        key = (op.name, *args)
        node = self.table.get(key)
        if node is None:
            node = self.table[key] = Node(op, args)
            self.learn(node)
        return node

    def constant(self, number: float, label: str = "", text: str = "") -> Node:
        """The node of a number; its exact decimal value is that of its text."""
        short = repr(number)
        if not text or label or not isfinite(number) or Decimal(text) == Decimal(short):
            text = short
        key = (CONST.name, label, text)
        node = self.table.get(key)
        if node is None:
            node = self.table[key] = Constant(number, text, label)
            self.learn(node)
        return node

    def leaf(self, node: Node) -> Node:
        """The graph's own node for a leaf, its own or that of another graph.

        Raises ValueError for a node that is not a leaf.
        """
        if node in self.knowledge:
            return node
        if node.left is not None:
            raise ValueError(f"the result of '{node.op.name}' is not a leaf")
        if isinstance(node, Constant):
            return self.constant(node.number, node.label, node.text)
        return self.opaque(node)

    def opaque(self, node: Node) -> Node:
        """The leaf that stands for a node of another graph, whatever it is made of."""
        if node not in self.leaves:
            own = self.leaves[node] = Node(INPUT, label=node.label)
            self.learn(own)
        return self.leaves[node]

    def number(self, x: Operand) -> Number:
        if isinstance(x, Number):
            return x
        if isinstance(x, str):
            x = self.constant(float(x), text=x)
        elif not isinstance(x, Node):
            x = self.constant(float(x))
        return Number(self, self.product(x), x)

    def start(
        self, numbers: Mapping[Node, Any], literal: Callable[[Constant], Any] = NUMBER
    ) -> list[Any]:
        """A run's values, by index: those of constants, and of the inputs in `numbers`."""
        values = [literal(node) if isinstance(node, Constant) else nan for node in self.nodes]
        for node, number in numbers.items():
            if node in self.leaves:
                values[self.leaves[node].index] = number
        return values
