"""The rules of operations as functions of JavaScript: what a page computes its numbers with.

A rule runs on an algebra that writes down what it is asked to compute, and the code target of `mgrad
diff --to javascript` prints that. GRAPH would not do, because it simplifies: a page has the engine's
numbers only if it takes the engine's steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import pi
from typing import Any, NamedTuple

from micrograd_cli.algebra.scalar import sech_squared
from micrograd_cli.algebra.vocabulary import INFIX, PRIMITIVES
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT, OPS, Op
from micrograd_cli.render.code import language
from micrograd_cli.render.code.target import Function

SPLITTER = 134217729.0  # 2^27 + 1: it parts a float in two halves (Veltkamp 1968)


class Kept(NamedTuple):
    """An operation on a number of operands, as the page keeps it.

    The functions `value(*x)`, `slopes(y, *x)` and, for each kink, whether the point is one are
    called `names` in the source. `slopes` gives the partials, and behind them, if `masked`, whether
    a gradient flows to each of the operands.
    """

    op: Op
    count: int
    value: str
    slopes: str
    kinks: list[str]


class Number:
    """A node, with Python's operators."""

    __slots__ = ("algebra", "node")

    def __init__(self, algebra: Written, node: Node) -> None:
        self.algebra = algebra
        self.node = node

    def __neg__(self) -> Number:
        return self.algebra.apply("neg", self)

    def __pos__(self) -> Number:
        return self

    def __abs__(self) -> Number:
        return self.algebra.apply("abs", self)


class Masked(NamedTuple):
    """A number of which some branch is nothing: what it is, 0 there, and whether it is anything."""

    number: Any
    flows: Any


class Written:
    """The algebra whose numbers are nodes, equal ones once. Nothing is computed or simplified."""

    nothing = None

    def __init__(self) -> None:
        self.nodes: dict[tuple[Any, ...], Node] = {}

    def node(self, x: Any) -> Node:
        """The node of a number of the algebra, or of a plain one."""
        if isinstance(x, Number):
            return x.node
        return self.nodes.setdefault((repr(float(x)),), Constant(float(x)))

    def apply(self, name: str, *x: Any) -> Number:
        args = [self.node(each) for each in x]
        return Number(self, self.nodes.setdefault((name, *args), Node(OPS[name], args)))

    @property
    def pi(self) -> Number:
        return Number(self, self.nodes.setdefault(("pi",), Constant(pi, label="pi")))

    def number(self, text: str) -> Number:
        return Number(self, self.nodes.setdefault((text,), Constant(float(text), text)))

    def ratio(self, top: int, bottom: int) -> Number:
        return self.apply("/", top, bottom)

    def detach(self, x: Any) -> Any:
        return x

    def where(self, condition: Any, chosen: Any, otherwise: Any) -> Any:
        parts = chosen, otherwise
        if all(part is not None and not isinstance(part, Masked) for part in parts):
            return self.apply("where", condition, *parts)
        numbers, flows = zip(*map(masked, parts), strict=True)
        return Masked(self.where(condition, *numbers), self.where(condition, *flows))

    def retry(self, rule: Callable[..., Any], *x: Any) -> Any:
        """The rule once more. Nothing in it raises for its numbers."""
        return rule(self, *x)

    # The primitives that are no rows, by FLOAT's own steps, without those for digits that underflow

    def sech_squared(self, x: Any) -> Any:
        return sech_squared(x, self)

    def sigmoid(self, x: Any, scale: Any = 1) -> Any:
        e = self.exp(-abs(x))
        found = scale * self.where(self.ge(x, 0), 1, e) / (1 + e)
        return self.where(self.lt(x, -745), 0, found)

    def gaussian(self, x: Any, c: float, scale: Any = 1) -> Any:
        high = SPLITTER * x - (SPLITTER * x - x)
        e = self.exp(-c * (high * high))
        found = scale * (e + e * self.expm1(-c * ((x - high) * (x + high))))
        return self.where(self.ge(abs(x), 40), 0, found)

    def normal_cdf(self, x: Any, scale: Any = 1) -> Any:
        return self.where(self.lt(x, -40), 0, scale * self.erfc(-x / self.sqrt(2)) / 2)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no primitive is named {name!r}: see algebra/vocabulary.py")


def masked(part: Any) -> Masked:
    if part is None:
        return Masked(0, 0)
    return part if isinstance(part, Masked) else Masked(part, 1)


def install_operator(name: str, row: str) -> None:
    """Give Number the operator `__name__` and its reflection."""
    setattr(Number, f"__{name}__", lambda self, other: self.algebra.apply(row, self, other))
    setattr(Number, f"__r{name}__", lambda self, other: self.algebra.apply(row, other, self))


for _name, _symbol in (INFIX | {"mod": "%", "pow": "^"}).items():
    install_operator(_name, _symbol)
for _name, _primitive in PRIMITIVES.items():
    if not hasattr(Written, _name):
        _row = "^" if _name == "pow" else _name if _name in OPS else _primitive.symbol
        setattr(Written, _name, lambda self, *x, row=_row: self.apply(row, *x))


def written(operations: Iterable[tuple[str, int]]) -> tuple[list[Kept], str]:
    """The operations, each a name and how many operands it has, and the source of their functions."""
    kept, functions = [], []
    for index, (name, count) in enumerate(operations):
        op = OPS[name]
        own = Kept(op, count, f"v{index}", f"d{index}", [f"k{index}_{i}" for i in range(len(op.kinks))])
        x = [Node(INPUT, label=f"x{i}") for i in range(1, count + 1)]
        y = Node(INPUT, label="y")
        functions += [
            function(own.value, x, [Node(op, x)]),
            function(own.slopes, [y, *x], slopes(op, y, x)),
            *[
                function(name, x, [evaluated(kink.at, x)])
                for name, kink in zip(own.kinks, op.kinks, strict=True)
            ],
        ]
        kept.append(own)
    return kept, language("javascript").module(functions)


def evaluated(rule: Callable[..., Any], x: Sequence[Node]) -> Node:
    algebra = Written()
    return algebra.node(rule(algebra, *[Number(algebra, leaf) for leaf in x]))


def slopes(op: Op, y: Node, x: Sequence[Node]) -> list[Node]:
    """The partials of an operation; where some of them may be nothing, then which of them flow."""
    algebra = Written()
    found = op.partials(algebra, *[Number(algebra, leaf) for leaf in (y, *x)])
    parts = [masked(part) for part in found]
    nodes = [algebra.node(part.number) for part in parts]
    if all(part.flows == 1 for part in parts):
        return nodes
    return nodes + [algebra.node(part.flows) for part in parts]


def function(name: str, inputs: Sequence[Node], outputs: Sequence[Node]) -> Function:
    labelled = [(f"{name}{i}", node) for i, node in enumerate(outputs)]
    return Function(name, [(x.label, x) for x in inputs], labelled, topological_order(*outputs))
