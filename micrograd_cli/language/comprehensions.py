"""Comprehensions: an expression repeated for the elements of arrays.

`[f(i) for i in range(n) if i != 2]` is read from left to right, so its parts are recorded as
functions of the loops' variables, which are found before in the text (`loops`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.array_functions import literal_array
from micrograd_cli.language.arrays import Array
from micrograd_cli.language.emitter import Emitter
from micrograd_cli.language.functions import Function, Value
from micrograd_cli.language.names import canonical

WORDS = r"#[^\n]*|`[^`\n]*`|[()\[\]]|\bfor\s+([^\W\d]\w*|`[^`\n]*`)\s+in\b"


def loops(text: str) -> dict[int, list[str]]:
    """The variables of each comprehension, by where its bracket opens."""
    found: dict[int, list[str]] = {}
    brackets: list[int] = []
    for match in re.finditer(WORDS, text):
        word, name = match.group(), match.group(1)
        if word in "([":
            brackets.append(match.start())
        elif word in ")]" and brackets:
            brackets.pop()
        elif name and brackets:
            found.setdefault(brackets[-1], []).append(canonical(name))
    return found


class Clause(NamedTuple):
    """`for name in source`, or a condition, whose name is empty; each a function of variables."""

    name: str
    function: Function
    span: Span


class Comprehension(NamedTuple):
    """What is repeated, and the clauses that say for what; an action of a function's body."""

    body: Function
    clauses: Sequence[Clause]

    def __call__(
        self, emitter: Emitter, args: list[Any], span: Span, slots: Sequence[Value]
    ) -> Array:
        """The array of all its elements. Raises ProgramError."""
        with emitter.nested(span):
            found = [
                emitter.expand(self.body, bound(self.body, names), span, slots)
                for names in self.rounds(emitter, span, slots, {}, 0)
            ]
        if not found:
            return Array((0,), [])
        return literal_array(emitter, found, span)

    def rounds(
        self, emitter: Emitter, span: Span, slots: Sequence[Value], names: dict[str, Value],
        index: int,
    ) -> Iterator[dict[str, Value]]:  # fmt: skip
        """The variables of each round, from the clause at an index on."""
        if index == len(self.clauses):
            yield names
            return
        name, function, place = self.clauses[index]
        value = emitter.expand(function, bound(function, names), place, slots)
        if not name:
            number = None if isinstance(value, Array) else emitter.known(value)
            if number is None:
                raise ProgramError("the condition is not constant", place,
                                   "where(condition, a, b) chooses in a run")  # fmt: skip
            if number:
                yield from self.rounds(emitter, span, slots, names, index + 1)
            return
        if not isinstance(value, Array):
            raise ProgramError("'for' goes through an array, this is a scalar", place,
                               "did you mean range(...)?")  # fmt: skip
        if all(not clause.name for clause in self.clauses[index + 1 :]):
            emitter.foresee(len(value.items) * self.body.size, span)
        for item in value.rows():
            yield from self.rounds(emitter, span, slots, {**names, name: item}, index + 1)


def bound(function: Function, names: dict[str, Value]) -> list[Value]:
    """The arguments of a part: the variables that are its parameters."""
    return [names[name] for name in function.parameters]
