"""What a program is once it is read: its graph, its names, and its functions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from math import nan
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from micrograd_cli.errors import Span
from micrograd_cli.language.arrays import Array, Origin, Place, Shape, element, elements
from micrograd_cli.language.labels import Labels
from micrograd_cli.language.spelling import one_line
from micrograd_cli.nodes import Constant, Node, topological_order

INDEX = attrgetter("index")


class Output(NamedTuple):
    """An output of a program: its assigned name, its node and where its expression stands.

    An array is as many outputs as it has elements: each knows its place and the array's shape.
    """

    name: str | None
    node: Node
    span: Span
    place: Place = ()
    shape: Shape = ()


SHOWN, FEW = 60, 8  # characters and inputs of a program that its repr shows


class Program(NamedTuple):
    """A program as a graph without numbers, which nothing changes: `bind` makes runs of it."""

    text: str
    inputs: Mapping[str, Node]  # in order of appearance
    defaults: Mapping[str, float]
    named: Mapping[str, Node]
    constants: Collection[str]  # the constants that it uses
    outputs: Sequence[Output]
    places: Mapping[str, Span]  # where each name first stands
    arrays: Mapping[str, Shape] = MappingProxyType({})  # inputs and named nodes that are arrays
    sizes: Mapping[str, float] = MappingProxyType({})
    nodes: Sequence[Node] = ()  # inputs first, then in topological order, each at its `index`
    order: Sequence[Node] = ()  # the inner ones
    start: Sequence[float] = ()  # the constants' numbers, by index; nan elsewhere
    warnings: Sequence[tuple[str, Span]] = ()
    blocks: Sequence[Array] = ()  # the arrays that made their own elements
    totals: Mapping[Node, Origin] = MappingProxyType({})  # the nodes made of whole arrays
    repeats: Sequence[Span] = ()  # the text of functions and comprehensions
    labels: Labels = Labels("")  # what its nodes are called

    def __repr__(self) -> str:
        text = one_line(self.text)
        shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
        names = self.input_names()
        more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
        return f"<Program {shown} | inputs: {', '.join(names[:FEW]) or 'none'}{more}>"

    def order_to(self, root: Node) -> Sequence[Node]:
        """The inner nodes that one node depends on, in topological order."""
        if self.outputs and root is self.outputs[0].node:  # whose nodes stand first
            return self.order[: bisect_right(self.order, root.index, key=INDEX)]
        return topological_order(root)

    def expression(self, output: Output) -> str:
        """The text of an output on one line, as mgrad spells it."""
        start, end = output.span
        text = one_line(self.text[start:end])
        if not output.place:
            return text
        return element(text if is_name(text) else f"({text})", output.place)

    def input_names(self) -> list[str]:
        """What a person gives: the arrays and the inputs that are no elements of one."""
        arrays = {
            each: name
            for name, shape in self.arrays.items()
            for each in elements(name, shape)
        }  # fmt: skip
        return list(dict.fromkeys(arrays.get(name, name) for name in self.inputs))

    def missing(self, numbers: Collection[str]) -> str | None:
        """The first input, an array as a whole, that has neither a number nor a default."""
        for name in self.inputs:
            if name not in numbers and name not in self.defaults:
                array = name.rpartition("[")[0]
                whole = array in self.arrays and not any(
                    each in numbers for each in elements(array, self.arrays[array])
                )
                return array if whole else name
        return None

    def labelled(self) -> dict[str, Node]:
        """The inputs and the named nodes."""
        return {**self.inputs, **self.named}


def is_name(text: str) -> bool:
    """Whether a text is one name, in backticks or without."""
    return text.isidentifier() or (text[0] == text[-1] == "`" and text.count("`") == 2)


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
    labels = Labels(program.text, nodes, program.blocks, program.repeats)
    return program._replace(nodes=nodes, order=order, start=start, labels=labels)
