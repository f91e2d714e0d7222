"""GRAPH: the algebra whose numbers are nodes of a graph, so that a rule writes its result down.

A `Graph` holds one derivation: its nodes, of which equal ones are one, and what it knows of each.
A `Number` is a product of powers of nodes; it becomes nodes where a sum or a function needs them.
Rewriting keeps a value to a few roundings, and looks only at what stands close together (`WIDTH`),
so a derivation takes time linear in its graph. Nodes refer to no Graph: both free themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import reduce
from math import isfinite, nan, pi
from typing import Any

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.algebra.vocabulary import COMPARISONS
from micrograd_cli.engine import NEG, evaluate
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.ops import CONST, FUNCTIONS, INPUT, OPS, Op, Rule
from micrograd_cli.symbolic.product import (
    EXACT,
    ONE,
    Product,
    collected,
    integer,
    inverse,
    like_term,
    lowest,
    multiplied,
    raised,
    single,
)

WIDTH = 8  # factors of a product, or terms of a sum, that are looked at together
DEPTH = 4  # conditions of a Masked number that are kept apart

PLUS, MINUS, TIMES, OVER, POWER, WHERE = (OPS[name] for name in ("+", "-", "*", "/", "^", "where"))
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
BEST = {"max": ">=", "min": "<="}
# By the function above or below: sinh/cosh is tanh, which does not overflow to inf/inf.
QUOTIENTS = {name: (*op.quotient, op) for op in OPS.values() if op.quotient for name in op.quotient}


class Facts:
    """What a Graph knows of one of its nodes."""

    __slots__ = ("height", "known", "product", "radicand", "terms")

    def __init__(self, product: Product) -> None:
        self.height = 0
        self.product = product  # the node as a product: itself, where nothing better is known
        self.known: float | None = None  # its value, if it is constant
        self.terms: tuple[Product, ...] = ()  # of a sum
        self.radicand: Node | None = None  # of a root that may be squared back


class Number:
    """A number of the algebra: a product, and its node once there is one."""

    __slots__ = ("graph", "made", "product")

    def __init__(self, graph: Graph, product: Product, made: Node | None = None) -> None:
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

    def __pos__(self) -> Number:
        return self


class Masked:
    """A number of which some branch is nothing: no gradient flows there.

    What it is multiplied by stays inside its branches, so an inf or a nan from a branch that is
    not taken cannot leak: 0*inf is nan, where(c, inf, 0) is not.
    """

    __slots__ = ("chosen", "condition", "graph", "otherwise", "vanishes")

    def __init__(self, graph: Graph, condition: Node, chosen: Part, otherwise: Part) -> None:
        self.graph = graph
        self.condition = condition
        self.chosen = chosen
        self.otherwise = otherwise
        self.vanishes = False  # the number is 0 by itself where there is nothing

    def __mul__(self, other: Any) -> Part:
        chosen = None if self.chosen is None else self.chosen * other
        otherwise = None if self.otherwise is None else self.otherwise * other
        return self.graph.choice(self.condition, chosen, otherwise)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Part:
        if not isinstance(other, Masked):
            return self.graph.plus(self.plain(), self.graph.number(other))
        if other.condition is self.condition:
            chosen = both(self.chosen, other.chosen)
            otherwise = both(self.otherwise, other.otherwise)
            return self.graph.choice(self.condition, chosen, otherwise)
        flows = self.graph.make(OPS["or"], self.flows(), other.flows())
        total = self.graph.plus(self.plain(), other.plain())
        joined = Masked(self.graph, flows, total, None)
        joined.vanishes = True
        return joined

    __radd__ = __add__

    def branches(self) -> Iterator[tuple[Node, Number | Masked]]:
        """The branches that are something, each with its condition."""
        if self.chosen is not None:
            yield self.condition, self.chosen
        if self.otherwise is not None:
            yield self.graph.negation(self.condition), self.otherwise

    def plain(self) -> Number:
        """The same with 0 where there is nothing."""
        if self.vanishes and isinstance(self.chosen, Number):
            return self.chosen
        chosen, otherwise = self.graph.plain(self.chosen), self.graph.plain(self.otherwise)
        return self.graph.plain(self.graph.choice(self.condition, chosen, otherwise))

    def flows(self) -> Node:
        """The condition under which there is a number at all."""
        make = self.graph.make
        ways = [
            make(OPS["and"], condition, part.flows()) if isinstance(part, Masked) else condition
            for condition, part in self.branches()
        ]
        return reduce(lambda a, b: make(OPS["or"], a, b), ways)

    def numbers(self) -> list[Number]:
        """The numbers in its branches."""
        parts = [part for _, part in self.branches()]
        return [n for p in parts for n in (p.numbers() if isinstance(p, Masked) else [p])]

    def size(self) -> int:
        """How many conditions it asks."""
        return 1 + sum(part.size() for _, part in self.branches() if isinstance(part, Masked))


Part = Number | Masked | None


def both(a: Any, b: Any) -> Any:
    """The sum of two parts."""
    return b if a is None else a if b is None else a + b


class Graph:
    """One derivation: an algebra `m` for the rules, and the table of its nodes.

    It has the names of `scalar.FLOAT`: the functions of the language, and what rules need besides.
    """

    nothing = None

    def __init__(self) -> None:
        self.nodes: list[Node] = []  # each at its index
        self.table: dict[Any, Node] = {}
        self.facts: dict[Node, Facts] = {}
        self.leaves: dict[Node, Node] = {}  # by the input of another graph that they stand for
        self.zero, self.one = self.constant(0.0), self.constant(1.0)

    @property
    def pi(self) -> Number:
        return self.number(self.constant(pi, "pi"))

    # --- nodes --------------------------------------------------------------------------------

    def learn(self, node: Node) -> Facts:
        """Number a node that is new, and begin its facts."""
        node.index = len(self.nodes)
        self.nodes.append(node)
        facts = self.facts[node] = Facts(single(node))
        return facts

    def leaf(self, node: Node) -> Node:
        """The graph's own node for a leaf, its own or that of another graph.

        Raises ValueError for a node that is no leaf.
        """
        if node in self.facts:
            return node
        if node.left is not None:
            raise ValueError(f"the result of '{node.op.name}' is no leaf")
        if isinstance(node, Constant):
            return self.constant(node.number, node.label, node.text)
        return self.opaque(node)

    def opaque(self, node: Node) -> Node:
        """The leaf that stands for a node of another graph, whatever it is made of."""
        if node not in self.leaves:
            own = self.leaves[node] = Node(INPUT, label=node.label)
            self.learn(own)
        return self.leaves[node]

    def constant(self, number: float, label: str = "", text: str = "") -> Node:
        """The node of a number; its exact decimal value is that of its text."""
        short = repr(number)
        if not text or label or not isfinite(number) or Decimal(text) == Decimal(short):
            text = short
        key = (CONST.name, label, text)
        if key not in self.table:
            node = self.table[key] = Constant(number, text, label)
            facts = self.learn(node)
            facts.known = number
            if number and isfinite(number) and not label:
                with suppress(ArithmeticError):  # more than 15 digits: it stays a factor
                    facts.product = Product(EXACT.create_decimal(text), ONE, {})
        return self.table[key]

    def start(self, numbers: Mapping[Node, float]) -> list[Any]:
        """A run's values, by index: those of constants, and of the inputs in `numbers`."""
        values = [node.number if isinstance(node, Constant) else nan for node in self.nodes]
        for node, number in numbers.items():
            if node in self.leaves:
                values[self.leaves[node].index] = number
        return values

    def make(self, op: Op, *args: Node) -> Node:
        """The node of an operation: the one that is there, or a new one."""
        key = (op.name, *args)
        value = self.table.get(key)
        if value is None:
            value = self.table[key] = Node(op, args)
            facts, below = self.learn(value), [self.facts[arg] for arg in args]
            facts.height = 1 + max(fact.height for fact in below)
            if all(fact.known is not None for fact in below):
                facts.known = evaluate(FLOAT, op.value, *[fact.known for fact in below])
            if op.precedence:
                facts.product = self.product_of(op, args) or facts.product
                facts.terms = self.terms_of(op, args)
        return value

    def product_of(self, op: Op, args: tuple[Node, ...]) -> Product | None:
        """The node of an operation as a product."""
        a, *rest = [self.facts[arg].product for arg in args]
        if op is NEG:
            return -a
        if op is TIMES:
            return self.merged(a, rest[0])
        if op is OVER:
            b = inverse(rest[0])  # x/x is left alone: it is nan at 0
            cancels = any(e == -a.factors.get(base, 0) for base, e in b.factors.items())
            return None if cancels else self.merged(a, b)
        exponent = integer(rest[0]) if op is POWER else None
        return Product(ONE, ONE, {args[0]: exponent}) if exponent else None

    def terms_of(self, op: Op, args: tuple[Node, ...]) -> tuple[Product, ...]:
        """The terms of the node of an operation, if it is a sum."""
        if op is not PLUS and op is not MINUS:
            return ()
        a, b = (self.terms(self.facts[arg].product) for arg in args)
        terms = a + (tuple(-term for term in b) if op is MINUS else b)
        return terms if len(terms) <= WIDTH else ()

    def worked_out(self, op: Op, args: tuple[Node, ...]) -> Node | None:
        """The number that an operation on constants gives, where a person would see it at once."""
        known = [self.facts[arg].known for arg in args]
        if any(x is None for x in known):
            return None
        number = float(evaluate(FLOAT, op.value, *known))
        if op.result == "truth":
            return self.constant(number)
        if number.is_integer() and abs(number) < 1e15 and all(arg.op is CONST for arg in args):
            trivial = all(x in (0, 1) for x in known) or op.name == "log"  # exp(0), log(1), log(e)
            return self.constant(number) if trivial or op.arithmetic else None
        top, bottom, factors = self.facts[self.make(op, *args)].product
        if not factors and bottom == 1 and float(top) == number:
            return self.constant(number)
        return None

    # --- numbers ------------------------------------------------------------------------------

    def number(self, x: Any) -> Number:
        """A Number for a Python number, a node of this graph, a Number, or a decimal text."""
        if isinstance(x, Number):
            return x
        if isinstance(x, str):
            x = self.constant(float(x), text=x)
        elif not isinstance(x, Node):
            x = self.constant(float(x))
        return Number(self, self.facts[x].product, x)

    def ratio(self, top: int, bottom: int) -> Number:
        """A fraction of integers: a decimal where it is one, and never rounded."""
        with suppress(ArithmeticError):
            return Number(self, Product(EXACT.divide(Decimal(top), Decimal(bottom)), ONE, {}))
        return Number(self, Product(*lowest(Decimal(top), Decimal(bottom)), {}))

    def mod(self, x: Any, y: Any) -> Number:
        return self.apply(OPS["%"], x, y)

    def plain(self, part: Part) -> Number:
        """A part with 0 where there is nothing."""
        if part is None:
            return self.number(0)
        return part.plain() if isinstance(part, Masked) else part

    def retry(self, rule: Rule, *x: Any) -> Any:
        """The rule once more. Nothing in it raises for its numbers."""
        return rule(self, *x)

    # --- products -----------------------------------------------------------------------------

    def merged(self, a: Product, b: Product) -> Product | None:
        """The product of two; None if it is too long, or its coefficient is."""
        if len(a.factors) + len(b.factors) > WIDTH:
            return None
        try:
            product = Product(*multiplied(a, b), dict(a.factors))
            for base, exponent in b.factors.items():
                product = self.included(product, base, exponent)
        except ArithmeticError:
            return None
        factors = product.factors
        if self.zero in factors and all(self.finite(base, e) for base, e in factors.items()):
            return single(self.zero)
        return product

    def included(self, product: Product, base: Node, exponent: int) -> Product:
        """The product times a power. Raises ArithmeticError for one that is no exact float."""
        facts = self.facts[base]
        exponent += product.factors.pop(base, 0)
        if abs(exponent) > 2**53:
            raise OverflowError
        if exponent and facts.known and facts.radicand is not None:
            return self.unrooted(product, base, exponent)
        if exponent:
            product.factors[base] = exponent
        elif self.often_zero(base):
            return self.included(product, self.make(OVER, base, base), 1)
        known = QUOTIENTS.get(base.op.name)
        return self.divided(product, *known, base.left) if known else product

    def often_zero(self, base: Node) -> bool:
        """Whether base/base is nan at more than single points, so that it is not taken for 1."""
        known = self.facts[base].known
        if known is not None:
            return known == 0 or not isfinite(known)
        return base.op.vanishes

    def divided(self, product: Product, above: str, below: str, quotient: Op, x: Node) -> Product:
        """The product with tanh(x) for sinh(x)/cosh(x), which is inf/inf from x = 711 on."""
        factors = product.factors
        over, under = self.table.get((above, x)), self.table.get((below, x))
        if over is None or under is None:
            return product
        while factors.get(over, 0) > 0 > factors.get(under, 0):
            for base, step in (over, -1), (under, 1), (self.make(quotient, x), 1):
                factors[base] = factors.get(base, 0) + step
                if not factors[base]:
                    del factors[base]
        return product

    def unrooted(self, product: Product, root: Node, exponent: int) -> Product:
        """The product times a power of the root of a constant: √2·√2 is 2, √2·√π is √(2π)."""
        radicand = self.facts[root].radicand
        assert radicand is not None
        if exponent not in (1, -1):
            half, exponent = divmod(exponent, 2)
            square = self.merged(product, raised(self.facts[radicand].product, half))
            return self.included(square, root, 1) if exponent and square else square or product
        for other, e in product.factors.items():
            inside = self.facts[other].radicand
            if e == exponent and inside is not None and self.facts[other].known:
                del product.factors[other]
                joined = self.times(self.number(inside), self.number(radicand))
                return self.included(product, self.sqrt(joined).node, e)
        product.factors[root] = exponent
        return product

    def finite(self, base: Node, exponent: int) -> bool:
        """Whether a factor is finite by construction, so that 0 times it is 0."""
        known = self.facts[base].known
        return exponent > 0 and (
            isfinite(known) if known is not None else base.op.result == "truth"
        )

    def whole(self, a: Number) -> Product:
        """A Number as one factor, but for its sign."""
        positive = -a if a.product.negative else a
        return single(positive.node, ONE.copy_sign(a.product.top))

    def times(self, a: Number, b: Number) -> Number:
        product = self.merged(a.product, b.product)
        if product is None:  # too long: bind the longer together, or both
            wide, narrow = (a, b) if len(a.product.factors) > len(b.product.factors) else (b, a)
            product = self.merged(self.whole(wide), narrow.product)
            product = product or self.merged(self.whole(a), self.whole(b))
            assert product is not None
        return Number(self, product)

    def over(self, a: Number, b: Number) -> Number:
        return self.times(a, Number(self, inverse(b.product)))

    def pow(self, x: Any, y: Any) -> Number:
        a, b = self.number(x), self.number(y)
        exponent = integer(b.product)
        if exponent in (0, 1):
            return a if exponent else self.number(1)
        unknown = [base for base in a.product.factors if self.facts[base].known is None]
        if exponent is not None and len(unknown) <= 1:  # (a*b)^2 may be finite though a^2 is not
            with suppress(ArithmeticError):  # a coefficient of too many digits stays inside
                power = raised(a.product._replace(factors={}), exponent)
                for base, e in a.product.factors.items():
                    power = self.included(power, base, e * exponent)
                return Number(self, power)
        return self.apply(POWER, a, b)

    def node_of(self, product: Product) -> Node:
        """The node of a product."""
        if product.top == -1 and len(product.factors) == 1:
            terms = self.terms(product)
            if len(terms) > 1 and any(not term.negative for term in terms):
                return self.node_of_sum(terms)  # b - a for -(a - b)
        product = self.squared_back(product)
        powers = sorted(product.factors.items(), key=self.rank)
        over = self.chain(product.top, [(base, e) for base, e in powers if e > 0])
        under = self.chain(product.bottom, [(base, -e) for base, e in powers if e < 0])
        return over if under is self.one else self.make(OVER, over, under)

    def squared_back(self, product: Product) -> Product:
        """The product with 1 + x² for √(1 + x²)²."""
        found = Product(product.top, product.bottom, {})
        for base, exponent in product.factors.items():
            radicand = self.facts[base].radicand
            if radicand is None or exponent % 2:
                found = self.included(found, base, exponent)
            else:
                found = self.included(found, radicand, exponent // 2)
        return found

    def rank(self, power: tuple[Node, int]) -> tuple[int, int, int]:
        """Where a factor stands: constants, symbols, sums of these, powers, functions, sums."""
        base, facts = power[0], self.facts[power[0]]
        if base.left is None:
            kind = 1 if base.op is CONST else 2
        elif facts.terms:
            simple = all(factor.left is None for term in facts.terms for factor in term.factors)
            kind = 3 if simple else 6
        elif base.op is TIMES:  # first: there it needs no brackets
            kind = 0 if power[1] in (1, -1) else 4
        else:
            kind = 4 if base.op is POWER else 5
        return kind, facts.height, base.index

    def chain(self, coefficient: Decimal, powers: Iterable[tuple[Node, int]]) -> Node:
        """The node of a coefficient times powers."""
        nodes = [
            base if exponent == 1 else self.make(POWER, base, self.constant(float(exponent)))
            for base, exponent in powers
        ]
        if nodes and coefficient == -1:
            nodes[0] = self.make(NEG, nodes[0])
        elif coefficient != 1 or not nodes:
            nodes.insert(0, self.constant(float(coefficient)))
        return reduce(lambda a, b: self.make(TIMES, a, b), nodes)

    # --- sums ---------------------------------------------------------------------------------

    def terms(self, product: Product) -> tuple[Product, ...]:
        """The terms of a product that is a sum or the negative of one; else it alone."""
        factors = product.factors
        if len(factors) == 1 and product.bottom == 1 and abs(product.top) == 1:
            ((base, exponent),) = factors.items()
            if base is self.zero:
                return ()
            terms = self.facts[base].terms if exponent == 1 else ()
            if terms:
                return tuple(-term for term in terms) if product.negative else terms
        return (product,)

    def plus(self, a: Number, b: Number) -> Number:
        first, second = self.terms(a.product), self.terms(b.product)
        if not first or not second:
            return a if first else b
        if len(first) + len(second) > WIDTH:
            first, second = (a.product,), (b.product,)
        terms = collected((*first, *second), self.one_term)
        if len(terms) < len(first) + len(second) or first[0].negative:
            return self.number(self.node_of_sum(terms))
        result = a.node
        for term in second:
            known = b.node if term is b.product and not term.negative else None
            result = self.attached(result, term, known)
        return self.number(result)

    def attached(self, total: Node, term: Product, known: Node | None = None) -> Node:
        """A sum plus one more term, whose node may be known."""
        if term.negative:
            return self.make(MINUS, total, self.node_of(-term))
        return self.make(PLUS, total, known or self.node_of(term))

    def node_of_sum(self, terms: Iterable[Product]) -> Node:
        """The node of a sum, which begins with a term that has no minus sign, if there is one."""
        ordered = list(terms)
        if not ordered:
            return self.zero
        first = next((term for term in ordered if not term.negative), ordered[0])
        rest = [term for term in ordered if term is not first]
        return reduce(self.attached, rest, self.node_of(first))

    def one_term(self, a: Product, b: Product) -> Product | None:
        """The sum of two products as a product, where it is simpler than they are."""
        if a.factors == b.factors or a.factors.keys().isdisjoint(b.factors):
            return like_term(a, b)
        try:
            return self.drawn_out(a, b)
        except ArithmeticError:
            return None

    def drawn_out(self, a: Product, b: Product) -> Product | None:
        """What two products share times the sum of what they do not, if some of that cancels.

        It is what makes x/√(1 - x²)³ of ((1 + x) - (1 - x))/(2√(1 - x²)³), which has lost its
        digits near 0. Raises ArithmeticError for coefficients with many digits.
        """
        shared = {v: min(a.factors.get(v, 0), b.factors.get(v, 0)) for v in a.factors | b.factors}
        ratio = Product(*multiplied(inverse(a._replace(factors={})), b), {})
        if ratio.bottom != 1:
            return None
        left = self.spread(ONE, a, shared)
        right = self.spread(ratio.top, b, shared)
        total = collected((*left, *right), like_term)
        if len(total) == len(left) + len(right) or min(len(left), len(right), len(total)) > 1:
            return None
        if not total:
            return Product(Decimal(0), ONE, {})
        common = a._replace(factors={v: e for v, e in shared.items() if e})
        inside = total[0] if len(total) == 1 else single(self.node_of_sum(total))
        return self.merged(common, inside)

    def spread(
        self, scale: Decimal, product: Product, shared: dict[Node, int]
    ) -> tuple[Product, ...]:
        """The terms of scale times what of a product is not shared."""
        own = {v: product.factors.get(v, 0) - e for v, e in shared.items()}
        rest = Product(scale, ONE, {v: e for v, e in own.items() if e})
        if len(rest.factors) != 1:
            return (rest,)
        ((base, exponent),) = rest.factors.items()
        below = shared[base] < 0  # the root of what is negative is nan there already
        inside = self.radicand(base) if exponent == 2 and below else None
        terms = self.terms(self.facts[inside].product if inside else rest._replace(top=ONE))
        return tuple(Product(*multiplied(rest, term), term.factors) for term in terms)

    def radicand(self, root: Node) -> Node | None:
        """What a root is the root of."""
        if root.op.name == "hypot":
            return reduce(self.plus, [self.pow(arg, 2) for arg in root.args]).node
        return root.left if root.op.name == "sqrt" else None

    # --- functions ----------------------------------------------------------------------------

    def apply(self, op: Op, *x: Any) -> Number:
        args = tuple(self.number(each).node for each in x)
        return self.number(self.worked_out(op, args) or self.make(op, *args))

    def compare(self, name: str, x: Any, y: Any) -> Number:
        a, b = self.number(x).node, self.number(y).node
        known = {value: self.facts[value].known for value in (a, *a.args, b, *b.args)}
        if b is self.zero and a.op is MINUS and known[a.right] is not None:
            a, b = a.left, a.right  # x == 1 for x - 1 == 0
        if name == "==" and b.op.name in BEST and len(b.args) == 2 and a in b.args:
            name, b = BEST[b.op.name], b.args[a is b.left]  # x >= y for x == max(x, y)
        if name == ">" and a.op.name == "max" and known[b] is not None:
            above = [arg for arg in a.args if not self.at_most(arg, b)]
            a = above[0] if len(above) == 1 else a  # x > 5 for max(x, 0) > 5
        if known[a] is not None and known[b] is None:
            a, b, name = b, a, MIRRORED[name]
        return self.apply(OPS[name], a, b)

    def at_most(self, a: Node, b: Node) -> bool:
        """Whether it is known that a <= b."""
        x, y = self.facts[a].known, self.facts[b].known
        return x is not None and y is not None and x <= y

    def negation(self, condition: Node) -> Node:
        if condition.op.name == "not":
            return condition.left  # type: ignore[no-any-return]
        return self.make(OPS["not"], condition)

    def where(self, condition: Any, chosen: Any, otherwise: Any) -> Part:
        test = self.number(condition).node
        parts = [
            x if x is None or isinstance(x, Masked) else self.number(x) for x in (chosen, otherwise)
        ]
        known = self.facts[test].known
        return self.choice(test, *parts) if known is None else parts[not known]

    def choice(self, condition: Node, chosen: Part, otherwise: Part) -> Part:
        """`where` on parts."""
        if condition.op.name == "not":
            condition, chosen, otherwise = condition.left, otherwise, chosen
        chosen, otherwise = self.under(condition, 1, chosen), self.under(condition, 2, otherwise)
        if isinstance(chosen, Number) and isinstance(otherwise, Number):
            if chosen.node is otherwise.node:
                return chosen
            return self.number(self.make(WHERE, condition, chosen.node, otherwise.node))
        if chosen is None and otherwise is None:
            return None
        masked = Masked(self, condition, chosen, otherwise)
        if masked.size() <= DEPTH:
            return masked
        numbers = masked.numbers()
        inside = numbers[0] if len(numbers) == 1 else masked.plain()
        return Masked(self, masked.flows(), inside, None)

    def under(self, condition: Node, branch: int, part: Part) -> Part:
        """A part of that branch of a `where`, without the same question in its factors."""
        if isinstance(part, Number):
            top, bottom, factors = part.product
            for base, exponent in factors.items():
                if base.op is WHERE and base.args[0] is condition:
                    rest = {v: e for v, e in factors.items() if v is not base}
                    answer = self.pow(base.args[branch], exponent)
                    return self.times(Number(self, Product(top, bottom, rest)), answer)
        return part

    def sum(self, *x: Any) -> Number:
        numbers = [self.number(each) for each in x]
        if all(number.node.op.result == "truth" for number in numbers):
            return self.apply(OPS["sum"], *numbers)  # a count
        return reduce(self.plus, numbers)

    def hypot(self, *x: Any) -> Number:
        """The root of a sum of squares: written out beside a constant, √(1 + x²)."""
        numbers = [self.number(each) for each in x]
        squares = reduce(self.plus, [self.pow(number, 2) for number in numbers])
        plain = any(self.facts[number.node].known is not None for number in numbers)
        root = self.apply(OPS["sqrt"], squares) if plain else self.apply(OPS["hypot"], *numbers)
        self.facts[root.node].radicand = squares.node
        return root

    def sqrt(self, x: Any) -> Number:
        root, radicand = self.apply(OPS["sqrt"], x), self.number(x).node
        if (self.facts[radicand].known or 0) > 0:
            self.facts[root.node].radicand = radicand
        return root

    def sech_squared(self, x: Any) -> Number:
        return self.over(self.number(1), self.pow(self.apply(OPS["cosh"], x), 2))

    def sigmoid(self, x: Any, scale: Any = 1) -> Number:
        return self.times(self.number(scale), self.apply(OPS["sigmoid"], x))

    def gaussian(self, x: Any, c: float, scale: Any = 1) -> Number:
        square = self.over(self.pow(x, 2), self.number(1 / c))
        return self.times(self.number(scale), self.apply(OPS["exp"], -square))

    def normal_cdf(self, x: Any, scale: Any = 1) -> Number:
        tail = self.apply(OPS["erfc"], self.over(-self.number(x), self.sqrt(2)))
        return self.times(self.number(scale), self.over(tail, self.number(2)))


def install_operator(name: str, combine: Callable[[Graph, Number, Number], Number]) -> None:
    """Give Number the operator `__name__` and its reflection."""

    def forward(self: Number, other: Any) -> Any:
        if isinstance(other, Masked):
            return NotImplemented
        return combine(self.graph, self, self.graph.number(other))

    def reflected(self: Number, other: Any) -> Any:
        return combine(self.graph, self.graph.number(other), self)

    setattr(Number, f"__{name}__", forward)
    setattr(Number, f"__r{name}__", reflected)


for _name, _combine in {
    "add": Graph.plus,
    "sub": lambda graph, a, b: graph.plus(a, -b),
    "mul": Graph.times,
    "truediv": Graph.over,
    "pow": Graph.pow,
}.items():
    install_operator(_name, _combine)
for _name, _op in FUNCTIONS.items():
    if not hasattr(Graph, _name):
        setattr(Graph, _name, lambda self, *x, op=_op: self.apply(op, *x))
for _name, _symbol in COMPARISONS.items():
    setattr(Graph, _name, lambda self, x, y, name=_symbol: self.compare(name, x, y))
