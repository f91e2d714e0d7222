"""The rule of an operation as a function of its own.

It runs on an algebra that writes down what it is asked to compute, as it is asked. GRAPH would not
do: it simplifies, and `rest + (count - base)` in logsumexp, where the bracket is 0, would lose the
rest as `rest + count - base`.
"""

from __future__ import annotations

from functools import reduce
from math import inf, pi
from operator import mul
from typing import Any

from micrograd_cli.algebra.formulas import FORMULAS
from micrograd_cli.algebra.reductions import deviations
from micrograd_cli.algebra.vocabulary import INFIX, PRIMITIVES
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT, OPS, Op
from micrograd_cli.render.code.layout import Function


class Number:
    """A node, with Python's operators."""

    __slots__ = ("graph", "node")

    def __init__(self, graph: Verbatim, node: Node) -> None:
        self.graph = graph
        self.node = node

    def __neg__(self) -> Number:
        return self.graph.apply("neg", self)

    def __abs__(self) -> Number:
        return self.graph.apply("abs", self)


class Verbatim:
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

    # The primitives that are no rows. Where a factor is 0 the scale may be inf, as in x*sigmoid(x).

    def sigmoid(self, x: Any, *scale: Any) -> Any:
        return self.scaled(self.apply("sigmoid", x), scale, self.eq(x, -inf))

    def normal_cdf(self, x: Any, *scale: Any) -> Any:
        return self.scaled(self.erfc(-x / self.sqrt(2)) / 2, scale, self.eq(x, -inf))

    def gaussian(self, x: Any, c: float, *scale: Any) -> Any:
        return self.scaled(self.exp(-c * (x * x)), scale, self.eq(abs(x), inf))

    def sech_squared(self, x: Any) -> Any:
        return (1 / self.cosh(x)) ** 2

    def erfinv_slope(self, y: Any, x: Any) -> Any:
        return self.sqrt(self.pi) * self.exp(y * y) / 2

    def prod(self, *x: Any) -> Any:
        return reduce(mul, x)

    def deviations(self, *x: Any) -> list[Any]:
        return deviations(*x)

    def scaled(self, factor: Any, scale: tuple[Any, ...], vanishes: Any) -> Any:
        return self.where(vanishes, 0, scale[0] * factor) if scale else factor

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no primitive is named {name!r}: see algebra/vocabulary.py")


def install_operator(name: str, row: str) -> None:
    """Give Number the operator `__name__` and its reflection."""
    setattr(Number, f"__{name}__", lambda self, other: self.graph.apply(row, self, other))
    setattr(Number, f"__r{name}__", lambda self, other: self.graph.apply(row, other, self))


for _name, _symbol in (INFIX | {"mod": "%", "pow": "^"}).items():
    install_operator(_name, _symbol)
for _name, _formula in FORMULAS.items():
    setattr(Verbatim, _name, _formula)
for _name, _primitive in PRIMITIVES.items():
    if not hasattr(Verbatim, _name):
        _row = "^" if _name == "pow" else _name if _name in OPS else _primitive.symbol
        setattr(Verbatim, _name, lambda self, *x, row=_row: self.apply(row, *x))


def parameters(op: Op, count: int) -> list[str]:
    """The names of that many arguments: those of the row, the last numbered if it repeats."""
    if not op.variadic:
        return list(op.names[:count])
    *first, last = op.names
    return [*first, *[f"{last}{i}" for i in range(1, count - len(first) + 1)]]


def rule(op: Op, count: int) -> Function:
    """The rule of an operation on that many arguments.

    Raises LookupError for a primitive, whose rule says nothing but its name.
    """
    least, most = op.arity
    name = op.name if least == most else f"{op.name}_{count}"
    inputs = [(label, Node(INPUT, label=label)) for label in parameters(op, count)]
    graph = Verbatim()
    root = graph.node(op.value(graph, *[Number(graph, leaf) for _, leaf in inputs]))
    if root.op is op:
        raise LookupError(f"the primitive '{op.name}' has no form")
    return Function(name, inputs, [("value", root)], topological_order(root))
