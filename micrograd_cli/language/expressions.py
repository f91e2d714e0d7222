"""What the parser's rules for expressions do: names, literals, operators and calls become nodes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from micrograd_cli.errors import ProgramError, Span, suggestion
from micrograd_cli.language.array_rules import PRIMES, ArrayRules, Opening
from micrograd_cli.language.arrays import (
    GIVEN,
    Array,
    Element,
    Origin,
    Place,
    Shape,
    elements,
    places,
)
from micrograd_cli.language.constants import CONSTANTS, SYMBOLS
from micrograd_cli.language.functions import Function, Operand, Value
from micrograd_cli.language.names import canonical
from micrograd_cli.language.spelling import SUPERSCRIPTS
from micrograd_cli.nodes import Node
from micrograd_cli.ops import FUNCTIONS, INPUT, OPS

if TYPE_CHECKING:
    from micrograd_cli.language.comprehensions import Comprehension

NEG = OPS["neg"]


class Expressions(ArrayRules):
    """The rules of expressions, and the names that they know; one method for each rule."""

    def __init__(
        self, text: str, inputs: Iterable[str], max_nodes: int, arrays: Mapping[str, Shape]
    ) -> None:
        super().__init__(text, max_nodes)
        self.forced = frozenset(inputs)
        self.given_arrays = arrays
        self.inputs: dict[str, Node] = {}
        self.named: dict[str, Node] = {}
        self.constants: set[str] = set()
        self.functions: dict[str, Function] = {}
        self.sizes: dict[str, float] = {}
        self.places: dict[str, Span] = {}  # where a name was first used or assigned

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
        if name in self.functions and not place:
            told = f"'{name}' is an input here, not the function {self.functions[name].signature}"
            self.warnings[told, span] = None
        return node

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
            least, most = function.arity
            check_arity(function.signature, least, most, args, span)
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
        from micrograd_cli.language.actions import ACTIONS
        from micrograd_cli.language.hints import function_hint

        hint = function_hint(self.text, name, place) or suggestion(
            name, [*FUNCTIONS, *ACTIONS, *self.functions]
        )
        if not hint and name in self.arrays:
            hint = f"did you mean '{name}['?"
        if not hint and (name in self.inputs or name in self.named):
            hint = f"did you mean '{name}*('?"
        return ProgramError(f"unknown function '{name}'", place, hint)


def product(emitter: ArrayRules, args: list[Any], span: Span, slots: Any) -> Value:
    """The action of `A @ B`."""
    return emitter.matmul(args, span)


def check_arity(signature: str, least: int, most: float, args: list[Operand], span: Span) -> None:
    """Raise ProgramError for a wrong number of arguments."""
    if least <= len(args) <= most:
        return
    more = "" if least == most else " or more" if most == math.inf else f" to {most}"
    plural = "argument" if f"{least}{more}" == "1" else "arguments"
    message = f"{signature} takes {least}{more} {plural}, not {len(args)}"
    raise ProgramError(message, span)
