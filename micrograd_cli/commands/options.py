"""The vocabulary of options: what several commands have is declared here, once.

Each option has a group, in which help and man pages list it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import isfinite
from typing import Any

import click

from micrograd_cli.commands import completing
from micrograd_cli.errors import UsageError
from micrograd_cli.language.names import listed
from micrograd_cli.language.reading import MAX_NODES
from micrograd_cli.render import Style

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PROGRAM, NUMBERS, DERIVATIVES, CLAIMS, TABLE, OUTPUT, OTHER = GROUPS = (
    "Program", "Number", "Derivative", "Claim", "Table", "Output", "Other",
)  # fmt: skip


STATUSES = "0 success, 2 wrong usage, 3 wrong program, 5 bad data"
STRICT_STATUSES = STATUSES.replace("5 bad", "4 a result is inf or nan under --strict, 5 bad")


class GroupedOption(click.Option):
    """An option that knows its group."""

    def __init__(self, *names: Any, group: str, last: bool = False, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.group = group
        self.last = last  # in the help it stands at the end


def option(*names: str, group: str, **settings: Any) -> Decorator:
    """`click.option` with a group."""
    return click.option(*names, cls=GroupedOption, group=group, **settings)


def combine(*options: Decorator) -> Decorator:
    """Several options as one decorator, listed in their order."""
    return lambda function: reduce(lambda done, each: each(done), reversed(options), function)


# --- what the program is --------------------------------------------------------------------------

source_options = combine(
    option("-f", "--file", group=PROGRAM, metavar="FILE", type=click.Path(allow_dash=True),
           help="Read the program from FILE ('-' is standard input)."),
    option("--max-nodes", group=OTHER, last=True, metavar="N", type=click.IntRange(1),
           default=MAX_NODES, show_default=True, help="Maximum number of nodes."),
)  # fmt: skip

# --- the numbers of its inputs --------------------------------------------------------------------

program_options = combine(
    source_options,
    option("--let", group=NUMBERS, multiple=True, metavar="NAME=VALUE",
           shell_complete=completing.assignments,
           help="Set an input, even if its name is also an option."),
    option("--params", group=NUMBERS, multiple=True, metavar="FILE", type=click.Path(),
           help="Read values of inputs from a JSON or TOML file, or from mgrad's own JSON."),
    option("--params-strict", group=NUMBERS, is_flag=True,
           help="Refuse a name in --params that is not an input."),
)  # fmt: skip


# --- derivatives ----------------------------------------------------------------------------------


def split_names(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> list[str] | None:
    """The names of `a,W[1,0]`, of all times that the option is given; None where it is not."""
    return [name for value in values for name in listed(value)] if values else None


def wrt_option(
    help_text: str = "Differentiate with respect to these inputs only: a,b.",
) -> Decorator:
    """`--wrt a,b`: a list of names, or None."""
    return option(
        "--wrt",
        group=DERIVATIVES,
        metavar="NAMES",
        multiple=True,
        callback=split_names,
        shell_complete=completing.listed_names,
        help=help_text,
    )


# --- output ---------------------------------------------------------------------------------------


csv_safe_option = option(
    "--csv-safe",
    group=OUTPUT,
    is_flag=True,
    help="In CSV and TSV, put ' before a text that a spreadsheet would run as a formula.",
)


def format_option(
    formats: Sequence[str], default: str | None = None, help_text: str = "Output format."
) -> Decorator:
    """`--format`, as the parameter `format_`; with `--csv-safe` where CSV is among the formats."""
    choice = option("--format", "format_", group=OUTPUT, type=click.Choice(formats),
                    default=default, show_default=default is not None, help=help_text)  # fmt: skip
    return combine(choice, csv_safe_option) if "csv" in formats else choice


def style_of(format_: str, options: Mapping[str, Any], table: str | None = None) -> Style:
    """The style that a command's options of output ask for.

    `table` is a file of CSV that is written besides. Raises UsageError for --csv-safe without CSV.
    """
    safe = options.get("csv_safe", False)
    if safe and table is None and format_ not in ("csv", "tsv"):
        raise UsageError(f"--csv-safe is for csv and tsv, not {format_}")
    return Style(format_, options["color"], options.get("nonfinite", "null"), safe)


def strict_option(help_text: str = "Exit with 4 if a result is inf or nan.") -> Decorator:
    """`--strict`."""
    return option("--strict", group=OUTPUT, is_flag=True, help=help_text)


def color_option(help_text: str = "Colour the table.") -> Decorator:
    """`--color`."""
    return option("--color", group=OUTPUT, type=click.Choice(["auto", "always", "never"]),
                  default="auto", show_default=True, help=help_text)  # fmt: skip


pager_option = option(
    "--no-pager", group=OUTPUT, is_flag=True, help="Print without the pager.",
)  # fmt: skip

nonfinite_option = option(
    "--nonfinite", group=OUTPUT, type=click.Choice(["null", "string"]), default="null",
    show_default=True, help="How JSON writes inf and nan.",
)  # fmt: skip


def on_error_option(help_text: str) -> Decorator:
    """`--on-error`: what to do with a bad line or row."""
    return option("--on-error", group=OUTPUT, type=click.Choice(["stop", "skip", "record"]),
                  default="stop", show_default=True, help=help_text)  # fmt: skip


def digits_option(
    help_text: str = "Significant digits of the numbers that people read  [default: all, or "
    "those that fit]",
) -> Decorator:
    """`--digits N`, from 1 to 17, which is all of them."""
    return option("--digits", group=OUTPUT, metavar="N", type=click.IntRange(1, 17),
                  help=help_text)  # fmt: skip


def require_text(format_: str, digits: int | None) -> None:
    """Raise UsageError where numbers would be rounded that programs read."""
    if digits is not None and format_ not in ("table", "plain", "text", "tree"):
        raise UsageError(f"--digits rounds what people read, and {format_} has all digits",
                         hint="leave it out, or take --format table or plain")  # fmt: skip


def output_option(help_text: str) -> Decorator:
    """`-o FILE`."""
    return option("-o", "--output", group=OUTPUT, metavar="FILE", type=click.Path(),
                  help=help_text)  # fmt: skip


def require_finite(ctx: click.Context, param: click.Parameter, value: float) -> float:
    """Refuse inf and nan."""
    if not isfinite(value):
        raise click.BadParameter(f"{value!r} is not finite.", ctx, param)
    return value
