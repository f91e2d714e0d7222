"""The scanner and the LALR(1) parser: text and tables to calls of a builder's methods.

The parser calls the method that the grammar names at each rule, with the values of its symbols and
the span of its text, and keeps what it returns: no tree is built, and nothing recurses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from micrograd_cli.language.diagnosis import explain
from micrograd_cli.language.grammar import Tables, load
from micrograd_cli.language.tokens import CLAUSE, CLOSING, CONTINUES, OPENING, Token

REJECT = -(10**9)  # no action of the tables: the token cannot stand here


class Parser:
    """A parser for the tables of a grammar."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.scanner = re.compile(tables.pattern, re.DOTALL)

    def scan(self, text: str, brackets: list[int]) -> Iterator[tuple[str, str, int, int]]:
        """The tokens of a text; `brackets` holds the positions of the ones that are open."""
        previous = ""
        for match in self.scanner.finditer(text):
            kind: Any = match.lastgroup
            start, end = match.span(kind)
            if kind in OPENING:
                brackets.append(start)
            elif kind in CLOSING:
                if brackets:
                    brackets.pop()
            elif kind == "END":
                if text[start] == "\n" and (brackets or previous in CONTINUES):
                    continue
            elif kind == "EOF":
                yield "END", "", start, start
                yield "$END", "", start, start
                return
            previous = kind
            yield kind, text[start:end], start, end

    def parse(self, text: str, builder: Any) -> None:
        """Call the builder's methods for the rules of the text. Raises ProgramError."""
        actions, gotos = self.tables.actions, self.tables.gotos
        rules = [
            (name, length, getattr(builder, method) if method else None)
            for name, length, method in self.tables.rules
        ]
        states = [0]  # and for each symbol above the first state:
        values: list[Any] = []
        starts: list[int] = []
        brackets: list[int] = []
        previous: tuple[str, str, int, int] | None = None
        end = 0
        for token in self.scan(text, brackets):
            kind, word, start, stop = token
            while (action := actions[states[-1]].get(kind, REJECT)) < 0:
                if action == REJECT and kind in CLAUSE:
                    kind = "NAME"
                    token = (kind, *token[1:])
                    continue
                if action == REJECT:
                    before = Token(*previous) if previous else None
                    allowed = actions[states[-1]].keys()
                    raise explain(text, before, Token(*token), allowed, brackets, starts)
                symbol, length, method = rules[~action]
                if length == 1:
                    states.pop()
                    if method is not None:
                        values[-1] = method(values[-1], (starts[-1], end))
                elif length:
                    args = values[-length:]
                    del states[-length:], values[1 - length :], starts[1 - length :]
                    values[-1] = method(*args, (starts[-1], end)) if method is not None else None
                else:
                    values.append(None)
                    starts.append(start)
                states.append(gotos[states[-1]][symbol])
            states.append(action)
            values.append(word)
            starts.append(start)
            end = stop
            previous = token


def parse(text: str, builder: Any, _parsers: list[Parser] = []) -> None:  # noqa: B006 (a cache)
    """Call the builder's methods for the rules of the language. Raises ProgramError."""
    if not _parsers:
        _parsers.append(Parser(load()))
    _parsers[0].parse(text, builder)
