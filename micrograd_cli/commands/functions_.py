"""`mgrad functions`: the operations, their derivatives and conventions."""

from __future__ import annotations

import click

from micrograd_cli.analysis import catalogue
from micrograd_cli.commands.options import color_option
from micrograd_cli.ops import OPS
from micrograd_cli.render import Style
from micrograd_cli.render.functions import FunctionsView
from micrograd_cli.render.writers import writer


def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """For completion: the operations whose names begin so."""
    return [name for name in OPS if name.startswith(incomplete)]


@click.command("functions")
@click.argument("name", required=False, shell_complete=names)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="How to print.",
)
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
    with writer(FunctionsView(), Style(format_, color)) as output:
        output.write(entries)
