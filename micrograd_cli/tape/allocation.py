"""The steps of an array tape for one block of rows, with arrays that are used again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from micrograd_cli.tape.array_steps import Align, Fill, Layout, Sum, Take, Transpose
from micrograd_cli.tape.array_tape import ArrayTape
from micrograd_cli.tape.columns import OTHERS, UFUNCS
from micrograd_cli.tape.instructions import Apply

VIEWS = (Align, Fill, Take, Transpose, Sum)  # steps whose result may be part of their operand


class Step(NamedTuple):
    """An instruction: `registers[into] = function(*registers[args])`, in `buffer` if it has one."""

    function: Callable[..., Any]
    args: tuple[int, ...]
    into: int
    buffer: int | None
    dying: tuple[int, ...]  # registers that nothing needs after it


def plain_step(tape: ArrayTape, number: int) -> Step:
    instruction: Any = tape.instructions[number]
    return Step(function_of(instruction), instruction.args, number, None, ())


def function_of(instruction: Apply) -> Callable[..., Any]:
    name: Any = instruction.name
    return UFUNCS.get(name) or OTHERS.get(name) or name


def allocated(
    tape: ArrayTape, numbers: Sequence[int], results: Sequence[int], shapes: list[tuple[int, ...]]
) -> Iterator[Step]:
    """The steps of a block, in order, with arrays that are used again; `shapes` are these arrays'.

    A view keeps the array that it is a part of.
    """
    code = {number: tape.instructions[number] for number in numbers}
    base: dict[int, int] = {}  # of a view the number whose array it is
    last: dict[int, int] = {}
    for number, instruction in code.items():
        assert isinstance(instruction, Apply)
        if isinstance(instruction.name, VIEWS):
            arg = instruction.args[0]
            base[number] = base.get(arg, arg)
        for arg in instruction.args:
            last[arg] = last[base.get(arg, arg)] = number
    for number in results:
        last[number] = last[base.get(number, number)] = len(tape.instructions)
    ending: dict[int, list[int]] = {}
    for number, end in last.items():
        if number in code:
            ending.setdefault(end, []).append(number)
    free: dict[tuple[int, ...], list[int]] = {}
    owned: dict[int, int] = {}
    for number, instruction in code.items():
        assert isinstance(instruction, Apply)
        layout: Layout = tape.layouts[number]
        dying = [each for each in ending.get(number, ()) if each != number]
        for each in dying:
            if each in owned:
                free.setdefault(tape.layouts[each].shape, []).append(owned.pop(each))
        buffer = None
        if layout.rows and instruction.name in UFUNCS:
            slots = free.setdefault(layout.shape, [])
            if not slots:
                slots.append(len(shapes))
                shapes.append(layout.shape)
            buffer = owned[number] = slots.pop()
        yield Step(function_of(instruction), instruction.args, number, buffer, tuple(dying))
