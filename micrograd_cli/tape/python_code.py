"""A tape as a Python function of floats: straight code, generated from its instructions.

The code has nothing of the user's in it: instructions of the table's rules, and names by number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from micrograd_cli.algebra.scalar import IEEE, PLAIN, Ieee
from micrograd_cli.algebra.vocabulary import COMPARISONS, INFIX
from micrograd_cli.tape.instructions import Apply, Tape

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


def python_source(tape: Tape, results: Sequence[int], inputs: Sequence[str]) -> str:
    """The instructions as the Python function `row` of the inputs; constants are names in it."""
    names = {
        number: f"{'k' if number in tape.constants else 't'}{number}"
        for number in tape.live(results)
    }
    arguments = [names.get(tape.input(name).number, f"unused{i}") for i, name in enumerate(inputs)]
    lines = [f"def row({', '.join(arguments)}):"]
    for number, name in names.items():
        instruction = tape.instructions[number]
        if isinstance(instruction, Apply):
            args = [names[arg] for arg in instruction.args]
            template = TEMPLATES.get(instruction.name)
            text = template.format(*args) if template else f"{instruction.name}({', '.join(args)})"
            lines.append(f"    {name} = {text}")
    lines.append(f"    return ({''.join(names[number] + ', ' for number in results)})")
    return "\n".join(lines)


def scalar_function(
    tape: Tape, results: Sequence[int], inputs: Sequence[str]
) -> Callable[..., tuple[float, ...]]:
    """The calculation on floats; where Python raises, on Ieee numbers, as the engine does."""
    code = compile(python_source(tape, results, inputs), "<mgrad>", "exec")
    constants = {f"k{number}": value for number, value in tape.constants.items()}
    plain: dict[str, Any] = {**PLAIN, "pow": math.pow, **constants, "one": 1.0, "zero": 0.0}
    exec(code, plain)
    row = plain["row"]
    exact: Any = None

    def by_ieee(*x: float) -> tuple[float, ...]:
        nonlocal exact
        if exact is None:
            ieee = {name: Ieee(value) for name, value in constants.items()}
            names: dict[str, Any] = {**vars(IEEE), **ieee, "one": Ieee(1), "zero": Ieee(0)}
            exec(code, names)
            exact = names["row"]
        return tuple(map(float, exact(*map(Ieee, x))))

    def function(*x: float) -> tuple[float, ...]:
        try:
            return row(*x)  # type: ignore[no-any-return]
        except (ArithmeticError, ValueError):
            return by_ieee(*x)

    return function
