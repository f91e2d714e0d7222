"""`mgrad functions`: the operations, their derivatives and conventions."""

from __future__ import annotations

import sys

import click

from micrograd_cli.analysis import catalogue
from micrograd_cli.commands.options import color_option, format_option
from micrograd_cli.ops import OPS


def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """For completion: the operations whose names begin so."""
    from micrograd_cli.language.array_rules import ACTIONS

    return [name for name in {**OPS, **ACTIONS} if name.startswith(incomplete)]


@click.command("functions")
@click.argument("name", required=False, shell_complete=names)
@format_option(["table", "json", "markdown"], "table")
@color_option()
def command(name: str | None, format_: str, color: str) -> None:
    """List the operations of the language, or the one called NAME.

    Each has its derivatives as formulas, its domain, what is taken where no derivative exists, and
    an example with its result.

    \b
    mgrad functions
    mgrad functions tanh
    mgrad functions --format json
    """
    entries = list(catalogue.entries()) if name is None else [catalogue.find(name)]
    from micrograd_cli.render import functions

    if format_ == "table":
        functions.print_table(entries, color)
        return
    text = functions.markdown(entries) if format_ == "markdown" else functions.objects(entries)
    sys.stdout.buffer.write(text.encode())
