"""Graphs for tests, made by hand and evaluated without the engine's loops."""

import math

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import backward, evaluate, forward
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT


def inputs(count):
    """Leaves called x, y, z, u, v, x5, x6 ..."""
    names = [*"xyzuv"[:count], *[f"x{i}" for i in range(5, count)]]
    return [Node(INPUT, label=name) for name in names]


def application(op, args):
    return Node(op, args)


def computed(roots, point):
    """The numbers of all nodes below the roots, where inputs have those of the point by label."""
    numbers = {}

    def number(node):
        if node not in numbers:
            numbers[node] = node.number if isinstance(node, Constant) else point[node.label]
        return numbers[node]

    for node in topological_order(*roots):
        numbers[node] = evaluate(FLOAT, node.op.value, *map(number, node.args))
    for root in roots:
        number(root)
    return numbers


def value(node, leaves, numbers):
    """The number of a node, where the leaves have these numbers."""
    point = {leaf.label: number for leaf, number in zip(leaves, numbers, strict=True)}
    return computed([node], point)[node]


def gradient(root, leaves, numbers):
    """The derivatives of a graph made by hand, by the engine's loops."""
    order = topological_order(root)
    nodes = list(dict.fromkeys([*leaves, *[n for inner in order for n in (*inner.args, inner)]]))
    for index, node in enumerate(nodes):
        node.index = index
    values = [node.number if isinstance(node, Constant) else math.nan for node in nodes]
    for leaf, number in zip(leaves, numbers, strict=True):
        values[leaf.index] = number
    forward(order, values)
    grads = backward(order, values, root, 1.0)
    return [0.0 if grads[leaf.index] is None else grads[leaf.index] for leaf in leaves]
