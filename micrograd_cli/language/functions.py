"""Functions of a program: steps that are recorded once and repeated at each call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from micrograd_cli.errors import Span
from micrograd_cli.language.arrays import Array
from micrograd_cli.nodes import Node
from micrograd_cli.ops import Op

Value = Node | Array
Operand = Node | Array | int  # in a function's body an int is one of its slots


class Capture(NamedTuple):
    """A step that takes a value from the frame around: from its slot there."""

    slot: int


class Function:
    """A function of the program, or an expression that a comprehension repeats.

    A step is an operation of the table, a function, a Capture, or an action that is called with the
    builder, its operands, its place and the slots of the frame.
    """

    def __init__(
        self, name: str, parameters: list[str], place: Span, around: Function | None = None
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.place = place
        self.around = around
        self.slots = {parameter: slot for slot, parameter in enumerate(parameters)}
        self.steps: list[tuple[Any, list[Operand], Span]] = []
        self.size = 0  # how many nodes a call makes at least
        self.result: Operand = 0

    @property
    def signature(self) -> str:
        """How it is called: `f(x, y)`."""
        return f"{self.name}({', '.join(self.parameters)})"

    @property
    def arity(self) -> tuple[int, float]:
        """The least and the most number of arguments."""
        return len(self.parameters), len(self.parameters)

    def step(self, op: Any, args: list[Operand], span: Span) -> int:
        """Add a step; the slot of its result."""
        self.steps.append((op, args, span))
        self.size += op.size if isinstance(op, Function) else isinstance(op, Op)
        return len(self.parameters) + len(self.steps) - 1

    def slot(self, name: str, span: Span) -> int | None:
        """The slot of a parameter, of this function or of one around it."""
        if name not in self.slots and self.around is not None:
            outside = self.around.slot(name, span)
            if outside is not None:
                self.slots[name] = self.step(Capture(outside), [], span)
        return self.slots.get(name)

    def within(self, name: str) -> bool:
        """Whether it is the function of that name, or stands in its body."""
        return self.name == name or (self.around is not None and self.around.within(name))


class Frame(NamedTuple):
    """A call that is being expanded: its slots so far, its steps to come, where it stands."""

    function: Function
    slots: list[Value]
    steps: Iterator[tuple[Any, list[Operand], Span]]
    span: Span

    def result(self) -> Value:
        """The value of the finished call; a node made by it reads as the call: `f(a)`."""
        slot = self.function.result
        if not isinstance(slot, int):
            return slot
        value = self.slots[slot]
        if slot >= len(self.function.parameters) and self.function.name:
            for node in value.items if isinstance(value, Array) else (value,):
                if node.left is not None and not node.label:
                    node.span = self.span
        return value


if TYPE_CHECKING:
    from collections.abc import Callable

    Apply = Callable[[Op, list[Any], Span], Value]


def expand(
    function: Function, args: Sequence[Value], span: Span, builder: Any,
    around: Sequence[Value] = (),
) -> Value:  # fmt: skip
    """Repeat a function's steps on values; `around` are the slots that its captures refer to.

    A stack of frames, for calls may nest deeply.
    """
    apply: Apply = builder.apply
    frames = [Frame(function, list(args), iter(function.steps), span)]
    while True:
        frame = frames[-1]
        slots = frame.slots
        for op, operands, place in frame.steps:
            if op.__class__ is Capture:
                slots.append(around[op.slot])
                continue
            inputs = [slots[each] if each.__class__ is int else each for each in operands]
            if op.__class__ is Op:
                slots.append(apply(op, inputs, place))
            elif op.__class__ is Function:
                frames.append(Frame(op, inputs, iter(op.steps), place))  # type: ignore[arg-type]
                break
            else:
                slots.append(op(builder, inputs, place, slots))
        else:
            result = frames.pop().result()
            if not frames:
                return result
            frames[-1].slots.append(result)
