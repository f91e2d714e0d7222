"""What a program is once it is read: its graph, its names, and its functions."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import NamedTuple

from micrograd_cli.engine import Placed, Value, operands, placed, topological_order
from micrograd_cli.errors import Span
from micrograd_cli.ops import Op

Node = Value | int  # in a function's body an int is one of its slots: a parameter or a step


class Output(NamedTuple):
    """An output of a program: its assigned name, its node and where its expression stands."""

    name: str | None
    node: Value
    span: Span


class Program(NamedTuple):
    """A program as a graph of Values without numbers: their data is nan."""

    text: str
    inputs: dict[str, Value]  # in order of appearance
    defaults: dict[str, float]
    named: dict[str, Value]
    constants: Collection[str]  # the constants that it uses
    outputs: list[Output]
    places: dict[str, Span]  # where each name first stands

    def order(self) -> list[Value]:
        """The inner nodes of the outputs and of the named nodes, in topological order."""
        return topological_order(*self.named.values(), *[output.node for output in self.outputs])


class Function:
    """A function of the program: steps that `expand` repeats at each call."""

    def __init__(self, name: str, parameters: list[str], place: Span) -> None:
        self.name = name
        self.parameters = parameters
        self.place = place
        self.slots = {parameter: slot for slot, parameter in enumerate(parameters)}
        self.steps: list[tuple[Op | Function, list[Node], Span]] = []
        self.size = 0  # how many nodes a call makes
        self.result: Node = 0

    @property
    def signature(self) -> str:
        """How it is called: `f(x, y)`."""
        return f"{self.name}({', '.join(self.parameters)})"

    def step(self, op: Op | Function, args: list[Node], span: Span) -> int:
        """Add a step; the slot of its result."""
        self.steps.append((op, args, span))
        self.size += op.size if isinstance(op, Function) else 1
        return len(self.parameters) + len(self.steps) - 1


class Frame(NamedTuple):
    """A call that is being expanded: its slots so far, its steps to come, where it stands."""

    function: Function
    slots: list[Value]
    steps: Iterator[tuple[Op | Function, list[Node], Span]]
    span: Span

    def result(self) -> Value:
        """The value of the finished call; a node made by it reads as the call: `f(a)`."""
        slot = self.function.result
        if isinstance(slot, Value):
            return slot
        value = self.slots[slot]
        if slot >= len(self.function.parameters):
            assert isinstance(value, Placed)
            value.span = self.span
        return value


def expand(function: Function, args: list[Value], span: Span) -> Value:
    """Repeat a function's steps on Values. A stack of frames, for calls may nest deeply."""
    frames = [Frame(function, args, iter(function.steps), span)]
    while True:
        frame = frames[-1]
        for op, slots, place in frame.steps:
            inputs = [frame.slots[slot] if isinstance(slot, int) else slot for slot in slots]
            if isinstance(op, Function):
                frames.append(Frame(op, inputs, iter(op.steps), place))
                break
            frame.slots.append(placed(place, op, math.nan, *operands(tuple(inputs))))
        else:
            result = frames.pop().result()
            if not frames:
                return result
            frames[-1].slots.append(result)
