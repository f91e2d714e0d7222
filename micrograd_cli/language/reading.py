"""Text to Program, and a Program to numbers: the first two arrows of the flow.

The parser calls a method of `Builder` for each rule of the grammar: the graph grows as it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from micrograd_cli.engine import Value, forward
from micrograd_cli.errors import ProgramError
from micrograd_cli.language.builder import CONSTANTS, Builder
from micrograd_cli.language.parser import parse as run_parser
from micrograd_cli.language.program import Output, Program

__all__ = [
    "CONSTANTS", "MAX_NODES", "Output", "Program", "bind", "evaluate_constant", "parse",
]  # fmt: skip

MAX_NODES = 5_000_000  # about a gigabyte


def parse(text: str, inputs: Iterable[str] = (), max_nodes: int = MAX_NODES) -> Program:
    """The Program of a text. Names in `inputs` are inputs even where constants are called so.

    Raises ProgramError, with the text and the place in it.
    """
    if not text.isascii():
        from unicodedata import normalize

        text = normalize("NFC", text)
    builder = Builder(text, inputs, max_nodes)
    try:
        run_parser(text, builder)
        return builder.program()
    except ProgramError as error:
        error.text = error.text or text
        raise


def bind(program: Program, numbers: Mapping[str, float]) -> list[Value]:
    """Give the inputs their numbers and compute the graph; its inner nodes in topological order.

    Raises KeyError for an input that has neither a number nor a default.
    """
    for name, leaf in program.inputs.items():
        leaf.data = float(numbers[name] if name in numbers else program.defaults[name])
        leaf.grad = 0.0
    order = program.order()
    forward(order)
    return order


def evaluate_constant(text: str) -> float:
    """The number that a constant expression such as `pi/4` stands for. Raises ProgramError."""
    program = parse(text)
    if program.inputs or len(program.outputs) != 1:
        name = next(iter(program.inputs), "")
        raise ProgramError("not a number", program.places.get(name, (0, len(text))), text=text)
    bind(program, {})
    return float(program.outputs[0].node.data)
