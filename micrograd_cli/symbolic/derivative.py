"""Derivatives as graphs: the engine's own backward loop on the numbers of GRAPH.

A derivative is a graph like any other: `engine.forward` evaluates it, `language.printer` prints it,
and it can be differentiated once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

from micrograd_cli.engine import NEG, backward, evaluate
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT, OPS, Op
from micrograd_cli.symbolic.graph import MINUS, PLUS, POWER, TIMES, Graph


def derivatives(root: Node, inputs: Iterable[Node], graph: Graph | None = None) -> dict[Node, Node]:
    """The derivative of a graph by each of the inputs, 0 for one that it does not depend on.

    Derivatives taken in one Graph share their equal nodes: pass it to take several, or higher ones.
    Raises ValueError for an input that is the result of an operation.
    """
    graph = graph or Graph()
    wanted = {node: graph.leaf(node) for node in inputs}
    root = lift(root, graph)
    order, copies, values = copied(root, wanted.values(), graph)
    grads: list[Any] = []
    if root in copies:
        grads = backward(order, values, copies[root], graph.number(1), graph)
    found = {node: grads[copies[own].index] if grads else None for node, own in wanted.items()}
    return {node: graph.plain(grad).node for node, grad in found.items()}


def derivative(root: Node, by: Node, graph: Graph, known: dict[Node, Node]) -> Node:
    """The derivative of one of the graph's nodes by one of its leaves, in forward mode.

    `known` holds those of nodes that were found before: derivatives of higher order that are taken
    with the same one share their parts, where reverse mode would double them with each order.
    """
    known[by] = graph.one
    for node in topological_order(root):
        if node in known:
            continue
        numbers = [graph.number(arg) for arg in node.args]
        total: Any = None
        shares = evaluate(graph, node.op.partials, graph.number(node), *numbers)
        for arg, partial in zip(node.args, shares, strict=True):
            tangent = known.get(arg, graph.zero)
            if partial is not None and tangent is not graph.zero:
                share = partial * graph.number(tangent)
                total = share if total is None else total + share
        known[node] = graph.plain(total).node
    return known.get(root, graph.zero)


def copied(
    root: Node, wanted: Iterable[Node], graph: Graph
) -> tuple[list[Node], dict[Node, Node], list[Any]]:
    """Copies of the nodes that depend on wanted ones: in order, by original, and their values.

    Each operand that depends on none is a leaf of its own: what flows there is never written down.
    """
    order: list[Node] = []
    copies: dict[Node, Node] = {}
    values: list[Any] = []

    def copy(node: Node, args: tuple[Node, ...] = ()) -> Node:
        values.append(graph.number(node))
        return Node(node.op if args else INPUT, args, index=len(values) - 1)

    for node in wanted:
        copies[node] = copy(node)
    for node in topological_order(root):
        if any(arg in copies for arg in node.args):
            args = tuple(copies.get(arg) or copy(arg) for arg in node.args)
            copies[node] = copy(node, args)
            order.append(copies[node])
    return order, copies, values


def lift(root: Node, graph: Graph) -> Node:
    """The graph's own node for a graph: as it is written, without what a person would leave out."""
    lifted: dict[Node, Node] = {}

    def find(value: Node) -> Node:
        return lifted.get(value) or (value if value in graph.facts else graph.leaf(value))

    for value in topological_order(root):
        if value not in graph.facts:
            found = lifted[value] = rebuilt(graph, value.op, *map(find, value.args))
            if value.label and found.left is not None and not found.label:
                found.label = value.label
    return find(root)


def rebuilt(graph: Graph, op: Op, *args: Node) -> Node:
    """The node of an operation, or a simpler one that gives the same but for the sign of a 0."""
    simpler = SIMPLER.get(op.name)
    found = graph.worked_out(op, args) or (simpler(graph, *args) if simpler else None)
    return found or graph.make(op, *args)


def simpler_sum(graph: Graph, a: Node, b: Node) -> Node | None:
    if a is graph.zero or b is graph.zero:
        return b if a is graph.zero else a
    if a is b:
        return rebuilt(graph, TIMES, graph.constant(2.0), a)
    positive = opposite(graph, b)
    return graph.make(MINUS, a, positive) if positive else None


def simpler_difference(graph: Graph, a: Node, b: Node) -> Node | None:
    if b is graph.zero:
        return a
    if a is graph.zero:
        return rebuilt(graph, NEG, b)
    positive = opposite(graph, b)
    return graph.make(PLUS, a, positive) if positive else None


def opposite(graph: Graph, value: Node) -> Node | None:
    """The node whose negative this one is."""
    if value.op is NEG:
        return value.left  # type: ignore[no-any-return]
    if isinstance(value, Constant) and not value.label and value.number < 0:
        return graph.constant(-value.number)
    return None


def simpler_product(graph: Graph, a: Node, b: Node) -> Node | None:
    if a is graph.one or b is graph.one:
        return b if a is graph.one else a
    if a is b:
        return graph.make(POWER, a, graph.constant(2.0))
    if isinstance(b, Constant) and not isinstance(a, Constant):
        return rebuilt(graph, TIMES, b, a)
    first, second = graph.facts[a].product, graph.facts[b].product
    if second.factors and second.top != 1 and not first.factors and graph.merged(first, second):
        return graph.times(graph.number(a), graph.number(b)).node  # 6*x for 2*(3*x)
    return None


def simpler_quotient(graph: Graph, a: Node, b: Node) -> Node | None:
    return a if b is graph.one else None


def simpler_power(graph: Graph, a: Node, b: Node) -> Node | None:
    return graph.one if b is graph.zero else a if b is graph.one else None


def simpler_where(graph: Graph, condition: Node, a: Node, b: Node) -> Node | None:
    known = graph.facts[condition].known
    return None if known is None else a if known else b


def products(graph: Graph, *x: Node) -> Node:
    """A dot product as the sum of products that it is."""
    half = len(x) // 2
    terms = [rebuilt(graph, TIMES, a, b) for a, b in zip(x[:half], x[half:], strict=True)]
    if len(terms) <= 2:
        return reduce(lambda a, b: rebuilt(graph, PLUS, a, b), terms)
    return graph.make(OPS["sum"], *terms)


SIMPLER: dict[str, Callable[..., Node | None]] = {
    "+": simpler_sum,
    "-": simpler_difference,
    "*": simpler_product,
    "/": simpler_quotient,
    "^": simpler_power,
    "neg": opposite,
    "where": simpler_where,
    "dot": products,
}
