"""The builder that the parser calls: scopes, names, and the nodes of the graph as text is read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any

from micrograd_cli.errors import ProgramError, Span, suggestion
from micrograd_cli.language.array_functions import ArrayFunction
from micrograd_cli.language.array_rules import ACTIONS, PRIMES, ArrayRules, Opening
from micrograd_cli.language.arrays import (
    GIVEN,
    Array,
    Element,
    Origin,
    Place,
    Shape,
    element,
    elements,
    places,
)
from micrograd_cli.language.comprehensions import Comprehension
from micrograd_cli.language.constants import CONSTANTS, SYMBOLS
from micrograd_cli.language.derivatives import Derived
from micrograd_cli.language.functions import Function, Operand, Value
from micrograd_cli.language.names import canonical
from micrograd_cli.language.program import Output, Program, numbered
from micrograd_cli.language.spelling import SUPERSCRIPTS
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.numbers import Written
from micrograd_cli.ops import FUNCTIONS, INPUT, OPS, parsed_parameters

NEG = OPS["neg"]


class Builder(ArrayRules):
    """What the parser's rules do: one method for each, named in the grammar."""

    def __init__(
        self,
        text: str,
        inputs: Iterable[str],
        max_nodes: int,
        sizes: Mapping[str, float],
        arrays: Mapping[str, Shape],
    ) -> None:
        super().__init__(text, max_nodes)
        self.forced = frozenset(inputs)
        self.given_sizes = sizes
        self.given_arrays = arrays
        self.inputs: dict[str, Node] = {}
        self.defaults: dict[str, float] = {}
        self.named: dict[str, Node] = {}
        self.declared: set[str] = set()  # the inputs that an `input` statement names
        self.constants: set[str] = set()
        self.functions: dict[str, Function] = {}
        self.sizes: dict[str, float] = {}
        self.places: dict[str, Span] = {}  # where a name was first used or assigned
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

    # --- expressions --------------------------------------------------------------------------

    def number(self, word: str, span: Span) -> Node:
        data = float(word)
        if data == math.inf:
            raise ProgramError(
                "the number is too large for a float", span, "write inf for infinity"
            )
        return self.constant(data, word.replace("_", ""), "", span)

    def name(self, word: str, span: Span) -> Operand:
        name = canonical(word)
        if self.function is not None:
            slot = self.function.slot(name, span)
            if slot is not None:
                return slot
        if self.references and span[0] in self.references:
            return self.function_named(name, span)  # type: ignore[no-any-return]
        if word[-1] in PRIMES:
            raise ProgramError(f"{name} is a function", span, f"write {name}(x)")
        self.places.setdefault(name, span)
        if name in self.named:
            return self.named[name]
        if name in self.inputs:
            return self.inputs[name]
        if name in self.arrays:
            return self.arrays[name]
        if name in self.sizes:
            return self.fixed(self.sizes[name])
        if name in self.given_arrays:
            self.declare_one(name, self.given_arrays[name], span)
            return self.arrays[name]
        if name in CONSTANTS and name not in self.forced:
            self.constants.add(name)
            label = SYMBOLS.get(name, name)
            return self.constant(CONSTANTS[name], label, label, span)
        return self.input(name, span)

    def input(self, name: str, span: Span, place: Place = ()) -> Node:
        """A new input; `place` is that of an array's element."""
        self.reserve(1, span)
        node = (
            Element(INPUT, label=name, span=span) if place else Node(INPUT, label=name, span=span)
        )
        if isinstance(node, Element):
            node.place = place
        self.inputs[name] = node
        return node

    def value(self, node: Value, span: Span) -> tuple[Value, Span]:
        """What an assignment assigns, with the place of all its text."""
        return node, span

    def group(self, opening: str, inside: Operand, closing: str, span: Span) -> Operand:
        return inside

    def infix(self, left: Operand, symbol: str, right: Operand, span: Span) -> Operand:
        if symbol == "@":
            return self.emit(product, [left, right], span)
        return self.emit(OPS[symbol], [left, right], span)

    def prefix(self, symbol: str, operand: Operand, span: Span) -> Operand:
        if symbol == "+":
            return operand
        op = OPS[symbol]
        return self.emit(NEG if op.name == "-" else op, [operand], span)

    def juxtaposed(self, number: Operand, factor: Operand, span: Span) -> Operand:
        return self.infix(number, "*", factor, span)

    def superscript(self, base: Operand, word: str, span: Span) -> Operand:
        place = (span[1] - len(word), span[1])
        power = word.translate(SUPERSCRIPTS)
        exponent: Operand = self.number(power.lstrip("+-"), place)
        if power[0] in "+-":
            exponent = self.prefix(power[0], exponent, place)
        return self.infix(base, "^", exponent, span)

    def first_argument(self, argument: Operand, span: Span) -> list[Operand]:
        return [argument]

    def next_argument(
        self, arguments: list[Operand], comma: str, last: Operand, span: Span
    ) -> list[Operand]:
        arguments.append(last)
        return arguments

    def call(self, opening: Opening, *rest: Any) -> Operand:
        args, span = (rest[0] if len(rest) == 3 else []), rest[-1]
        function = self.function_named(opening.name, opening.place)
        try:
            check_call(function, args, span)
        except ProgramError as error:
            from micrograd_cli.language.hints import decimal_hint

            error.hint = decimal_hint(self.text[span[0] : span[1]])
            raise
        if isinstance(function, Function) and self.function is None:
            return self.expand(function, args, span)
        return self.emit(function, args, span)

    def call_generator(
        self, opening: Opening, generator: Comprehension, closing: str, span: Span
    ) -> Operand:
        return self.call(opening, [self.emit(generator, [], span)], closing, span)

    def unknown_function(self, name: str, place: Span) -> ProgramError:
        later = re.search(rf"(?:^|;)[ \t]*({name}[ \t]*\([^()]*\))[ \t]*=(?!=)", self.text, re.M)
        if later:
            message = f"'{name}' is called before it is defined"
            return ProgramError(message, place, also=[(later.span(1), "defined here")])
        from micrograd_cli.language.hints import function_hint

        hint = function_hint(self.text, name, place) or suggestion(
            name, [*FUNCTIONS, *ACTIONS, *self.functions]
        )
        if not hint and name in self.arrays:
            hint = f"did you mean '{name}['?"
        if not hint and (name in self.inputs or name in self.named):
            hint = f"did you mean '{name}*('?"
        return ProgramError(f"unknown function '{name}'", place, hint)

    # --- statements ---------------------------------------------------------------------------

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

    def declare_one(self, name: str, shape: Shape, place: Span) -> None:
        """Make an input, or those of an array."""
        names = elements(name, shape)
        nodes = [
            self.inputs.get(each) or self.input(each, place, at)
            for each, at in zip(names, places(shape), strict=True)
        ]
        if shape:
            self.arrays[name] = self.block(Array(shape, nodes, Origin(GIVEN, (), name)))
            self.places.update(dict.fromkeys(names, place))

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


def product(emitter: ArrayRules, args: list[Any], span: Span, slots: Any) -> Value:
    """The action of `A @ B`."""
    return emitter.matmul(args, span)


def check_call(function: Any, args: list[Any], span: Span) -> None:
    """Raise ProgramError for a wrong number of arguments."""
    if isinstance(function, Function):
        least, most = len(function.parameters), float(len(function.parameters))
    elif isinstance(function, ArrayFunction | Derived):
        _, least, most = parsed_parameters(function.parameters)
    else:
        least, most = function.arity
    return check_arity(function.signature, least, most, args, span)


def check_arity(signature: str, least: int, most: float, args: list[Operand], span: Span) -> None:
    if least <= len(args) <= most:
        return
    more = "" if least == most else " or more" if most == math.inf else f" to {most}"
    plural = "argument" if f"{least}{more}" == "1" else "arguments"
    message = f"{signature} takes {least}{more} {plural}, not {len(args)}"
    raise ProgramError(message, span)
