"""Derivatives as graphs: the engine's own backward loop on the numbers of GRAPH.

A derivative hangs on the same inputs as the graph that it comes from. `engine.forward` evaluates
it, `render.expression` prints it, and it can be differentiated once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from micrograd_cli.engine import NEG, Value, backward, node, operands, topological_order
from micrograd_cli.ops import CONST, INPUT, Op
from micrograd_cli.symbolic.graph import MINUS, PLUS, POWER, TIMES, Graph


def derivatives(
    root: Value, inputs: Iterable[Value], graph: Graph | None = None
) -> dict[Value, Value]:
    """The derivative of a graph by each of the inputs, 0 for one that it does not depend on.

    Derivatives taken in one Graph share their equal nodes: pass it to take several, or higher ones.
    Raises ValueError for an input that is the result of an operation.
    """
    graph = graph or Graph()
    wanted = [graph.leaf(value) for value in inputs]
    root = lift(root, graph)
    copies = copied(root, wanted, graph)
    one = graph.number(1)
    backward([copy for copy in copies.values() if copy.left is not None], one, graph)
    grads = {value: one if value is root else copies[value].grad for value in wanted}
    return {value: graph.plain(grad).node for value, grad in grads.items()}


def copied(root: Value, wanted: Iterable[Value], graph: Graph) -> dict[Value, Value]:
    """Copies of the nodes that depend on wanted ones, whose data is their node as a number.

    Each operand that depends on none is a leaf of its own: what flows there is never written down.
    """
    copies = {value: leaf(value, graph) for value in wanted}
    for value in topological_order(root):
        if any(arg in copies for arg in value.args):
            below = tuple(copies.get(arg) or leaf(arg, graph) for arg in value.args)
            copies[value] = node(value.op, graph.number(value), *operands(below))
    return copies


def leaf(value: Value, graph: Graph) -> Value:
    copy = node(INPUT, graph.number(value))
    copy.grad = None  # the first share of a gradient need not be added to 0
    return copy


def lift(root: Value, graph: Graph) -> Value:
    """The graph's own node for a graph: as it is written, without what a person would leave out."""
    lifted: dict[Value, Value] = {}

    def find(value: Value) -> Value:
        return lifted.get(value) or (value if value in graph.facts else graph.leaf(value))

    for value in topological_order(root):
        if value not in graph.facts:
            found = lifted[value] = rebuilt(graph, value.op, *map(find, value.args))
            if value.label and found.left is not None and not found.label:
                found.label = value.label
    return find(root)


def rebuilt(graph: Graph, op: Op, *args: Value) -> Value:
    """The node of an operation, or a simpler one that gives the same but for the sign of a 0."""
    simpler = SIMPLER.get(op.name)
    found = graph.worked_out(op, args) or (simpler(graph, *args) if simpler else None)
    return found or graph.make(op, *args)


def simpler_sum(graph: Graph, a: Value, b: Value) -> Value | None:
    if a is graph.zero or b is graph.zero:
        return b if a is graph.zero else a
    if a is b:
        return rebuilt(graph, TIMES, graph.constant(2.0), a)
    positive = opposite(graph, b)
    return graph.make(MINUS, a, positive) if positive else None


def simpler_difference(graph: Graph, a: Value, b: Value) -> Value | None:
    if b is graph.zero:
        return a
    if a is graph.zero:
        return rebuilt(graph, NEG, b)
    positive = opposite(graph, b)
    return graph.make(PLUS, a, positive) if positive else None


def opposite(graph: Graph, value: Value) -> Value | None:
    """The node whose negative this one is."""
    if value.op is NEG:
        return value.left  # type: ignore[no-any-return]
    if value.op is CONST and not value.label and value.data < 0:
        return graph.constant(-value.data)
    return None


def simpler_product(graph: Graph, a: Value, b: Value) -> Value | None:
    if a is graph.one or b is graph.one:
        return b if a is graph.one else a
    if a is b:
        return graph.make(POWER, a, graph.constant(2.0))
    if b.op is CONST and a.op is not CONST:
        return rebuilt(graph, TIMES, b, a)
    first, second = graph.facts[a].product, graph.facts[b].product
    if second.factors and second.top != 1 and not first.factors and graph.merged(first, second):
        return graph.times(graph.number(a), graph.number(b)).node  # 6*x for 2*(3*x)
    return None


def simpler_quotient(graph: Graph, a: Value, b: Value) -> Value | None:
    return a if b is graph.one else None


def simpler_power(graph: Graph, a: Value, b: Value) -> Value | None:
    return graph.one if b is graph.zero else a if b is graph.one else None


def simpler_where(graph: Graph, condition: Value, a: Value, b: Value) -> Value | None:
    known = graph.facts[condition].known
    return None if known is None else a if known else b


SIMPLER: dict[str, Callable[..., Value | None]] = {
    "+": simpler_sum,
    "-": simpler_difference,
    "*": simpler_product,
    "/": simpler_quotient,
    "^": simpler_power,
    "neg": opposite,
    "where": simpler_where,
}
