"""`mgrad map`: values and gradients for every row of a table."""

from __future__ import annotations

import os
import shlex
import sys
from typing import Any

import click

from micrograd_cli.commands.bindings import ProgramCommand
from micrograd_cli.commands.command_line import Words, extra_argument
from micrograd_cli.commands.mistakes import argument_hint
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
        file = words.last("-f", "--file")
        program, tables = program_and_tables(words.expressions, file)
        check_stdin(file, tables, words.last("--files-from"))
        return super().read_program(words._replace(expressions=program))

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        """Nothing yet: what is not bound may be a column."""


def program_and_tables(words: list[str], file: str | None) -> tuple[list[str], list[str]]:
    """The expression, unless `-f` gives the program, and the tables. Raises UsageError."""
    first = 0 if file is not None else 1
    if len(words) < first:
        raise UsageError("no expression", hint="give one, for example 'a*b', or -f FILE")
    if first and format_by_name(words[0]) and os.path.exists(words[0]):
        expression = words[1] if len(words) > 1 else "EXPR"
        hint = f"the expression comes first: mgrad map {shlex.quote(expression)} {words[0]}"
        raise UsageError(f"'{words[0]}' is a table, not an expression", hint=hint)
    program, tables = words[:first], words[first:]
    for index, word in enumerate(words):
        if index >= first and not is_table(word, alone=len(tables) == 1):
            raise extra_argument(words, index)
    if "-" in program:
        raise UsageError("standard input is for the table", hint="read the program with -f FILE")
    return program, tables


def is_table(word: str, alone: bool) -> bool:
    """Whether a word may name tables; else it is part of an expression that lacks its quotes."""
    if argument_hint([word]):
        return os.path.lexists(word)
    return alone or word == "-" or bool(set(word) & set("./*?[")) or os.path.lexists(word)


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
    (
        "One output for each of many tables; begun again, it goes on where it was killed.",
        "mgrad map 'a*b' 'in/*.csv' -o out/ --skip-existing",
    ),
]


@click.command(
    "map",
    cls=MapCommand,
    options_metavar="EXPR [FILE]... [--NAME NUMBER]... [OPTIONS]",
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
    help="The tables' format  [default: from their names, else csv]",
)
@option(
    "--to",
    "target_format",
    group=TABLE,
    type=click.Choice(list(FORMATS)),
    help="The output's format  [default: from its name, else the tables']",
)
@option(
    "--files-from",
    group=TABLE,
    metavar="LIST",
    type=click.Path(allow_dash=True),
    help="Read the names of tables from LIST ('-' is standard input), one on each line.",
)
@option("--file-column", group=TABLE, metavar="NAME", help="Add a column with the table's path.")
@output_option("Write to FILE, or a file for each table in FOLDER/; an error leaves none half.")
@option(
    "--skip-existing",
    group=OUTPUT,
    is_flag=True,
    help="Leave outputs that are in FOLDER/ already as they are.",
)
@option("--overwrite", group=OUTPUT, is_flag=True, help="Replace outputs that are in FOLDER/.")
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
    type=click.IntRange(1),
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

    FILE is CSV, TSV or JSONL (Parquet and Arrow with the extra 'batch'), a folder of them, or a
    quoted glob; without one, standard input. Columns bind the inputs of their names, options the
    rest. The columns come through as they are, and behind them value, d_a, d_b and so on. The rows
    of several tables follow each other, unless -o FOLDER/ gives each an output of its own.
    """
    assert program is not None
    _, tables = program_and_tables(expressions, options["file"])
    tables = tables or ["-"] * (options["files_from"] is None)
    if "-" in tables and sys.stdin.isatty():
        raise UsageError("no table", hint="name a FILE, or pipe one in")
    check_folder(options)
    options["wrt"] = [] if options["values_only"] else options["wrt"]
    wanted = {name: options[name] for name in MapRequest._fields if name in options}
    assert isinstance(command, ProgramCommand)
    wanted["how_to_give"] = command.how_to_give
    run_map(MapRequest(program, numbers, tables, **wanted))


def check_stdin(file: str | None, tables: list[str], files_from: str | None) -> None:
    """Raises UsageError where standard input is asked to be two things."""
    if file == "-" and ("-" in (*tables, files_from) or not (tables or files_from)):
        raise UsageError("the program is read from standard input: name the table's FILE")
    if files_from == "-" and "-" in tables:
        raise UsageError("standard input is the list of --files-from, and cannot be a table")


def check_folder(options: dict[str, Any]) -> None:
    """Raises UsageError for an option of a folder of outputs without one."""
    if options["skip_existing"] and options["overwrite"]:
        raise UsageError("--skip-existing and --overwrite are opposites", hint="give one of them")
    output = options["output"] or ""
    folder = output.endswith(("/", os.sep)) or os.path.isdir(output)
    for option_ in ("skip_existing", "overwrite"):
        if options[option_] and not folder:
            name = option_.replace("_", "-")
            raise UsageError(f"--{name} is for a folder of outputs", hint="give -o FOLDER/")
