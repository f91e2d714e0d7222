"""The builder that the parser calls: scopes, names, and the nodes of the graph as text is read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from micrograd_cli.errors import ProgramError, Span, suggestion
from micrograd_cli.language.names import canonical
from micrograd_cli.language.program import Function, Operand, Output, Program, expand, numbered
from micrograd_cli.language.spelling import SUPERSCRIPTS
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.numbers import Written
from micrograd_cli.ops import FUNCTIONS, INPUT, OPS, Op

NEG = OPS["neg"]
SYMBOLS = {"π": "pi", "τ": "tau", "∞": "inf"}
NUMBERS = {"pi": math.pi, "tau": math.tau, "e": math.e, "inf": math.inf, "nan": math.nan}
CONSTANTS = {**NUMBERS, **{symbol: NUMBERS[name] for symbol, name in SYMBOLS.items()}}


class Builder:
    """What the parser's rules do: one method for each, named in the grammar."""

    def __init__(self, text: str, inputs: Iterable[str], max_nodes: int) -> None:
        self.text = text
        self.forced = frozenset(inputs)
        self.max_nodes = max_nodes
        self.size = 0
        self.inputs: dict[str, Node] = {}
        self.defaults: dict[str, float] = {}
        self.named: dict[str, Node] = {}
        self.declared: set[str] = set()  # the inputs that an `input` statement names
        self.constants: set[str] = set()
        self.functions: dict[str, Function] = {}
        self.function: Function | None = None  # the one whose body is being read
        self.places: dict[str, Span] = {}  # where a name was first used or assigned
        self.outputs: list[Output] = []
        self.last_named: Output | None = None
        self.warnings: list[tuple[str, Span]] = []
        self.bare_end = -1  # where the last statement ended, if it was a bare expression

    def program(self) -> Program:
        """The finished Program. Raises ProgramError if there is no output."""
        outputs = self.outputs or ([self.last_named] if self.last_named else [])
        if not outputs:
            if not (self.inputs or self.functions):
                raise ProgramError("the program is empty")
            end = len(self.text.rstrip())
            raise ProgramError("the program has no output", (end, end), "end it with an expression")
        return numbered(
            Program(
                self.text,
                self.inputs,
                self.defaults,
                self.named,
                self.constants,
                outputs,
                self.places,
                warnings=self.warnings,
            )
        )

    # --- nodes --------------------------------------------------------------------------------

    def reserve(self, count: int, span: Span) -> None:
        self.size += count
        if self.size > self.max_nodes:
            raise ProgramError(
                f"the graph is too large: {self.size:,} nodes so far,"
                f" more than {self.max_nodes:,} (--max-nodes)",
                span,
            )

    def constant(self, number: float, text: str, label: str, span: Span) -> Node:
        self.reserve(1, span)
        return Constant(number, text, label, span)

    def emit(self, op: Op, args: list[Any], span: Span) -> Operand:
        """A node of the graph, or a step of the function that is being read."""
        if self.function is not None:
            return self.function.step(op, args, span)
        self.reserve(1, span)
        return Node(op, args, span=span)

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
        if self.function is not None and name in self.function.slots:
            return self.function.slots[name]
        self.places.setdefault(name, span)
        if name in self.named:
            return self.named[name]
        if name in self.inputs:
            return self.inputs[name]
        if name in CONSTANTS and name not in self.forced:
            self.constants.add(name)
            label = SYMBOLS.get(name, name)
            return self.constant(CONSTANTS[name], label, label, span)
        return self.input(name, span)

    def input(self, name: str, span: Span) -> Node:
        self.reserve(1, span)
        self.inputs[name] = Node(INPUT, label=name, span=span)
        return self.inputs[name]

    def value(self, node: Operand, span: Span) -> tuple[Operand, Span]:
        """What an assignment assigns, with the place of all its text."""
        return node, span

    def group(self, opening: str, inside: Operand, closing: str, span: Span) -> Operand:
        return inside

    def infix(self, left: Operand, symbol: str, right: Operand, span: Span) -> Operand:
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

    def call(self, word: str, *rest: Any) -> Operand:
        args, span = (rest[1] if len(rest) == 4 else []), rest[-1]
        name, place = canonical(word), (span[0], span[0] + len(word))
        if self.function is not None and name == self.function.name:
            raise ProgramError(f"'{name}' calls itself", place, "recursion is not possible")
        function = self.functions.get(name)
        if function is not None:
            count = len(function.parameters)
            check_arity(function.signature, count, count, args, span)
            if self.function is not None:
                return self.function.step(function, args, span)
            self.reserve(function.size, span)
            return expand(function, args, span)
        op = FUNCTIONS.get(name)
        if op is None:
            raise self.unknown_function(name, place)
        check_arity(op.signature, *op.arity, args, span)
        if op.variadic and len(args) == 1:
            self.warnings.append(
                (f"{name} of one number: it is over its arguments, as in {op.example}", span)
            )
        return self.emit(op, args, span)

    def unknown_function(self, name: str, place: Span) -> ProgramError:
        later = re.search(rf"(?:^|;)[ \t]*({name}[ \t]*\([^()]*\))[ \t]*=(?!=)", self.text, re.M)
        if later:
            message = f"'{name}' is called before it is defined"
            return ProgramError(message, place, also=[(later.span(1), "defined here")])
        from micrograd_cli.language.hints import function_hint

        hint = function_hint(self.text, name, place) or suggestion(
            name, [*FUNCTIONS, *self.functions]
        )
        if not hint and (name in self.inputs or name in self.named):
            hint = f"did you mean '{name}*('?"
        return ProgramError(f"unknown function '{name}'", place, hint)

    # --- statements ---------------------------------------------------------------------------

    def assign(self, word: str, equal: str, assigned: tuple[Node, Span], span: Span) -> None:
        self.bare_end = -1
        name, place = canonical(word), (span[0], span[0] + len(word))
        value, where = assigned
        default = None if self.text[where[0]] == "(" else literal(value)
        declared = name in self.declared and name not in self.defaults
        if name in self.places and not (declared and default is not None):
            raise self.assigned_twice(name, place)
        self.places.setdefault(name, place)
        if default is not None:
            if name not in self.inputs:
                self.input(name, place)
            self.defaults[name] = default
            return
        self.named[name] = value
        value.label = value.label or name
        self.last_named = Output(name, value, where)

    def assigned_twice(self, name: str, place: Span) -> ProgramError:
        known = name in self.named or name in self.defaults
        message = (
            f"'{name}' is assigned twice" if known else f"'{name}' is used before it is assigned"
        )
        first = "first here" if known else "used here"
        return ProgramError(message, place, also=[(self.places[name], first)])

    def output(self, value: Node, span: Span) -> None:
        if self.text[span[0]] in "+-−" and self.bare_end >= 0:
            between = self.text[self.bare_end : span[0]]
            if ";" not in between.split("\n")[-1] and "\n" in between:
                raise ProgramError(
                    f"a line starts with '{self.text[span[0]]}' after a line that is complete",
                    (span[0], span[0] + 1),
                    "put the sign at the end of the line before, or ';' between two outputs",
                )
        self.bare_end = span[1]
        name = canonical(self.text[span[0] : span[1]])
        self.outputs.append(Output(name if name in self.named else None, value, span))

    def declare(self, keyword: str, names: list[tuple[str, Span]], span: Span) -> None:
        self.bare_end = -1
        for name, place in names:
            if name in self.named:
                raise self.assigned_twice(name, place)
            self.places.setdefault(name, place)
            self.declared.add(name)
            if name not in self.inputs:
                self.input(name, place)

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
        function.result = result
        self.functions[function.name] = function
        self.function = None


def literal(node: Node) -> float | None:
    """The number if a node is a literal or a signed one: an assignment of it is an input."""
    signed = node.op is NEG
    number = node.left if signed else node
    if not isinstance(number, Constant) or number.label:
        return None
    if signed:
        return Written(-number.number, f"-{number.text}")
    return Written(number.number, number.text)


def check_arity(signature: str, least: int, most: float, args: list[Operand], span: Span) -> None:
    if least <= len(args) <= most:
        return
    more = "" if least == most else " or more" if most == math.inf else f" to {most}"
    plural = "argument" if f"{least}{more}" == "1" else "arguments"
    message = f"{signature} takes {least}{more} {plural}, not {len(args)}"
    raise ProgramError(message, span)
