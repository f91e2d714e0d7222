"""`mgrad functions`: the operations, their derivatives and conventions."""

from __future__ import annotations

import click

from micrograd_cli.analysis import catalogue
from micrograd_cli.commands.base import Command
from micrograd_cli.commands.options import color_option, format_option, pager_option
from micrograd_cli.ops import OPS
from micrograd_cli.render import Style
from micrograd_cli.render.functions import FunctionsView
from micrograd_cli.render.writers import writer


def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """For completion: the operations whose names begin so."""
    from micrograd_cli.language.actions import ACTIONS

    return [name for name in {**OPS, **ACTIONS} if name.startswith(incomplete)]


EXAMPLES = [
    ("All operations.", "mgrad functions"),
    ("One of them.", "mgrad functions tanh"),
    ("For a script.", "mgrad functions --format json"),
]


@click.command(
    "functions",
    cls=Command,
    examples=EXAMPLES,
    statuses="0 success, 2 wrong usage",
    chapter="functions",
)
@click.argument("name", required=False, shell_complete=names)
@format_option(["table", "json", "markdown"], "table")
@color_option()
@pager_option
def command(name: str | None, format_: str, color: str, no_pager: bool) -> None:
    """List the operations of the language, or the one called NAME.

    Each has its derivatives as formulas, its domain, the convention where no derivative exists, and
    an example with its result.
    """
    entries = list(catalogue.entries()) if name is None else [catalogue.find(name)]
    with writer(FunctionsView(), Style(format_, color, paged=not no_pager)) as output:
        output.write(entries)
