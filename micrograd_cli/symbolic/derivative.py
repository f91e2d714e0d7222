"""Derivatives as graphs: the engine's own backward loop on the numbers of GRAPH.

A derivative is a graph like any other: `engine.forward` evaluates it, `language.printer` prints it,
and it can be differentiated once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd_cli.engine import backward, evaluate
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.ops import INPUT, Op
from micrograd_cli.symbolic.graph import Graph
from micrograd_cli.symbolic.nodes import POWER, WHERE
from micrograd_cli.symbolic.rewriting import rewrite

# x^x of one operand: the sum of the two partials of `^`, by the base and by the exponent.
SELF_POWER = Op(
    "^",
    lambda m, x: m.pow(x, x),
    lambda m, z, x: (m.where(m.eq(x, 0), 0, z * (1 + m.log(x))),),
    "A number to the power of itself.", "2^2", (2.0,),
)  # fmt: skip


def derivatives(root: Node, inputs: Iterable[Node], graph: Graph | None = None) -> dict[Node, Node]:
    """The derivative of a graph by each of the inputs, 0 for one that it does not depend on.

    Derivatives taken in one Graph share their equal nodes: pass it to take several, or higher ones.
    Raises ValueError for an input that is the result of an operation.
    """
    graph = graph or Graph()
    wanted = {node: graph.leaf(node) for node in inputs}
    root = lift(root, graph)
    order, copies, values = copy_dependents(root, wanted.values(), graph)
    grads: list[Any] = []
    if root in copies:
        grads = backward(order, values, copies[root], graph.number(1), graph)
    parts = {node: grads[copies[own].index] if grads else None for node, own in wanted.items()}
    return {node: graph.plain(part).node for node, part in parts.items()}


def derivative(root: Node, by: Node, graph: Graph, known: dict[Node, Node]) -> Node:
    """The derivative of one of the graph's nodes by one of its leaves, in forward mode.

    `known` holds those of nodes that were found before: derivatives of higher order that are taken
    with the same one share their parts, where reverse mode would double them with each order.
    """
    known[by] = graph.one
    for node in topological_order(root):
        if node in known:
            continue
        op, args = operation(node)
        numbers = [graph.number(arg) for arg in args]
        total: Any = None
        shares = evaluate(graph, op.partials, graph.number(node), *numbers)
        for arg, partial in zip(args, shares, strict=True):
            tangent = known.get(arg, graph.zero)
            if partial is not None and tangent is not graph.zero:
                share = partial * graph.number(tangent)
                total = share if total is None else total + share
        known[node] = graph.plain(total).node
    return known.get(root, graph.zero)


def operation(node: Node) -> tuple[Op, tuple[Node, ...]]:
    """What is differentiated: the node's operation, or SELF_POWER for x^x."""
    if node.op is POWER and node.left is node.right:
        return SELF_POWER, (node.left,)
    return node.op, node.args


def without_edge(root: Node, derivative: Node) -> Node:
    """The derivative of x^x as it is on x > 0, for an input x; any other one as it is.

    At x = 0, the end of its domain, the formula gives the limit, -inf, where the engine has 0 by
    convention. Within a larger expression that -inf might meet a 0, so the guard stays there.
    """
    op, args = operation(root)
    alone = op is SELF_POWER and args[0].op is INPUT
    return derivative.args[2] if alone and derivative.op is WHERE else derivative


def copy_dependents(
    root: Node, leaves: Iterable[Node], graph: Graph
) -> tuple[list[Node], dict[Node, Node], list[Any]]:
    """Copies of the nodes that depend on some leaves: in order, by original, and their values.

    Each operand that depends on none is a leaf of its own: what flows there is never written down.
    """
    order: list[Node] = []
    copies: dict[Node, Node] = {}
    values: list[Any] = []

    def copy(node: Node, args: tuple[Node, ...] = ()) -> Node:
        values.append(graph.number(node))
        op = graph.row(operation(node)[0]) if args else INPUT
        return Node(op, args, index=len(values) - 1)

    for leaf in leaves:
        copies[leaf] = copy(leaf)
    for node in topological_order(root):
        if any(arg in copies for arg in node.args):
            args = tuple(copies.get(arg) or copy(arg) for arg in operation(node)[1])
            copies[node] = copy(node, args)
            order.append(copies[node])
    return order, copies, values


def lift(root: Node, graph: Graph) -> Node:
    """The graph's own node for another graph: as it is written, each operation simplified."""
    lifted: dict[Node, Node] = {}

    def own(node: Node) -> Node:
        return lifted.get(node) or graph.leaf(node)

    for node in topological_order(root):
        if node not in graph.knowledge:
            result = lifted[node] = rewrite(graph, node.op, *map(own, node.args))
            if node.label and result.left is not None and not result.label:
                result.label = node.label
    return own(root)
