"""A run of a program: its own numbers, so that two runs of one program never meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from micrograd_cli.engine import forward
from micrograd_cli.language.block_values import by_element
from micrograd_cli.language.program import Program
from micrograd_cli.nodes import Node


class Run(NamedTuple):
    """A program computed at a point: the value of each of its nodes, by index."""

    program: Program
    values: list[Any]

    def value(self, node: Node) -> float:
        """The number of a node."""
        return float(self.values[node.index])

    def operands(self, node: Node) -> list[float]:
        """The numbers of a node's operands."""
        return [self.values[arg.index] for arg in node.args]


def bind(program: Program, numbers: Mapping[str, Any]) -> Run:
    """A run of the program whose inputs have these numbers, or else their defaults.

    An array has a nested list or an array of NumPy, or its elements have numbers of their own.
    Raises KeyError for an input that has neither, ValueError for a list of another shape.
    """
    if program.arrays:
        numbers = by_element(program.arrays, numbers)
    values = list(program.start)
    for name, leaf in program.inputs.items():
        values[leaf.index] = float(numbers[name] if name in numbers else program.defaults[name])
    forward(program.order, values)
    return Run(program, values)
