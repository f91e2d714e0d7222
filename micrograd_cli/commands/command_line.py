"""A command line before its options are known: which words are expressions, and the text of one."""

from __future__ import annotations

import os
import re
import sys
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import click

from micrograd_cli import examples
from micrograd_cli.errors import UsageError
from micrograd_cli.files.text import read_text
from micrograd_cli.language.reading import MAX_NODES

HELP = ("--help", "-h")


class Words(NamedTuple):
    """A command line, sorted: expressions, and options with their values as words and as pairs."""

    expressions: list[str]
    options: list[str]
    pairs: list[tuple[str, str | None]]

    def last(self, *names: str) -> str | None:
        """The value that an option has last been given."""
        return next((value for name, value in reversed(self.pairs) if name in names), None)

    @property
    def asks_for_help(self) -> bool:
        """Whether the help is asked for."""
        return any(self.given(name) for name in HELP)

    def given(self, name: str) -> bool:
        """Whether an option is given; it may also be another option's value."""
        return any(each == name for each, _ in self.pairs)


class Known(NamedTuple):
    """The options of a command: those that take no value, the short ones, all."""

    flags: frozenset[str]
    short: frozenset[str]
    all: frozenset[str]


def known_options(params: Sequence[click.Parameter]) -> Known:
    """The names of a command's options."""
    flags = {name for p in params if isinstance(p, click.Option) and p.is_flag for name in p.opts}
    names = {name for p in params if isinstance(p, click.Option) for name in p.opts}
    short = {name for name in names if not name.startswith("--")}
    return Known(frozenset({*flags, *HELP}), frozenset({*short, "-h"}), frozenset(names))


def separate(words: Sequence[str], params: Sequence[click.Parameter]) -> Words:
    """Sort a command line. An option that is not among `params` is an input's and takes a value."""
    known = known_options(params)
    sorted_words = Words([], [], [])
    rest = deque(words)
    while rest:
        word = rest.popleft()
        if word == "--":
            sorted_words.expressions.extend(rest)
            break
        if word[:2] in known.short - known.flags and is_attached(word[2:]):
            sorted_words.options.append(word)
            sorted_words.pairs.append((word[:2], word[2:]))
        elif word.startswith("--") or word in known.short:
            name, equal, value = word.partition("=")
            taken = value if equal else None
            if not equal and word not in known.flags:
                # an unknown option before another option is a flag that is misspelt
                alone = not rest or (word not in known.all and rest[0].startswith("--"))
                taken = None if alone else rest.popleft()
            sorted_words.options.extend([word] if equal or taken is None else [word, taken])
            sorted_words.pairs.append((name, taken))
        else:
            sorted_words.expressions.append(word)
    return sorted_words


FILE = re.compile(r"[^()*^+\s]*\.[A-Za-z]\w*|-")


def is_attached(value: str) -> bool:
    """Whether `-fneuron.mg` is an option with its value; `-floor(a)` is an expression."""
    return bool(value) and (FILE.fullmatch(value) is not None or os.path.exists(value))


def node_limit(words: Words) -> int:
    limit = words.last("--max-nodes") or ""
    return int(limit) if limit.isdecimal() else MAX_NODES  # click complains of anything else


def program_text(words: Words) -> str:
    """The text of the program: the expression, the file of -f, or standard input."""
    file = words.last("-f", "--file")
    if len(words.expressions) > 1:
        extra = words.expressions[1]
        raise UsageError(f"unexpected argument '{extra}'", hint="quote the expression: 'a + b'")
    if words.expressions and file is not None:
        raise UsageError("both an expression and -f FILE are given", hint="give one of them")
    if file is not None:
        return read_program(file)
    if words.expressions and words.expressions[0] != "-":
        return expression(words.expressions[0])
    if not words.expressions and sys.stdin.isatty():
        raise no_expression(words)
    text = read_text("-")
    if not (words.expressions or text.strip()):
        raise no_expression(words)
    return text


def read_program(path: str) -> str:
    """The text of a file; where there is none, of the example program of that name."""
    name = path.removesuffix(".mg")
    if path != "-" and not os.path.exists(path) and name in examples.names():
        print(f"note: there is no file '{path}' here; this is the example", file=sys.stderr)
        return examples.text(name)
    return read_text(path)


def expression(text: str) -> str:
    """An expression of the command line. Raises UsageError for the name of a file."""
    if FILE.fullmatch(text) and (text.endswith(".mg") or os.path.exists(text)):
        raise UsageError(f"'{text}' is a file, not an expression", hint=f"read it with -f {text}")
    return text


def no_expression(words: Words) -> UsageError:
    from micrograd_cli.ops import FUNCTIONS

    for option, value in words.pairs:
        if value and (set(value) & set("()*/^") or value.partition("(")[0] in FUNCTIONS):
            return UsageError(f"no expression: '{value}' was read as the value of {option}")
    return UsageError(
        "no expression", hint="give one, for example 'a*b', or -f FILE, or - to read it"
    )
