"""The vocabulary of options: what several commands have is declared here, once.

Each option has a group, in which help and man pages list it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce
from math import isfinite
from typing import Any

import click

from micrograd_cli.language.reading import MAX_NODES

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PROGRAM, NUMBERS, DERIVATIVES, TABLE, OUTPUT = (
    "program", "numbers", "derivatives", "table", "output",
)  # fmt: skip


class GroupedOption(click.Option):
    """An option that knows its group."""

    def __init__(self, *names: Any, group: str, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.group = group


def option(*names: str, group: str, **settings: Any) -> Decorator:
    """`click.option` with a group."""
    return click.option(*names, cls=GroupedOption, group=group, **settings)


def combined(*options: Decorator) -> Decorator:
    """Several options as one decorator, listed in their order."""
    return lambda function: reduce(lambda done, each: each(done), reversed(options), function)


# --- what the program is --------------------------------------------------------------------------

source_options = combined(
    option("-f", "--file", group=PROGRAM, metavar="FILE", type=click.Path(allow_dash=True),
           help="Read the program from FILE ('-' is standard input)."),
    option("--max-nodes", group=PROGRAM, type=click.IntRange(1), default=MAX_NODES,
           show_default=True, help="Maximum number of nodes."),
)  # fmt: skip

# --- the numbers of its inputs --------------------------------------------------------------------

program_options = combined(
    source_options,
    option("--let", group=NUMBERS, multiple=True, metavar="NAME=VALUE",
           help="Set an input, even if its name is also an option."),
    option("--params", group=NUMBERS, multiple=True, metavar="FILE", type=click.Path(),
           help="Read values of inputs from a JSON or TOML file."),
)  # fmt: skip


# --- derivatives ----------------------------------------------------------------------------------


def split_names(ctx: click.Context, param: click.Parameter, value: str | None) -> list[str] | None:
    """The names of `a,W[1,0]`, or None where the option is not given."""
    if value is None:
        return None
    parts = value.split(",") if "[" not in value else re.split(r",(?![^\[]*\])", value)
    return [name.strip() for name in parts]


def wrt_option(
    help_text: str = "Differentiate with respect to these inputs only: a,b.",
) -> Decorator:
    """`--wrt a,b`: a list of names, or None."""
    return option("--wrt", group=DERIVATIVES, metavar="NAMES", callback=split_names, help=help_text)


# --- output ---------------------------------------------------------------------------------------


def format_option(
    formats: Sequence[str], default: str | None = None, help_text: str = "Output format."
) -> Decorator:
    """`--format`, as the parameter `format_`."""
    return option("--format", "format_", group=OUTPUT, type=click.Choice(formats), default=default,
                  show_default=default is not None, help=help_text)  # fmt: skip


def strict_option(help_text: str = "Exit with 4 if a result is inf or nan.") -> Decorator:
    """`--strict`."""
    return option("--strict", group=OUTPUT, is_flag=True, help=help_text)


def color_option(help_text: str = "Colour the table.") -> Decorator:
    """`--color`."""
    return option("--color", group=OUTPUT, type=click.Choice(["auto", "always", "never"]),
                  default="auto", show_default=True, help=help_text)  # fmt: skip


nonfinite_option = option(
    "--nonfinite", group=OUTPUT, type=click.Choice(["null", "string"]), default="null",
    show_default=True, help="How JSON writes inf and nan.",
)  # fmt: skip


def on_error_option(help_text: str) -> Decorator:
    """`--on-error`: what becomes of a bad line or row."""
    return option("--on-error", group=OUTPUT, type=click.Choice(["stop", "skip", "record"]),
                  default="stop", show_default=True, help=help_text)  # fmt: skip


def output_option(help_text: str) -> Decorator:
    """`-o FILE`."""
    return option("-o", "--output", group=OUTPUT, metavar="FILE", type=click.Path(),
                  help=help_text)  # fmt: skip


def finite(ctx: click.Context, param: click.Parameter, value: float) -> float:
    """Refuse inf and nan."""
    if not isfinite(value):
        raise click.BadParameter(f"{value!r} is not finite.", ctx, param)
    return value
