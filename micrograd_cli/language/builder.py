"""The builder that the parser calls: statements, and the Program that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.arrays import Array, Shape, element, elements, places
from micrograd_cli.language.expressions import NEG, Expressions
from micrograd_cli.language.functions import Function, Operand, Value
from micrograd_cli.language.names import canonical
from micrograd_cli.language.program import Output, Program, numbered
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.numbers import Written
from micrograd_cli.ops import FUNCTIONS


class Builder(Expressions):
    """What the parser's rules do: one method for each, named in the grammar."""

    def __init__(
        self,
        text: str,
        inputs: Iterable[str],
        max_nodes: int,
        sizes: Mapping[str, float],
        arrays: Mapping[str, Shape],
    ) -> None:
        super().__init__(text, inputs, max_nodes, arrays)
        self.given_sizes = sizes
        self.defaults: dict[str, float] = {}
        self.declared: set[str] = set()  # the inputs that an `input` statement names
        self.outputs: list[Output] = []
        self.last_named: list[Output] = []
        self.bare_end = -1  # where the last statement ended, if it was a bare expression

    def program(self) -> Program:
        """The finished Program. Raises ProgramError if there is no output."""
        outputs = self.outputs or self.last_named
        if not outputs:
            if not (self.inputs or self.functions):
                raise ProgramError("the program is empty")
            end = len(self.text.rstrip())
            hint = "end it with an expression"
            if self.defaults and not self.declared and "\n" not in self.text.strip():
                hint += "; an input of one is given as --a 2"
            raise ProgramError("the program has no output", (end, end), hint)
        return numbered(
            Program(
                self.text,
                self.inputs,
                self.defaults,
                self.named,
                self.constants,
                outputs,
                self.places,
                {name: array.shape for name, array in self.arrays.items()},
                self.sizes,
                warnings=list(self.warnings),
                blocks=self.blocks,
                totals=self.totals,
                repeats=self.repeats,
            )
        )

    def value(self, node: Value, span: Span) -> tuple[Value, Span]:
        """What an assignment assigns, with the place of all its text."""
        return node, span

    def assign(self, word: str, equal: str, assigned: tuple[Value, Span], span: Span) -> None:
        self.bare_end = -1
        name, place = canonical(word), (span[0], span[0] + len(word))
        value, where = assigned
        numbers = self.literals(value, where)
        declared = name in self.declared and not self.has_default(name)
        if name in self.places and not (declared and numbers is not None):
            raise self.assigned_twice(name, place)
        self.places.setdefault(name, place)
        shape = value.shape if isinstance(value, Array) else ()
        if numbers is not None:
            self.input_with_default(name, shape, numbers, place)
            return
        self.last_named = []
        if isinstance(value, Array):
            self.arrays[name] = value
        for each, at in zip(nodes_of(value), places(shape), strict=True):
            own = element(name, at)
            self.named[own] = each
            self.places.setdefault(own, place)
            each.label = each.label or own
            self.last_named.append(Output(own, each, where, at, shape))

    def literals(self, value: Value, where: Span) -> list[float] | None:
        """The numbers of a literal, of an array too: an assignment of them is an input."""
        first = self.text[where[0]]
        if first == "(" or (first == "[") != isinstance(value, Array):
            return None
        numbers = [literal(node) for node in nodes_of(value)]
        return None if None in numbers else numbers  # type: ignore[return-value]

    def has_default(self, name: str) -> bool:
        """Whether an input, or the elements of one, have numbers already."""
        shape = self.arrays[name].shape if name in self.arrays else ()
        return element(name, (0,) * len(shape)) in self.defaults

    def input_with_default(
        self, name: str, shape: Shape, numbers: list[float], place: Span
    ) -> None:
        if name in self.declared:
            own = self.arrays[name].shape if name in self.arrays else ()
            if own != shape:
                message = f"'{name}' is declared with shape {own}, the numbers have {shape}"
                raise ProgramError(message, place, also=[(self.places[name], "declared here")])
        else:
            self.declare_one(name, shape, place)
        self.defaults.update(zip(elements(name, shape), numbers, strict=True))

    def assigned_twice(self, name: str, place: Span) -> ProgramError:
        assigned = name in self.arrays and name not in self.given_arrays
        known = assigned or name in {*self.named, *self.sizes, *self.declared}
        known = known or self.has_default(name)
        message = (
            f"'{name}' is assigned twice" if known else f"'{name}' is used before it is assigned"
        )
        first = "first here" if known else "used here"
        return ProgramError(message, place, also=[(self.places[name], first)])

    def output(self, value: Value, span: Span) -> None:
        if self.text[span[0]] in "+-−" and self.bare_end >= 0:
            between = self.text[self.bare_end : span[0]]
            if ";" not in between.split("\n")[-1] and "\n" in between:
                raise ProgramError(
                    f"a line starts with '{self.text[span[0]]}' after a line that is complete",
                    (span[0], span[0] + 1),
                    "put the sign at the end of the line before, or ';' between two outputs",
                )
        self.bare_end = span[1]
        word = canonical(self.text[span[0] : span[1]])
        shape = value.shape if isinstance(value, Array) else ()
        for node, at in zip(nodes_of(value), places(shape), strict=True):
            name = element(word, at)
            name_or_none = name if name in self.named else None
            self.outputs.append(Output(name_or_none, node, span, at, shape))

    def declare(self, keyword: str, inputs: list[tuple[str, Shape, Span]], span: Span) -> None:
        self.bare_end = -1
        for name, shape, place in inputs:
            taken = name in self.arrays or name in self.sizes or (shape and name in self.places)
            if name in self.named or taken:
                raise self.assigned_twice(name, place)
            self.places.setdefault(name, place)
            self.declared.add(name)
            self.declare_one(name, shape, place)

    def scalar_input(self, word: str, span: Span) -> tuple[str, Shape, Span]:
        return canonical(word), (), span

    def array_input(self, word: str, bracket: str, sizes: list[Operand], closing: str, span: Span
                    ) -> tuple[str, Shape, Span]:  # fmt: skip
        shape = self.shape(sizes, span)
        self.foresee(prod(shape), span)
        return canonical(word), shape, (span[0], span[0] + len(word))

    def first_input(self, one: tuple[str, Shape, Span], span: Span) -> list[Any]:
        return [one]

    def next_input(self, inputs: list[Any], comma: str, one: Any, span: Span) -> list[Any]:
        inputs.append(one)
        return inputs

    def fixed_size(self, word: str, equal: str, value: Value, span: Span) -> None:
        name, place = canonical(word), (span[0], span[0] + len(word))
        if name in self.places:
            raise self.assigned_twice(name, place)
        self.places[name] = place
        number = self.given_sizes.get(name)
        self.sizes[name] = float(self.whole(value, "the size", span)) if number is None else number

    def declared_sizes(self, keyword: str, sizes: None, span: Span) -> None:
        self.bare_end = -1

    def first_name(self, word: str, span: Span) -> list[tuple[str, Span]]:
        return [(canonical(word), span)]

    def next_name(
        self, names: list[tuple[str, Span]], comma: str, word: str, span: Span
    ) -> list[tuple[str, Span]]:
        names.append((canonical(word), (span[1] - len(word), span[1])))
        return names

    def header(self, word: str, opening: str, *rest: Any) -> None:
        parameters, span = (rest[0] if len(rest) == 4 else []), rest[-1]
        name, place = canonical(word), (span[0], span[0] + len(word))
        if name in FUNCTIONS:
            raise ProgramError(f"'{name}' is a built-in function", place, "choose another name")
        if name in self.functions:
            first = self.functions[name].place
            message = f"the function '{name}' is defined twice"
            raise ProgramError(message, place, also=[(first, "first here")])
        names = [parameter for parameter, _ in parameters]
        for index, (parameter, where) in enumerate(parameters):
            if parameter in names[:index]:
                raise ProgramError(f"the parameter '{parameter}' is named twice", where)
        self.function = Function(name, names, place)

    def define(self, header: None, result: Operand, span: Span) -> None:
        function = self.function
        assert function is not None
        self.bare_end = -1
        self.repeats.append(span)
        function.result = result
        self.functions[function.name] = function
        self.function = None


def literal(node: Node) -> float | None:
    """The number if a node is a literal or a signed one: an assignment of it is an input."""
    signed = node.op is NEG
    number = node.left if signed else node
    if number.__class__ is not Constant or number.label:
        return None
    if signed:
        return Written(-number.number, f"-{number.text}")
    return Written(number.number, number.text)


def nodes_of(value: Value) -> Sequence[Node]:
    """The nodes of an array, or the one that a scalar is."""
    return value.items if isinstance(value, Array) else (value,)
