"""The LALR(1) parser: tokens and tables to calls of a builder's methods.

The parser calls the method that the grammar names at each rule, with the values of its symbols and
the span of its text, and keeps what it returns: no tree is built, and nothing recurses.
"""

from __future__ import annotations

from typing import Any

from micrograd_cli.language.scanner import scan, tables
from micrograd_cli.language.tokens import CLAUSE, Token

REJECT = -(10**9)  # no action of the tables: the token cannot stand here


def parse(text: str, builder: Any) -> None:
    """Call the builder's methods for the rules of the text. Raises ProgramError."""
    actions, gotos = tables().actions, tables().gotos
    rules = [
        (name, length, getattr(builder, method) if method else None)
        for name, length, method in tables().rules
    ]
    states = [0]  # and for each symbol above the first state:
    values: list[Any] = []
    starts: list[int] = []
    brackets: list[int] = []
    previous: tuple[str, str, int, int] | None = None
    end = 0
    for token in scan(text, brackets):
        kind, word, start, stop = token
        while (action := actions[states[-1]].get(kind, REJECT)) < 0:
            if action == REJECT and kind in CLAUSE:
                kind = "NAME"
                token = (kind, *token[1:])
                continue
            if action == REJECT:
                before = Token(*previous) if previous else None
                allowed = actions[states[-1]].keys()
                from micrograd_cli.language.diagnosis import explain

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
