"""What a function consists of: as a graph, and as texts that a target only has to put in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from micrograd_cli.language.arrays import Shape
from micrograd_cli.nodes import Node

Named = list[tuple[str, Node]]


class Function(NamedTuple):
    """A function to be written: its name, its inputs, its outputs, its inner nodes in order.

    `arrays` are the shapes of those whose elements are inputs; each is one parameter.
    """

    name: str
    inputs: Named
    outputs: Named
    order: Sequence[Node]
    arrays: Mapping[str, Shape] = MappingProxyType({})


class Step(NamedTuple):
    """A local variable: its name, its text, and whether it is a condition."""

    name: str
    text: str
    truth: bool
    symbol: str


class Result(NamedTuple):
    """An output: its label, that label as a name, and its text: a name, if the target wants one.

    An array has the outputs that are its elements as `parts`, row after row.
    """

    label: str
    name: str
    text: str
    shape: Shape = ()
    parts: tuple[Result, ...] = ()

    @property
    def elements(self) -> Sequence[Result]:
        """Its parts, or itself."""
        return self.parts or (self,)


class Layout(NamedTuple):
    """A function as texts."""

    name: str
    inputs: list[tuple[str, str]]  # an input, and the parameter that it is
    unused: list[str]  # parameters
    steps: list[Step]
    results: list[Result]
    symbols: Mapping[str, str]  # how parameters and variables are written
    shapes: Mapping[str, Shape] = MappingProxyType({})  # of the parameters that are arrays

    @property
    def parameters(self) -> list[str]:
        return [own for _, own in self.inputs]

    @property
    def gradient(self) -> list[Result]:
        """The derivatives, if the outputs are a value and its derivatives."""
        first, *rest = self.results
        derivatives = all(result.label.startswith("d_") for result in rest)
        return rest if first.label == "value" and derivatives else []

    @property
    def code(self) -> str:
        """All expressions."""
        texts = [*[step.text for step in self.steps], *[result.text for result in self.results]]
        return "\n".join(texts)
