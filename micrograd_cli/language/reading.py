"""Text to Program: the first arrow of the flow.

The parser calls a method of `Builder` for each rule of the grammar: the graph grows as it reads.
"""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import prod
from types import MappingProxyType
from typing import Any

from micrograd_cli.errors import ProgramError
from micrograd_cli.language.arrays import Shape, nested
from micrograd_cli.language.builder import Builder, literal
from micrograd_cli.language.names import canonical
from micrograd_cli.language.parser import parse as run_parser
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.numbers import Written

MAX_NODES = 5_000_000  # about a gigabyte


def parse(
    text: str,
    inputs: Iterable[str] = (),
    max_nodes: int = MAX_NODES,
    sizes: Mapping[str, float] = MappingProxyType({}),
    arrays: Mapping[str, Shape] = MappingProxyType({}),
) -> Program:
    """The Program of a text. Names in `inputs` are inputs even where constants are called so.

    `sizes` stand in place of those that the text declares by `size n = 16`; `arrays` are the shapes
    of names that are arrays though the text does not declare them.

    Raises ProgramError, with the text and the place in it.
    """
    builder = Builder(text, map(canonical, inputs), max_nodes, sizes, arrays)
    try:
        run_parser(text, builder)
        return builder.program()
    except ProgramError as error:
        error.text = error.text or text
        raise


def pickled(program: Program) -> tuple[Any, ...]:
    """How pickle keeps a program: its nodes are many, its text is short."""
    outputs = tuple(output.node.index for output in program.outputs)
    return parsed_again, (program.text, tuple(program.inputs), tuple(program.sizes.items()),
                          tuple(program.arrays.items()), outputs)  # fmt: skip


@lru_cache(8)
def parsed_again(
    text: str,
    inputs: tuple[str, ...],
    sizes: tuple[tuple[str, float], ...],
    arrays: tuple[tuple[str, Shape], ...],
    outputs: tuple[int, ...],
) -> Program:
    """The program that pickle kept, with some of its outputs, by the indices of their nodes."""
    program = parse(text, inputs, sys.maxsize, dict(sizes), dict(arrays))
    if len(outputs) == len(program.outputs):
        return program
    found = {output.node.index: output for output in program.outputs}
    return program._replace(outputs=[found[index] for index in outputs])


copyreg.pickle(Program, pickled)


def evaluate_constant(text: str) -> float:
    """The number that a constant expression such as `pi/4` stands for. Raises ProgramError."""
    program = parse(text)
    if program.inputs or len(program.outputs) != 1 or program.outputs[0].shape:
        name = next(iter(program.inputs), "")
        raise ProgramError("not a number", program.places.get(name, (0, len(text))), text=text)
    return bind(program, {}).value(program.outputs[0].node)


def evaluate_array(text: str) -> Any:
    """The nested lists that a constant expression such as `[1, pi/4]` stands for, or the number.

    Raises ProgramError.
    """
    program = parse(text)
    shape = program.outputs[0].shape
    if program.inputs or len(program.outputs) != prod(shape):
        name = next(iter(program.inputs), "")
        raise ProgramError("not a number", program.places.get(name, (0, len(text))), text=text)
    run = bind(program, {})
    return nested(shape, [
        literal(output.node) or Written(run.value(output.node), program.expression(output))
        for output in program.outputs
    ])  # fmt: skip
