"""A program's calculation written down: the engine's own loops, run once on a tape's symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.language.program import Program
from micrograd_cli.tape.instructions import Tape


class Result(NamedTuple):
    """A column that the function gives: of which output, and by which input it is a derivative.

    `uncertainty` says that it is the output's standard uncertainty instead.
    """

    name: str
    output: int
    by: str | None
    uncertainty: bool = False


Slopes = Callable[[Sequence[str]], list[Any]]  # of one output by inputs


def trace(
    program: Program,
    results: Sequence[Result],
    numbers: Mapping[str, float],
    uncertain: Sequence[str],
) -> tuple[Tape, list[int]]:
    """The program's calculation on a tape, and the number there of each result."""
    tape = Tape()
    values: list[Any] = list(program.start)
    for name, leaf in program.inputs.items():
        values[leaf.index] = numbers[name] if name in numbers else tape.input(name)
    forward(program.order, values, tape.algebra)

    def slopes_of(output: int) -> Slopes:
        root = program.outputs[output].node
        grads = backward(program.order_to(root), values, root, 1.0, tape.algebra)
        return lambda names: gradient(grads, [program.inputs[name] for name in names])

    outputs = [values[output.node.index] for output in program.outputs]
    return tape, numbered(tape, results, uncertain, outputs, slopes_of)


def numbered(
    tape: Tape,
    results: Sequence[Result],
    uncertain: Sequence[str],
    outputs: Sequence[Any],
    slopes_of: Callable[[int], Slopes],
) -> list[int]:
    """The numbers of the results on the tape; `outputs` are the symbols of the outputs' values."""
    found: list[int] = []
    for index, value in enumerate(outputs):
        mine = [result for result in results if result.output == index]
        slopes: Any = None
        if any(result.by or result.uncertainty for result in mine):
            slopes = slopes_of(index)
        for result in mine:
            x = value
            if result.by is not None:
                (x,) = slopes([result.by])
            elif result.uncertainty:
                x = propagated(tape, slopes(uncertain), [tape.input(f"u_{n}") for n in uncertain])
            found.append(tape.symbol(x).number)
    return found


def propagated(tape: Tape, slopes: Sequence[Any], uncertainties: Sequence[Any]) -> Any:
    """The standard uncertainty by those of independent inputs (JCGM 100, 10)."""
    m = tape.algebra
    # a root that adds nothing, but is nan where an uncertainty is negative
    checked = [u + 0 * m.sqrt(u) for u in uncertainties]
    return m.hypot(*[slope * u for slope, u in zip(slopes, checked, strict=True)], 0)
