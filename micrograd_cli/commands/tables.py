"""Commands on a program and a table, whose columns bind inputs: their words, and their options."""

from __future__ import annotations

import os
import shlex
import sys

import click

from micrograd_cli.commands.bindings import ProgramCommand
from micrograd_cli.commands.command_line import Words, extra_argument
from micrograd_cli.commands.options import NUMBERS, TABLE, combine, option
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.rows.formats import FORMATS, format_by_name


class TableCommand(ProgramCommand):
    """A command on a program and a table."""

    def read_program(self, words: Words) -> Program:
        program, _ = program_and_table(words.expressions, words.last("-f", "--file"))
        return super().read_program(words._replace(expressions=program))

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        """Nothing yet: what is not bound may be a column."""


def program_and_table(words: list[str], file: str | None) -> tuple[list[str], str]:
    """The expression, unless `-f` gives the program, and the table. Raises UsageError."""
    first = 0 if file is not None else 1
    if len(words) < first:
        raise UsageError("no expression", hint="give one, for example 'a*b', or -f FILE")
    if first and format_by_name(words[0]) and os.path.exists(words[0]):
        expression = words[1] if len(words) > 1 else "EXPR"
        name = click.get_current_context().command.name
        hint = f"the expression comes first: mgrad {name} {shlex.quote(expression)} {words[0]}"
        raise UsageError(f"'{words[0]}' is a table, not an expression", hint=hint)
    if len(words) > first + 1:
        raise extra_argument(words, first + 1)
    program, table = words[:first], (words[first:] or ["-"])[0]
    if "-" in program:
        raise UsageError("standard input is for the table", hint="read the program with -f FILE")
    if file == "-" and table == "-":
        raise UsageError("the program is read from standard input: name the table's FILE")
    return program, table


def table_of(words: list[str], file: str | None) -> str:
    """The table's name, `-` for standard input. Raises UsageError where that is a terminal."""
    _, table = program_and_table(words, file)
    if table == "-" and sys.stdin.isatty():
        raise UsageError("no table", hint="name a FILE, or pipe one in")
    return table


# fmt: off
override_option = option("--override", group=NUMBERS, is_flag=True,
                         help="A value given here takes precedence over a column.")
bind_option = option("--bind", group=NUMBERS, multiple=True, metavar="NAME=COLUMNS",
                     help="Columns of an input, in the order of an array's elements: x=c1,c2."
                     " Repeatable.")
reading_options = combine(
    option("--from", "source_format", group=TABLE, type=click.Choice(list(FORMATS)),
           help="The table's format  [default: from its name, else csv]"),
    option("--delimiter", group=TABLE, metavar="CHAR",
           help="Field delimiter  [default: ',', or what the header shows; a tab in tsv]"),
    option("--decimal", group=TABLE, type=click.Choice([".", ","]), default=".", show_default=True,
           help="Decimal point of the numbers in the table, and of those that are added."),
    option("--na", group=TABLE, metavar="TEXT", multiple=True,
           help="A cell with this text is a missing number: nan. Repeatable."),
    option("--no-header", group=TABLE, is_flag=True,
           help="The first line is a row; requires --columns."),
    option("--columns", group=TABLE, metavar="NAMES", help="Names of the columns: a,b,c."),
)
writing_options = combine(
    option("--prefix", group=TABLE, metavar="WORD", default="",
           help="Prefix for the names of the results."),
    option("--to", "target_format", group=TABLE, type=click.Choice(list(FORMATS)),
           help="The output's format  [default: from its name, else the table's]"),
)
# fmt: on
