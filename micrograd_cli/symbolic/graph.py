"""GRAPH: the algebra whose numbers are nodes of a graph, so that a rule writes its result down.

A `Graph` holds one derivation. A number is a product of powers of nodes; it becomes a node where a
sum or a function needs one. Rewriting keeps a value to a few roundings, and looks only at what
stands close together (`products.WIDTH`), so a derivation takes time linear in its graph.

The algebra is built up in layers, each a class that adds to the one below: `nodes` is the table,
`products` multiplies, `sums` adds, `order` writes products down as nodes, `conditions` compares,
`choices` chooses, and `Graph` has the functions. `rewriting` is what a single operation goes
through on its way into the table, whether it comes from a rule or from a program.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from functools import reduce
from math import inf, isfinite, pi
from operator import mul

from micrograd_cli.algebra.formulas import FORMULAS
from micrograd_cli.algebra.vocabulary import COMPARISONS
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.ops import FUNCTIONS, OPS, Op
from micrograd_cli.symbolic.choices import Choices
from micrograd_cli.symbolic.number import Number, Operand
from micrograd_cli.symbolic.product import EXACT_DECIMALS, ONE, Product, lowest_terms


class Graph(Choices):
    """One derivation: an algebra `m` for the rules, and the table of its nodes.

    It has the names of `scalar.FLOAT`: the functions of the language, and what rules need besides.
    """

    nothing = None

    def row(self, op: Op) -> Op:
        """The row by which an operation is differentiated: its own."""
        return op

    @property
    def pi(self) -> Number:
        return self.number(self.constant(pi, "pi"))

    def ratio(self, top: int, bottom: int) -> Number:
        """A fraction of integers: a decimal where it is one, and never rounded."""
        with suppress(ArithmeticError):
            decimal = EXACT_DECIMALS.divide(Decimal(top), Decimal(bottom))
            return Number(self, Product(decimal, ONE, {}))
        return Number(self, Product(*lowest_terms(Decimal(top), Decimal(bottom)), {}))

    def mod(self, x: Operand, y: Operand) -> Number:
        return self.apply(OPS["%"], x, y)

    def sum(self, *x: Operand) -> Number:
        numbers = [self.number(each) for each in x]
        if all(number.node.op.result == "truth" for number in numbers):
            return self.apply(OPS["sum"], *numbers)  # a count
        return reduce(self.plus, numbers)

    def hypot(self, *x: Operand) -> Number:
        """The root of a sum of squares."""
        numbers = [self.number(each) for each in x]
        root = self.apply(OPS["hypot"], *numbers)
        self.knowledge[root.node].radicand = self.sum_of_squares(numbers).node
        return root

    def sqrt(self, x: Operand) -> Number:
        root, radicand = self.apply(OPS["sqrt"], x), self.number(x).node
        self.knowledge[radicand].minus_zero = False  # no rule takes a root of -0
        if (self.value(radicand) or 0) > 0:
            self.knowledge[root.node].radicand = radicand
        return root

    def prod(self, *x: Operand) -> Number:
        return reduce(mul, [self.number(each) for each in x])

    def deviations(self, *x: Operand) -> list[Number]:
        mean = self.apply(OPS["mean"], *x)
        return [self.number(each) - mean for each in x]

    def erfinv_slope(self, y: Operand, x: Operand) -> Number:
        return self.sqrt(self.pi) * self.apply(OPS["exp"], self.pow(y, 2)) / 2

    def sech_squared(self, x: Operand) -> Number:
        return 1 / self.apply(OPS["cosh"], x) ** 2

    def sigmoid(self, x: Operand, scale: Operand = 1) -> Number:
        return scale * self.apply(OPS["sigmoid"], x)

    def gaussian(self, x: Operand, c: float, scale: Operand = 1) -> Number:
        square = self.pow(x, 2) / (1 / c)
        bell = scale * self.apply(OPS["exp"], -square)
        grows = self.value(self.number(scale).node) is None
        return self.vanishing(x, bell) if grows else bell

    def silu_slope(self, x: Operand) -> Number:
        return self.sigmoid(x) * (1 + self.vanishing(x, x * self.sigmoid(-self.number(x))))

    def vanishing(self, x: Operand, product: Number) -> Number:
        """A product of x and what falls faster: 0 at an infinite x, where inf*0 is nan."""
        infinite = self.compare("==", self.apply(OPS["abs"], x), inf)
        return self.plain(self.where(infinite, 0, product))

    def normal_cdf(self, x: Operand, scale: Operand = 1) -> Number:
        tail = self.apply(OPS["erfc"], -self.number(x) / self.sqrt(2))
        return scale * (tail / 2)


class ExactGraph(Graph):
    """A derivation in which no float decides anything: its formulas hold for numbers as typed."""

    def value(self, node: Node) -> float | None:
        """The number of a constant 0, inf or nan alone."""
        if not isinstance(node, Constant) or (node.number == 0 and Decimal(node.text) != 0):
            return None
        return None if isfinite(node.number) and node.number else node.number


class PaperGraph(Graph):
    """A derivation for people: -x/y², where a float wants -x/y/y."""

    def overflows(self, product: Product, base: Node) -> bool:
        return False

    def unsigned(self, root: Node) -> Node:
        return root

    def vanishing(self, x: Operand, product: Number) -> Number:
        return product

    def hypot(self, *x: Operand) -> Number:
        """The root of a sum of squares: written out beside a constant, √(1 + x²)."""
        squares = self.sum_of_squares(x)
        if not any(self.value(self.number(each).node) is not None for each in x):
            return super().hypot(*x)
        root = self.apply(OPS["sqrt"], squares)
        self.knowledge[root.node].radicand = squares.node
        return root


for _name, _formula in FORMULAS.items():
    if _name not in FUNCTIONS and not hasattr(Graph, _name):
        setattr(Graph, _name, _formula)
for _name, _op in FUNCTIONS.items():
    if not hasattr(Graph, _name):
        setattr(Graph, _name, lambda self, *x, op=_op: self.apply(op, *x))
for _name, _symbol in COMPARISONS.items():
    setattr(Graph, _name, lambda self, x, y, name=_symbol: self.compare(name, x, y))
