"""A tape as a Python function of floats: straight code, generated from its instructions.

The code has nothing of the user's in it: instructions of the table's rules, and names by number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from micrograd_cli.algebra.scalar import IEEE, PLAIN, Ieee
from micrograd_cli.algebra.vocabulary import COMPARISONS, INFIX
from micrograd_cli.tape.instructions import FOLD, Apply, Tape

# The others are calls of functions by their names.
TEMPLATES = {
    **{name: f"{{0}} {symbol} {{1}}" for name, symbol in (INFIX | COMPARISONS).items()},
    "mod": "{0} % {1}",
    "neg": "-{0}",
    "square": "{0} ** 2",
    "both": "{0} and {1}",
    "either": "{0} or {1}",
    "negate": "not {0}",
    "indicator": "one if {0} else zero",
    "where": "{1} if {0} else {2}",
}


PIECE = 500  # lines of a function: of longer ones the compiler's time and memory grow too fast
FEW = 20  # rows for which a calculation of several pieces is not compiled

# The instructions as functions, for floats and, where Python raises, for Ieee numbers.
EXACT: dict[str, Callable[..., Any]] = {**FOLD, "indicator": Ieee}
FAST = {name: PLAIN.get(name, function) for name, function in FOLD.items()} | {"pow": math.pow}


def lines_of_code(tape: Tape, numbers: Sequence[int]) -> list[tuple[int, str, list[int]]]:
    """A line for each instruction: its number, its text, and the instructions that it needs."""
    found = []
    for number in numbers:
        instruction = tape.instructions[number]
        if isinstance(instruction, Apply):
            args = [name_of(tape, arg) for arg in instruction.args]
            template = TEMPLATES.get(instruction.name)
            text = template.format(*args) if template else f"{instruction.name}({', '.join(args)})"
            found.append((number, f"{name_of(tape, number)} = {text}", [*instruction.args]))
    return found


def name_of(tape: Tape, number: int) -> str:
    """A constant is a global name, what is computed a local one."""
    return f"{'k' if number in tape.constants else 't'}{number}"


def python_source(tape: Tape, results: Sequence[int], inputs: Sequence[str]) -> Iterator[str]:
    """The instructions as Python: at last the function `row` of the inputs.

    A short calculation is that function alone. A long one is in functions of some lines each, which
    hand on in the list `v` what the later ones need.
    """
    live = tape.live(results)
    code = lines_of_code(tape, live)
    leaves = [tape.input(name).number for name in inputs]
    known = set(live)
    arguments = [
        name_of(tape, number) if number in known else f"unused{i}"
        for i, number in enumerate(leaves)
    ]
    if len(code) <= PIECE:
        lines = [text for _, text, _ in code]
        yield function_source("row", arguments, lines, [name_of(tape, each) for each in results])
        return
    pieces = [code[i : i + PIECE] for i in range(0, len(code), PIECE)]
    own = [{number for number, _, _ in piece} for piece in pieces]
    needed = [
        {arg for _, _, args in piece for arg in args} - mine - tape.constants.keys()
        for piece, mine in zip(pieces, own, strict=True)
    ]
    crossing = set().union(*needed, results) - tape.constants.keys()
    place = {number: index for index, number in enumerate(sorted(crossing))}

    def load(numbers: Iterable[int]) -> list[str]:
        return [f"t{number} = v[{place[number]}]" for number in sorted(numbers)]

    def store(numbers: Iterable[int]) -> list[str]:
        return [f"v[{place[number]}] = t{number}" for number in sorted(numbers)]

    for index, piece in enumerate(pieces):
        lines = [*load(needed[index]), *[text for _, text, _ in piece],
                 *store(own[index] & crossing)]  # fmt: skip
        yield function_source(f"piece{index}", ["v"], lines, [])
    calls = [f"piece{index}(v)" for index in range(len(pieces))]
    lines = [f"v = [None] * {len(place)}", *store(crossing & {*leaves}), *calls]
    lines += load({*results} & crossing)
    yield function_source("row", arguments, lines, [name_of(tape, each) for each in results])


def function_source(
    name: str, arguments: Sequence[str], lines: Sequence[str], results: Sequence[str]
) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    values = "".join(f"{result}, " for result in results)
    return f"def {name}({', '.join(arguments)}):\n{body}    return ({values})"


def scalar_function(
    tape: Tape, results: Sequence[int], inputs: Sequence[str]
) -> Callable[..., tuple[float, ...]]:
    """The calculation on floats; where Python raises, on Ieee numbers, as the engine does."""
    calculation = Calculation(tape, results, inputs)
    if len(calculation.live) > PIECE:
        return calculation
    row = calculation.compiled

    def function(*x: float) -> tuple[float, ...]:
        try:
            return row(*x)
        except (ArithmeticError, ValueError):
            return tuple(map(float, calculation.compiled_exactly(*map(Ieee, x))))

    return function


class Calculation:
    """The instructions as a function: a long one is interpreted for a few rows, then compiled."""

    def __init__(self, tape: Tape, results: Sequence[int], inputs: Sequence[str]) -> None:
        self.tape = tape
        self.results = results
        self.inputs = inputs
        self.live = tape.live(results)
        self.done = 0  # rows

    def __call__(self, *x: float) -> tuple[float, ...]:
        self.done += 1
        few = self.done <= FEW
        try:
            return self.interpret(x, FAST, float) if few else self.compiled(*x)
        except (ArithmeticError, ValueError):
            exact = map(Ieee, x)
            found = self.interpret([*exact], EXACT, Ieee) if few else self.compiled_exactly(*exact)
            return tuple(map(float, found))

    def interpret(
        self, x: Sequence[float], functions: Mapping[str, Callable[..., Any]], number: Any
    ) -> tuple[Any, ...]:
        tape = self.tape
        values: dict[int, Any] = {
            index: value if isinstance(value, bool) else number(value)
            for index, value in tape.constants.items()
        }
        for name, each in zip(self.inputs, x, strict=True):
            values[tape.input(name).number] = each
        for index in self.live:
            instruction = tape.instructions[index]
            if isinstance(instruction, Apply):
                args = [values[arg] for arg in instruction.args]
                values[index] = functions[instruction.name](*args)
        return tuple(values[index] for index in self.results)

    @cached_property
    def compiled(self) -> Callable[..., tuple[float, ...]]:
        constants = {f"k{number}": value for number, value in self.tape.constants.items()}
        return self.compile({**PLAIN, "pow": math.pow, **constants, "one": 1.0, "zero": 0.0})

    @cached_property
    def compiled_exactly(self) -> Callable[..., tuple[float, ...]]:
        constants = {f"k{number}": Ieee(value) for number, value in self.tape.constants.items()}
        return self.compile({**vars(IEEE), **constants, "one": Ieee(1), "zero": Ieee(0)})

    def compile(self, names: dict[str, Any]) -> Callable[..., tuple[float, ...]]:
        for source in python_source(self.tape, self.results, self.inputs):
            exec(compile(source, "<mgrad>", "exec"), names)
        return names["row"]  # type: ignore[no-any-return]
