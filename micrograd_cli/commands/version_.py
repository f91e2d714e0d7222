"""`mgrad version`: the version."""

from __future__ import annotations

import click

from micrograd_cli import __version__
from micrograd_cli.commands.base import Command

EXAMPLES = [
    ("The version.", "mgrad version"),
]


@click.command(
    "version",
    cls=Command,
    examples=EXAMPLES,
    statuses="0 success",
)
def command() -> None:
    """Print the version."""
    click.echo(f"mgrad {__version__}")
