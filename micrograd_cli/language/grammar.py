"""From `grammars/mgrad.lark` to tables: Lark analyses the grammar, `parser.py` runs what it found.

Lark takes 75 ms to load and to analyse the grammar, more than all else of a one-liner, so its LALR
tables are kept in `tables.py`, which `python -m micrograd_cli.language.grammar` writes anew. While
that file does not fit the grammar, Lark is called at every start.
"""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from micrograd_cli import resources

Rule = tuple[str, int, str | None]  # its left side, how many symbols are right, builder's method


class Tables(NamedTuple):
    """An LALR(1) parser as data; a state is an index into `actions` and `gotos`, 0 the first."""

    grammar: str  # the text that all this was made from
    pattern: str  # one regular expression, with a named group for each token
    ascii_pattern: str  # the same on ASCII, and quicker to compile
    rules: list[Rule]
    actions: list[dict[str, int]]  # token to next state, or to ~rule where a rule is reduced
    gotos: list[dict[str, int]]  # left side of a reduced rule to next state


def grammar_text() -> str:
    """The grammar: inside the package where it was installed, beside it in a checkout."""
    try:
        return resources.text("grammars", "mgrad.lark")
    except OSError:
        return resources.text(os.pardir, "grammars", "mgrad.lark")


def load() -> Tables:
    """The tables of the grammar, ready-made if they are fresh."""
    grammar = grammar_text()
    try:
        from micrograd_cli.language import tables
    except ImportError:
        return analyse(grammar)
    return Tables(*tables.TABLES) if tables.TABLES[0] == grammar else analyse(grammar)


def analyse(grammar: str) -> Tables:
    """The tables as Lark computes them. Raises lark.exceptions.GrammarError for a bad grammar."""
    from lark import Lark

    lark = Lark(grammar, parser="lalr", lexer="basic", start="program")
    parser: Any = lark.parser
    table = parser.parser._parse_table
    moves = {state: dict(sorted(found.items())) for state, found in table.states.items()}
    order = numbered(moves, table.start_states["program"])
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    actions: list[dict[str, int]] = [{} for _ in order]
    gotos: list[dict[str, int]] = [{} for _ in order]
    for state, number in order.items():
        for symbol, (action, target) in moves[state].items():
            if action.name == "Reduce":
                actions[number][symbol] = ~rules[target]
            else:
                nonterminal = symbol.islower() or symbol.startswith("__")
                (gotos if nonterminal else actions)[number][symbol] = order[target]
    actions[order[table.end_states["program"]]]["$END"] = 0
    shapes = [(str(rule.origin.name), len(rule.expansion), rule.alias) for rule in lark.rules]
    tokens = token_pattern(lark)
    return Tables(grammar, tokens, on_ascii(tokens), shapes, actions, gotos)


def numbered(moves: dict[int, dict[str, Any]], start: int) -> dict[int, int]:
    """The states by number, from 0 for the start: Lark's own numbers change from run to run."""
    order = {start: 0}
    for state in (queue := [start]):
        for action, target in moves[state].values():
            if action.name != "Reduce" and target not in order:
                order[target] = len(order)
                queue.append(target)
    return order


def token_pattern(lark: Any) -> str:
    """The tokens as one pattern, in the order of Lark's own lexer; ignored text before each."""
    ignored = [t.pattern.to_regexp() for t in lark.terminals if t.name in lark.ignore_tokens]
    tokens = sorted(
        (t for t in lark.terminals if t.name not in lark.ignore_tokens),
        key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name),
    )
    groups = "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in tokens)
    return rf"(?:{'|'.join(ignored)})*(?:{groups}|(?P<EOF>\Z)|(?P<UNKNOWN>.))"


def on_ascii(pattern: str) -> str:
    """A pattern that finds in ASCII text what `pattern` finds there: other characters are left out.

    Where one stands alone, or all of a set, the pattern cannot match: `(?!)`.
    """

    def without(match: re.Match[str]) -> str:
        members = re.sub(r"[^\x00-\x7f](?:-[^\x00-\x7f])?", "", match[0])
        return "(?!)" if members in ("", "[]") else members

    return re.sub(r"\[(?:\\.|[^\]\\])+\]|[^\x00-\x7f]", without, pattern, flags=re.DOTALL)


def source(tables: Tables) -> str:
    """The text of `tables.py`."""
    lines = [
        "# Made from grammars/mgrad.lark by `python -m micrograd_cli.language.grammar`.",
        "TABLES = (",
    ]
    for field in tables:
        if isinstance(field, list):
            lines += ["    [", *(f"        {row!r}," for row in field), "    ],"]
        else:
            lines.append(f"    {field!r},")
    return "\n".join([*lines, ")", ""])


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables.py")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source(analyse(grammar_text())))
