"""`mgrad map`: values and gradients for every row of a table."""

from __future__ import annotations

import sys
from typing import Any

import click

from micrograd_cli.commands.bindings import ProgramCommand, program_options
from micrograd_cli.commands.command_line import Words
from micrograd_cli.commands.options import color_option, nonfinite_option
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.rows.formats import FORMATS
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
    if len(words) > first + 1:
        extra = words[first + 1]
        raise UsageError(f"unexpected argument '{extra}'", hint="quote the expression: 'a + b'")
    program, table = words[:first], (words[first:] or ["-"])[0]
    if "-" in program:
        raise UsageError("standard input is for the table", hint="read the program with -f FILE")
    if file == "-" and table == "-":
        raise UsageError("the program is read from standard input: name the table's FILE")
    return program, table


def names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",")]


@click.command("map", cls=MapCommand, options_metavar="EXPR [FILE] [--NAME NUMBER]... [OPTIONS]")
@program_options
@click.option("--wrt", metavar="NAMES", help="Differentiate by these inputs only: a,b.")
@click.option("--values-only", is_flag=True, help="Values, no gradients.")
@click.option("--only-results", is_flag=True, help="Leave the original columns out.")
@click.option("--prefix", metavar="WORD", default="", help="Put WORD before the results' names.")
@click.option("--override", is_flag=True, help="A number given here wins over a column.")
@click.option(
    "--from",
    "source_format",
    type=click.Choice(list(FORMATS)),
    help="The table's format  [default: by its name, else csv]",
)
@click.option(
    "--to",
    "target_format",
    type=click.Choice(list(FORMATS)),
    help="The output's format  [default: by its name, else the table's]",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(),
    help="Write to FILE, which is whole or not there.",
)
@click.option("--delimiter", metavar="CHAR", help="Between cells  [default: ',', or a tab in tsv]")
@click.option("--no-header", is_flag=True, help="The first line is a row; needs --columns.")
@click.option("--columns", metavar="NAMES", help="What the columns are called: a,b,c.")
@click.option(
    "--on-error",
    type=click.Choice(["stop", "skip", "record"]),
    default="stop",
    show_default=True,
    help="What is done with a bad row.",
)
@nonfinite_option
@click.option("--strict", is_flag=True, help="Exit with 4 if a result is inf or nan.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "rows", "columns"]),
    default="auto",
    show_default=True,
    help="Row by row, or by NumPy in blocks (the extra 'batch').",
)
@click.option(
    "--head", type=click.IntRange(1), metavar="N", help="Show the first N rows as a table."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and show the first rows.")
@color_option("Colour the table of --head.")
def command(
    program: Program | None, numbers: dict[str, float], expressions: list[str], **options: Any
) -> None:
    """Value and gradients for every row of a table.

    FILE is CSV, TSV or JSONL (Parquet and Arrow with the extra 'batch'); without one, standard
    input. Columns bind the inputs of their names, options the rest. The columns come through as
    they are, and behind them value, d_a, d_b and so on.

    \b
    mgrad map 'tanh(a*b+c)' points.csv > gradients.csv
    zcat huge.csv.gz | mgrad map -f model.mg - --c 10 --to jsonl
    mgrad map 'a*b' points.csv --wrt a --head 5
    """
    assert program is not None
    _, table = program_and_table(expressions, options["file"])
    if table == "-" and sys.stdin.isatty():
        raise UsageError("no table", hint="name a FILE, or pipe one in")
    options["wrt"] = [] if options["values_only"] else names(options["wrt"])
    wanted = {name: options[name] for name in MapRequest._fields if name in options}
    run_map(MapRequest(program, numbers, table, **wanted))
