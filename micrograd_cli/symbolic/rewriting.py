"""An operation as a person would write it: constants worked out, x for x + 0, 2*x for x*2.

What is taken over from a program and what the algebra applies to its numbers both pass through
`rewrite`. It looks at one operation at a time, and what it gives has the same value, but for the
sign of a 0. Collecting factors and terms is the algebra's: a program's own stand as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import reduce

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.ops import CONST, OPS, Op
from micrograd_cli.symbolic.nodes import MINUS, NEG, PLUS, POWER, TIMES
from micrograd_cli.symbolic.order import Order


def rewrite(graph: Order, op: Op, *args: Node) -> Node:
    """The node of an operation on nodes of a graph, or a simpler one."""
    number = fold_constants(graph, op, args)
    if number is not None:
        return number
    simplify = IDENTITIES.get(op.name)
    simpler = simplify(graph, *args) if simplify else None
    return simpler or graph.make(op, *args)


def fold_constants(graph: Order, op: Op, args: tuple[Node, ...]) -> Node | None:
    """The number that an operation on constants gives, where a person would see it at once."""
    numbers = [graph.value(arg) for arg in args]
    if any(number is None for number in numbers):
        return None
    result = float(evaluate(FLOAT, op.value, *numbers))
    if op.result == "truth":
        return graph.constant(result)
    if result.is_integer() and abs(result) < 1e15 and all(arg.op is CONST for arg in args):
        # exp(0), log(1), log(e)
        trivial = all(number in (0, 1) for number in numbers) or op.name == "log"
        return graph.constant(result) if trivial or op.arithmetic else None
    top, bottom, factors = graph.product(graph.make(op, *args))
    if not factors and bottom == 1 and float(top) == result:
        return graph.constant(result)
    return None


def simplify_sum(graph: Order, a: Node, b: Node) -> Node | None:
    if a is graph.zero or b is graph.zero:
        return b if a is graph.zero else a
    if a is b:
        return rewrite(graph, TIMES, graph.constant(2.0), a)
    positive = negative_of(graph, b)
    return graph.make(MINUS, a, positive) if positive else None


def simplify_difference(graph: Order, a: Node, b: Node) -> Node | None:
    if b is graph.zero:
        return a
    if a is graph.zero:
        return rewrite(graph, NEG, b)
    positive = negative_of(graph, b)
    return graph.make(PLUS, a, positive) if positive else None


def negative_of(graph: Order, value: Node) -> Node | None:
    """The negative of a node that is itself a negative: x of -x, 2 of -2."""
    if value.op is NEG:
        return value.left  # type: ignore[no-any-return]
    if isinstance(value, Constant) and not value.label and value.number < 0:
        return graph.constant(-value.number)
    return None


def simplify_product(graph: Order, a: Node, b: Node) -> Node | None:
    if a is graph.one or b is graph.one:
        return b if a is graph.one else a
    if a is b:
        return graph.make(POWER, a, graph.constant(2.0))
    if isinstance(b, Constant) and not isinstance(a, Constant):
        return rewrite(graph, TIMES, b, a)
    first, second = graph.product(a), graph.product(b)
    if second.factors and second.top != 1 and not first.factors:
        with suppress(ArithmeticError):
            return graph.node_of(graph.multiply(first, second))  # 6*x for 2*(3*x)
    return None


def simplify_quotient(graph: Order, a: Node, b: Node) -> Node | None:
    return a if b is graph.one else None


def simplify_power(graph: Order, a: Node, b: Node) -> Node | None:
    return graph.one if b is graph.zero else a if b is graph.one else None


def simplify_where(graph: Order, condition: Node, a: Node, b: Node) -> Node | None:
    known = graph.value(condition)
    return None if known is None else a if known else b


def never_less(graph: Order, a: Node, b: Node) -> Node | None:
    """0 for `x^2 + 1 < 0`, which is false of nan too."""
    number = graph.value(b)
    return graph.zero if number is not None and graph.knowledge[a].least >= number else None


def always_more(graph: Order, a: Node, b: Node) -> Node | None:
    """0 for `x^2 + 1 <= 0` and `x^2 + 1 == 0`, which are false of nan too."""
    number = graph.value(b)
    return graph.zero if number is not None and graph.knowledge[a].least > number else None


def write_out(graph: Order, *x: Node) -> Node:
    """A dot product as the sum of products that it is."""
    half = len(x) // 2
    terms = [rewrite(graph, TIMES, a, b) for a, b in zip(x[:half], x[half:], strict=True)]
    if len(terms) <= 2:
        return reduce(lambda a, b: rewrite(graph, PLUS, a, b), terms)
    return graph.make(OPS["sum"], *terms)


IDENTITIES: dict[str, Callable[..., Node | None]] = {
    "+": simplify_sum,
    "-": simplify_difference,
    "*": simplify_product,
    "/": simplify_quotient,
    "^": simplify_power,
    "neg": negative_of,
    "where": simplify_where,
    "<": never_less,
    "<=": always_more,
    "==": always_more,
    "dot": write_out,
}
