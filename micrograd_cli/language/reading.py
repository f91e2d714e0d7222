"""Text to Program: the first arrow of the flow.

The parser calls a method of `Builder` for each rule of the grammar: the graph grows as it reads.
"""

from __future__ import annotations

from collections.abc import Iterable

from micrograd_cli.errors import ProgramError
from micrograd_cli.language.builder import Builder
from micrograd_cli.language.names import canonical
from micrograd_cli.language.parser import parse as run_parser
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind

MAX_NODES = 5_000_000  # about a gigabyte


def parse(text: str, inputs: Iterable[str] = (), max_nodes: int = MAX_NODES) -> Program:
    """The Program of a text. Names in `inputs` are inputs even where constants are called so.

    Raises ProgramError, with the text and the place in it.
    """
    builder = Builder(text, map(canonical, inputs), max_nodes)
    try:
        run_parser(text, builder)
        return builder.program()
    except ProgramError as error:
        error.text = error.text or text
        raise


def evaluate_constant(text: str) -> float:
    """The number that a constant expression such as `pi/4` stands for. Raises ProgramError."""
    program = parse(text)
    if program.inputs or len(program.outputs) != 1:
        name = next(iter(program.inputs), "")
        raise ProgramError("not a number", program.places.get(name, (0, len(text))), text=text)
    return bind(program, {}).value(program.outputs[0].node)
