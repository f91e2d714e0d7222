"""`grad(y, x)` and `f'(x)`: derivatives as part of the program, by the GRAPH algebra.

What they make are nodes like any other, so a derivative may be differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.array_functions import argument, called
from micrograd_cli.language.arrays import Array, shape_of, shape_text
from micrograd_cli.language.emitter import Emitter
from micrograd_cli.language.functions import Function, Value
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT, Op
from micrograd_cli.symbolic.derivative import derivative, derivatives
from micrograd_cli.symbolic.graph import Graph
from micrograd_cli.symbolic.rewriting import rewrite

HIGHEST = 30  # order of a derivative


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


class Derived(NamedTuple):
    """`f''`: a function of one parameter and the order of its derivative; an action."""

    name: str
    function: Any
    order: int
    parameters: str = "x"

    @property
    def signature(self) -> str:
        """How it is called: `f''(x)`."""
        return f"{self.name}{chr(39) * self.order}(x)"

    def __call__(
        self, emitter: Any, args: list[Any], span: Span, slots: Sequence[Value] = ()
    ) -> Value:
        differentiator: Differentiator = emitter.differentiator
        with emitter.nested(span):
            variable, y = differentiator.derivative(self.function, self.order, span)
        (x,) = args
        if not isinstance(x, Array):
            return differentiator.at(variable, y, x, span)
        return Array(x.shape, [differentiator.at(variable, y, item, span) for item in x.items])


def derived(name: str, primes: int, function: Any, span: Span) -> Derived:
    """The derivative of a function as one. Raises ProgramError if it has several arguments."""
    if isinstance(function, Function):
        single, signature = len(function.parameters) == 1, function.signature
    elif isinstance(function, Op):
        single, signature = function.arity[0] == 1, function.signature
    else:
        single, signature = False, function.signature
    if not single or (isinstance(function, Op) and function.variadic):
        raise ProgramError(
            f"{name}' is for a function of one number, this is {signature}", span,
            f"did you mean grad({signature}, x)?",
        )  # fmt: skip
    if primes > HIGHEST:
        raise ProgramError(f"the order of the derivative is {primes}, at most {HIGHEST}", span)
    return Derived(name, function, primes)


def grad(emitter: Any, args: list[Any], span: Span) -> Value:
    """`grad(y, x)`: of the shape of y, then that of x."""
    y, x = args
    shape = shape_of(y) + shape_of(x)
    if len(shape) > 2:
        raise ProgramError(
            f"the derivative of shape {shape_text(shape_of(y))} by shape"
            f" {shape_text(shape_of(x))} has {len(shape)} dimensions, at most 2", span
        )  # fmt: skip
    wanted = list(x.items) if isinstance(x, Array) else [x]
    roots = list(y.items) if isinstance(y, Array) else [y]
    check_variables(emitter, roots, wanted, span)
    emitter.foresee(len(wanted) * len(roots), span)
    found = [
        node
        for root in roots
        for node in emitter.differentiator.gradient(root, wanted, span)
    ]  # fmt: skip
    return Array(shape, found) if shape else found[0]


def check_variables(
    emitter: Emitter, roots: Sequence[Node], wanted: Sequence[Node], span: Span
) -> None:
    """Raise ProgramError if nothing can depend on what is written as the second argument."""
    for node in wanted:
        named = node.op is INPUT or (node.label and not isinstance(node, Constant))
        here = node.span is not None and span[0] <= node.span[0] <= node.span[1] <= span[1]
        if named or not here:
            continue
        if not any(node is each or node in each.args for each in topological_order(*roots)):
            raise ProgramError(
                "the first argument does not contain this expression", argument(emitter, span, 1),
                "give it a name before, and use the name in both",
            )  # fmt: skip
