"""Commands on a program and a table, whose columns bind inputs: their words, and their options."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from micrograd_cli.commands.command_line import Words, extra_argument
from micrograd_cli.commands.mistakes import argument_hint
from micrograd_cli.commands.options import NUMBERS, OUTPUT, TABLE, combine, option
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.errors import UsageError
from micrograd_cli.language.program import Program
from micrograd_cli.rows.formats import FORMATS, extra_is_installed, format_by_name
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import is_remote


class TableCommand(ProgramCommand):
    """A command on a program and tables."""

    def read_program(self, words: Words) -> Program:
        file = words.last("-f", "--file")
        program, tables = program_and_tables(words.expressions, file)
        check_stdin(file, tables, words.last("--files-from"))
        return super().read_program(words._replace(expressions=program))

    def expects_file(self, ctx: click.Context, words: Words) -> bool:
        """Tables stand behind the program."""
        return bool(words.expressions or words.last("-f", "--file"))

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        """Nothing yet: what is not bound may be a column."""


def program_and_tables(words: list[str], file: str | None) -> tuple[list[str], list[str]]:
    """The expression, unless `-f` gives the program, and the tables. Raises UsageError."""
    first = 0 if file is not None else 1
    if len(words) < first:
        raise UsageError("no expression", hint="give one, for example 'a*b', or -f FILE")
    if first and format_by_name(words[0]) and os.path.exists(words[0]):
        expression = words[1] if len(words) > 1 else "EXPR"
        name = click.get_current_context().command.name
        hint = f"the expression comes first: mgrad {name} {shlex.quote(expression)} {words[0]}"
        raise UsageError(f"'{words[0]}' is a table, not an expression", hint=hint)
    program, tables = words[:first], words[first:]
    for index, word in enumerate(words):
        if index >= first and not may_be_table(word, alone=len(tables) == 1):
            raise extra_argument(words, index)
    if "-" in program:
        raise UsageError("standard input is for the table", hint="read the program with -f FILE")
    return program, tables


def may_be_table(word: str, alone: bool) -> bool:
    """Whether a word may name tables; else it is part of an expression that lacks its quotes."""
    if is_remote(word):
        return True
    if argument_hint([word]):
        return os.path.lexists(word)
    return alone or word == "-" or bool(set(word) & set("./*?[")) or os.path.lexists(word)


def tables_of(words: list[str], options: Mapping[str, Any]) -> list[str]:
    """The tables' names, `-` for standard input. Raises UsageError where that is a terminal."""
    _, tables = program_and_tables(words, options["file"])
    if not tables and options["files_from"] is None:
        tables = ["-"]
    if "-" in tables and sys.stdin.isatty():
        raise UsageError("no table", hint="name a FILE, or pipe one in")
    return tables


def check_stdin(file: str | None, tables: Sequence[str], files_from: str | None) -> None:
    """Raises UsageError where standard input is asked to be two things."""
    if file == "-" and ("-" in (*tables, files_from) or not (tables or files_from)):
        raise UsageError("the program is read from standard input: name the table's FILE")
    if files_from == "-" and "-" in tables:
        raise UsageError("standard input is the list of --files-from, and cannot be a table")


def check_folder(request: MapRequest) -> None:
    """Raises UsageError for an option of a folder of outputs without one."""
    given = {"--skip-existing": request.skip_existing, "--overwrite": request.overwrite}
    if all(given.values()):
        raise UsageError("--skip-existing and --overwrite are opposites", hint="give one of them")
    for name in (name for name, is_given in given.items() if is_given and not request.folder):
        raise UsageError(f"{name} is for a folder of outputs", hint="give -o FOLDER/")


def check_reduce(request: MapRequest) -> None:
    """Raises UsageError for options that ask of every row what --reduce gives once."""
    if request.reduce is None:
        return
    if not extra_is_installed():
        raise UsageError("--reduce needs NumPy and Polars", hint="pip install 'mgrad[batch]'")
    given = {
        "--head": request.head is not None,
        "--dry-run": request.dry_run,
        "--file-column": request.file_column is not None,
        "--on-error record": request.records_errors,
        "--engine rows": request.engine == "rows",
    }
    wrong = next((name for name, is_given in given.items() if is_given), None)
    if wrong is not None:
        hint = "--on-error skip leaves bad rows out" if "error" in wrong else ""
        raise UsageError(f"{wrong} is for rows, and --reduce leaves but one", hint=hint)


# fmt: off
override_option = option("--override", group=NUMBERS, is_flag=True,
                         help="A value given here takes precedence over a column.")
bind_option = option("--bind", group=NUMBERS, multiple=True, metavar="NAME=COLUMNS",
                     help="Columns of an input, in the order of an array's elements: x=c1,c2."
                     " Repeatable.")
reading_options = combine(
    option("--from", "source_format", group=TABLE, type=click.Choice(list(FORMATS)),
           help="The tables' format  [default: from their names, else csv]"),
    option("--files-from", group=TABLE, metavar="LIST", type=click.Path(allow_dash=True),
           help="Read the names of tables from LIST ('-' is standard input), one on each line."),
    option("--storage-option", "storage", group=TABLE, multiple=True, metavar="NAME=VALUE",
           help="For tables at addresses such as s3://bucket/x.parquet: what Polars' readers need."
           " Repeatable."),
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
cluster_option = option(
    "--cluster", group=OUTPUT, metavar="ADDRESS",
    help="Compute on a Dask cluster, tcp://host:8786, or on processes, local:4 (extra 'cluster').",
)
writing_options = combine(
    option("--prefix", group=TABLE, metavar="WORD", default="",
           help="Prefix for the names of the results."),
    option("--to", "target_format", group=TABLE, type=click.Choice(list(FORMATS)),
           help="The output's format  [default: from its name, else the tables']"),
    option("--file-column", group=TABLE, metavar="NAME",
           help="Add a column with the path of each row's table."),
    option("--skip-existing", group=OUTPUT, is_flag=True,
           help="Leave outputs that are in FOLDER/ already as they are."),
    option("--overwrite", group=OUTPUT, is_flag=True, help="Replace outputs that are in FOLDER/."),
)
# fmt: on
