"""What a program is once it is read: its graph, its names, and its functions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from math import nan
from operator import attrgetter
from typing import NamedTuple

from micrograd_cli.errors import Span
from micrograd_cli.language.spelling import one_line
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import Op

Operand = Node | int  # in a function's body an int is one of its slots: a parameter or a step
INDEX = attrgetter("index")


class Output(NamedTuple):
    """An output of a program: its assigned name, its node and where its expression stands."""

    name: str | None
    node: Node
    span: Span


class Program(NamedTuple):
    """A program as a graph without numbers, which nothing changes: `bind` makes runs of it."""

    text: str
    inputs: Mapping[str, Node]  # in order of appearance
    defaults: Mapping[str, float]
    named: Mapping[str, Node]
    constants: Collection[str]  # the constants that it uses
    outputs: Sequence[Output]
    places: Mapping[str, Span]  # where each name first stands
    nodes: Sequence[Node] = ()  # inputs first, then in topological order, each at its `index`
    order: Sequence[Node] = ()  # the inner ones
    start: Sequence[float] = ()  # the constants' numbers, by index; nan elsewhere
    warnings: Sequence[tuple[str, Span]] = ()

    def order_to(self, root: Node) -> Sequence[Node]:
        """The inner nodes that one node depends on, in topological order."""
        if self.outputs and root is self.outputs[0].node:  # whose nodes stand first
            return self.order[: bisect_right(self.order, root.index, key=INDEX)]
        return topological_order(root)

    def expression(self, output: Output) -> str:
        """The text of an output on one line, as mgrad spells it."""
        start, end = output.span
        return one_line(self.text[start:end])

    def labelled(self) -> dict[str, Node]:
        """The inputs and the named nodes."""
        return {**self.inputs, **self.named}


def numbered(program: Program) -> Program:
    """The program with its nodes numbered: those that an input, a name or an output needs."""
    roots = [*[output.node for output in program.outputs], *program.named.values()]
    order = topological_order(*roots)
    nodes = list(program.inputs.values())
    for index, node in enumerate(nodes):
        node.index = index
    for inner in order:
        for arg in inner.args:
            if arg.index < 0:
                arg.index = len(nodes)
                nodes.append(arg)
        inner.index = len(nodes)
        nodes.append(inner)
    for root in roots:
        if root.index < 0:
            root.index = len(nodes)
            nodes.append(root)
    start = [node.number if isinstance(node, Constant) else nan for node in nodes]
    return program._replace(nodes=nodes, order=order, start=start)


class Function:
    """A function of the program: steps that `expand` repeats at each call."""

    def __init__(self, name: str, parameters: list[str], place: Span) -> None:
        self.name = name
        self.parameters = parameters
        self.place = place
        self.slots = {parameter: slot for slot, parameter in enumerate(parameters)}
        self.steps: list[tuple[Op | Function, list[Operand], Span]] = []
        self.size = 0  # how many nodes a call makes
        self.result: Operand = 0

    @property
    def signature(self) -> str:
        """How it is called: `f(x, y)`."""
        return f"{self.name}({', '.join(self.parameters)})"

    def step(self, op: Op | Function, args: list[Operand], span: Span) -> int:
        """Add a step; the slot of its result."""
        self.steps.append((op, args, span))
        self.size += op.size if isinstance(op, Function) else 1
        return len(self.parameters) + len(self.steps) - 1


class Frame(NamedTuple):
    """A call that is being expanded: its slots so far, its steps to come, where it stands."""

    function: Function
    slots: list[Node]
    steps: Iterator[tuple[Op | Function, list[Operand], Span]]
    span: Span

    def result(self) -> Node:
        """The value of the finished call; a node made by it reads as the call: `f(a)`."""
        slot = self.function.result
        if isinstance(slot, Node):
            return slot
        value = self.slots[slot]
        if slot >= len(self.function.parameters):
            value.span = self.span
        return value


def expand(function: Function, args: list[Node], span: Span) -> Node:
    """Repeat a function's steps on nodes. A stack of frames, for calls may nest deeply."""
    frames = [Frame(function, args, iter(function.steps), span)]
    while True:
        frame = frames[-1]
        for op, slots, place in frame.steps:
            inputs = [frame.slots[slot] if isinstance(slot, int) else slot for slot in slots]
            if isinstance(op, Function):
                frames.append(Frame(op, inputs, iter(op.steps), place))
                break
            frame.slots.append(Node(op, inputs, span=place))
        else:
            result = frames.pop().result()
            if not frames:
                return result
            frames[-1].slots.append(result)
