"""`mgrad map`: values and gradients for every row of a table."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Any

import click

from micrograd_cli.commands.bindings import ProgramCommand
from micrograd_cli.commands.command_line import Words, extra_argument
from micrograd_cli.commands.options import (
    DERIVATIVES,
    NUMBERS,
    OUTPUT,
    STRICT_STATUSES,
    TABLE,
    color_option,
    nonfinite_option,
    on_error_option,
    option,
    output_option,
    program_options,
    strict_option,
    wrt_option,
)
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.rows.formats import FORMATS, format_by_name
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.run import run_map


class MapCommand(ProgramCommand):
    """A command on a program and a table, whose columns bind inputs too."""

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
        hint = f"the expression comes first: mgrad map {shlex.quote(expression)} {words[0]}"
        raise UsageError(f"'{words[0]}' is a table, not an expression", hint=hint)
    if len(words) > first + 1:
        raise extra_argument(words, first + 1)
    program, table = words[:first], (words[first:] or ["-"])[0]
    if "-" in program:
        raise UsageError("standard input is for the table", hint="read the program with -f FILE")
    if file == "-" and table == "-":
        raise UsageError("the program is read from standard input: name the table's FILE")
    return program, table


EXAMPLES = [
    (
        "Columns bind inputs by name; the results are added.",
        "mgrad map 'tanh(a*b+c)' points.csv > gradients.csv",
    ),
    (
        "A compressed stream, a program in a file, one input from the command line.",
        "zcat huge.csv.gz | mgrad map -f model.mg - --c 10 --to jsonl",
    ),
    ("The first rows as a table.", "mgrad map 'a*b' points.csv --wrt a --head 5"),
]


@click.command(
    "map",
    cls=MapCommand,
    options_metavar="EXPR [FILE] [--NAME NUMBER]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STRICT_STATUSES,
    chapter="map",
)
@program_options
@wrt_option()
@option("--values-only", group=DERIVATIVES, is_flag=True, help="Compute values only, no gradients.")
@option("--only-results", group=TABLE, is_flag=True, help="Leave the original columns out.")
@option(
    "--prefix", group=TABLE, metavar="WORD", default="", help="Prefix for the names of the results."
)
@option(
    "--override",
    group=NUMBERS,
    is_flag=True,
    help="A value given here takes precedence over a column.",
)
@option(
    "--bind",
    group=NUMBERS,
    multiple=True,
    metavar="NAME=COLUMNS",
    help="Columns of an input, in the order of an array's elements: x=c1,c2. Repeatable.",
)
@option(
    "--from",
    "source_format",
    group=TABLE,
    type=click.Choice(list(FORMATS)),
    help="The table's format  [default: from its name, else csv]",
)
@option(
    "--to",
    "target_format",
    group=TABLE,
    type=click.Choice(list(FORMATS)),
    help="The output's format  [default: from its name, else the table's]",
)
@output_option("Write to FILE; on an error it is left unchanged.")
@option(
    "--delimiter",
    group=TABLE,
    metavar="CHAR",
    help="Field delimiter  [default: ',', or what the header shows; a tab in tsv]",
)
@option(
    "--decimal",
    group=TABLE,
    type=click.Choice([".", ","]),
    default=".",
    show_default=True,
    help="Decimal point of the numbers in the table, and of those that are added.",
)
@option(
    "--na",
    group=TABLE,
    metavar="TEXT",
    multiple=True,
    help="A cell with this text is a missing number: nan. Repeatable.",
)
@option(
    "--no-header", group=TABLE, is_flag=True, help="The first line is a row; requires --columns."
)
@option("--columns", group=TABLE, metavar="NAMES", help="Names of the columns: a,b,c.")
@on_error_option("What to do with a bad row.")
@nonfinite_option
@strict_option()
@option(
    "--engine",
    group=OUTPUT,
    type=click.Choice(["auto", "rows", "columns"]),
    default="auto",
    show_default=True,
    help="Compute row by row, or with NumPy in blocks (extra 'batch').",
)
@option(
    "--head",
    group=OUTPUT,
    type=click.IntRange(1, 10_000),
    metavar="N",
    help="Show the first N rows as a table.",
)
@option(
    "--dry-run",
    group=OUTPUT,
    is_flag=True,
    help="Describe what would be done, and show the first rows.",
)
@color_option("Colour the table of --head.")
def command(
    program: Program | None, numbers: dict[str, float], expressions: list[str], **options: Any
) -> None:
    """Compute value and gradients for every row of a table.

    FILE is CSV, TSV or JSONL (Parquet and Arrow with the extra 'batch'); without one, standard
    input. Columns bind the inputs of their names, options the rest. The columns come through as
    they are, and behind them value, d_a, d_b and so on.
    """
    assert program is not None
    _, table = program_and_table(expressions, options["file"])
    if table == "-" and sys.stdin.isatty():
        raise UsageError("no table", hint="name a FILE, or pipe one in")
    options["wrt"] = [] if options["values_only"] else options["wrt"]
    wanted = {name: options[name] for name in MapRequest._fields if name in options}
    assert isinstance(command, ProgramCommand)
    wanted["how_to_give"] = command.how_to_give
    run_map(MapRequest(program, numbers, table, **wanted))
