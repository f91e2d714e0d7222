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
from micrograd_cli.files.text import composed, read_text
from micrograd_cli.language.names import assigned
from micrograd_cli.terminal.saying import say

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
    """The options of a command: those that take no value, the short ones, all.

    The values of `verbatim` ones are files and commands, which are left as they are.
    """

    flags: frozenset[str]
    short: frozenset[str]
    all: frozenset[str]
    verbatim: frozenset[str]


def known_options(params: Sequence[click.Parameter]) -> Known:
    """The names of a command's options."""
    flags = {name for p in params if isinstance(p, click.Option) and p.is_flag for name in p.opts}
    names = {name for p in params if isinstance(p, click.Option) for name in p.opts}
    short = {name for name in names if not name.startswith("--")}
    verbatim = {
        name
        for p in params
        if isinstance(p.type, click.Path) or getattr(p, "metavar", "") == "COMMAND"
        for name in p.opts
    }
    return Known(
        frozenset({*flags, *HELP}),
        frozenset({*short, "-h"}),
        frozenset(names),
        frozenset(verbatim),
    )


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
            name, equal, value = split_option(word)
            taken = value if equal else None
            if not equal and name not in known.flags:
                # an unknown option before another option is a flag that is misspelt
                alone = not rest or (name not in known.all and rest[0].startswith("--"))
                taken = None if alone else rest.popleft()
            if taken is not None and name not in known.verbatim:
                taken = plain_value(taken)
            shown = f"{name}={taken}" if equal else name
            sorted_words.options.extend([shown] if equal or taken is None else [shown, taken])
            sorted_words.pairs.append((name, taken))
        else:
            sorted_words.expressions.append(word)
    return sorted_words


def split_option(word: str) -> tuple[str, str, str]:
    """The option, '=' and the value of `--name=value`; the name as a program has it."""
    if not word.startswith("--"):
        return word.partition("=")
    name, equal, value = assigned(word[2:])
    return f"--{name}", equal, value


QUOTES = r"(?s)\s*(?:[“”„](.*)[“”]|[‘’‚](.*)[‘’]|«(.*)»)\s*"


def plain_value(value: str) -> str:
    """The value of an option without the quotes of typography, its letters composed."""
    if value.isascii():
        return value
    quoted = re.fullmatch(QUOTES, value)
    return composed(next(filter(None, quoted.groups()), "") if quoted else value)


FILE = r"[^()*^+\s]*\.[A-Za-z]\w*|-"


def is_attached(value: str) -> bool:
    """Whether `-fneuron.mg` is an option with its value; `-floor(a)` is an expression."""
    return bool(value) and (re.fullmatch(FILE, value) is not None or os.path.exists(value))


def node_limit(words: Words, default: int) -> int:
    """The number of `--max-nodes`, which the program is read with before click sees its options."""
    limit = words.last("--max-nodes") or ""
    plain = limit.isdecimal() and len(limit) < 20  # click complains of anything else
    return int(limit) if plain else default


def program_text(words: Words) -> str:
    """The text of the program: the expression, the file of -f, or standard input."""
    file = words.last("-f", "--file")
    if len(words.expressions) > 1:
        raise extra_argument(words.expressions, 1)
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
        say(f"note: there is no file '{path}' here; this is the example")
        return examples.text(name)
    return read_text(path)


def expression(text: str) -> str:
    """An expression of the command line. Raises UsageError for the name of a file."""
    if re.fullmatch(FILE, text) and (text.endswith(".mg") or os.path.exists(text)):
        raise UsageError(f"'{text}' is a file, not an expression", hint=f"read it with -f {text}")
    return text


def extra_argument(arguments: Sequence[str], count: int) -> UsageError:
    """The error of a command that takes that many arguments."""
    from micrograd_cli.commands.mistakes import argument_hint

    hint = argument_hint(arguments) or "quote the expression: 'a + b'"
    return UsageError(f"unexpected argument '{arguments[count]}'", hint=hint)


def no_expression(words: Words) -> UsageError:
    from micrograd_cli.ops import FUNCTIONS

    for option, value in words.pairs:
        if value and (set(value) & set("()*/^") or value.partition("(")[0] in FUNCTIONS):
            message = f"no expression: '{value}' was read as the value of {option}"
            from micrograd_cli.commands.mistakes import format_hint

            meant = format_hint(option)
            return UsageError(message, hint=f"did you mean {meant}?" if meant else "")
    return UsageError(
        "no expression", hint="give one, for example 'a*b', or -f FILE, or - to read it"
    )
