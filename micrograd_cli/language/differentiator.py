"""The derivatives that a program asks for, made by the GRAPH algebra: few programs import it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.array_functions import called
from micrograd_cli.language.arrays import Array
from micrograd_cli.language.emitter import Emitter
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT
from micrograd_cli.symbolic.derivative import derivative, derivatives
from micrograd_cli.symbolic.graph import Graph
from micrograd_cli.symbolic.rewriting import rewrite


class Differentiator:
    """The derivatives of one program: what they share is made once."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.graph = Graph()
        self.nodes: dict[Node, Node] = {}  # the program's node, by the graph's own
        self.forward: dict[Node, dict[Node, Node]] = {}  # derivatives by a variable, by its leaf
        self.orders: dict[Any, list[Node]] = {}  # of a function: its variable, and f, f', f'' of it
        self.copies: dict[tuple[Node, Node], dict[Node, Node]] = {}  # by variable and argument

    def gradient(self, y: Node, wanted: Sequence[Node], span: Span) -> list[Node]:
        """The derivatives of a node by nodes, each taken as an independent variable."""
        own = {node: self.leaf(node) for node in wanted}  # the graph's node, by the program's
        variables = list(own.values())
        for node in topological_order(y):
            if node not in own and any(arg in own for arg in node.args):
                args = [own.get(arg) or self.outside(arg) for arg in node.args]
                own[node] = rewrite(self.graph, node.op, *args)
                self.nodes.setdefault(own[node], node)
        if y not in own:
            return [self.emitter.fixed(0) for _ in wanted]
        if len(variables) == 1:
            (by,) = variables
            known = self.forward.setdefault(by, {})
            return [self.lowered(derivative(own[y], by, self.graph, known), span)] * len(wanted)
        found = derivatives(own[y], variables, self.graph)
        return [self.lowered(found[own[node]], span) for node in wanted]

    def leaf(self, node: Node) -> Node:
        """The graph's leaf that stands for a node as a whole."""
        found = self.graph.opaque(node)
        self.nodes[found] = node
        return found

    def outside(self, node: Node) -> Node:
        """What stands for a node that is the same whatever the variables are."""
        if not isinstance(node, Constant):
            return self.leaf(node)
        found = self.graph.leaf(node)
        self.nodes.setdefault(found, node)
        return found

    def lowered(self, root: Node, span: Span) -> Node:
        """The program's node for one of the graph: what it has already, and else new ones."""
        for node in (*topological_order(root), root):
            for each in (*node.args, node):
                if each not in self.nodes:
                    self.emitter.reserve(1, span)
                    self.nodes[each] = (
                        Constant(each.number, each.text, each.label, span)
                        if isinstance(each, Constant)
                        else Node(each.op, [self.nodes[arg] for arg in each.args], span=span)
                    )
        return self.nodes[root]

    def derivative(self, function: Any, order: int, span: Span) -> tuple[Node, Node]:
        """A variable, and the derivative of a function of one parameter at it."""
        if function not in self.orders:
            variable = Node(INPUT)
            y = called(self.emitter, function, [variable], span)
            if isinstance(y, Array):
                raise ProgramError("the value of the function is an array", span,
                                   "grad(y, x) of an array is its Jacobian")  # fmt: skip
            self.orders[function] = [variable, y]
        variable, *found = self.orders[function]
        for _ in range(len(found), order + 1):
            (y,) = self.gradient(self.orders[function][-1], [variable], span)
            self.orders[function].append(y)
        return variable, self.orders[function][order + 1]

    def at(self, variable: Node, y: Node, argument: Node, span: Span) -> Node:
        """A node with an argument in place of a variable."""
        copies = self.copies.setdefault((variable, argument), {variable: argument})
        for node in topological_order(y):
            if node not in copies and any(arg in copies for arg in node.args):
                self.emitter.reserve(1, span)
                copies[node] = Node(node.op, [copies.get(arg, arg) for arg in node.args], span=span)
        return copies.get(y, y)
