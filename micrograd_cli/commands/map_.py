"""`mgrad map`: values and gradients for every row of a table."""

from __future__ import annotations

import os
from typing import Any

import click

from micrograd_cli.commands.options import (
    DERIVATIVES,
    OUTPUT,
    STRICT_STATUSES,
    TABLE,
    color_option,
    csv_safe_option,
    digits_option,
    nonfinite_option,
    on_error_option,
    option,
    output_option,
    program_options,
    strict_option,
    wrt_option,
)
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.commands.tables import (
    TableCommand,
    bind_option,
    check_folder,
    check_reduce,
    cluster_option,
    override_option,
    reading_options,
    tables_of,
    writing_options,
)
from micrograd_cli.language.program import Program
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.run import run_map

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
        "The mean loss and its gradient by the parameters: one row.",
        "mgrad map '(w*x + b - y)^2' points.csv --w 2 --b 0.5 --reduce mean",
    ),
    (
        "One output for each of many tables; begun again, it goes on where it was killed.",
        "mgrad map 'a*b' 'in/*.csv' -o out/ --skip-existing",
    ),
]


@click.command(
    "map",
    cls=TableCommand,
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
    "--reduce",
    group=TABLE,
    type=click.Choice(["mean", "sum"]),
    help="Print one row: the mean or the sum over all rows, with its gradient by the inputs"
    " that are no columns.",
)
@writing_options
@override_option
@bind_option
@reading_options
@output_option("Write to FILE, or a file for each table in FOLDER/; an error leaves none half.")
@digits_option("Significant digits of the results  [default: all]")
@cluster_option
@on_error_option("What to do with a bad row.")
@nonfinite_option
@csv_safe_option
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

    FILE is CSV, TSV or JSONL (Parquet and Arrow with the extra 'batch'), a folder of them, or a
    quoted glob; without one, standard input. Columns bind the inputs of their names, options the
    rest. The columns come through as they are, and behind them value, d_a, d_b and so on. The rows
    of several tables follow each other, unless -o FOLDER/ gives each an output of its own.
    """
    assert program is not None
    tables = tables_of(expressions, options)
    options["wrt"] = [] if options["values_only"] else options["wrt"]
    wanted = {name: options[name] for name in MapRequest._fields if name in options}
    assert isinstance(command, ProgramCommand)
    wanted["how_to_give"] = command.how_to_give
    request = MapRequest(program, numbers, tables, **wanted)
    check_folder(request)
    check_reduce(request)
    # rows are shared out among threads here, so each calculation needs but one: NumPy then
    # begins without making threads for its linear algebra
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    run_map(request)
