"""`mgrad examples`: the programs that come with the package."""

from __future__ import annotations

import click

from micrograd_cli import examples
from micrograd_cli.commands import completing
from micrograd_cli.commands.base import Command

EXAMPLES = [
    ("The list.", "mgrad examples"),
    ("One of them.", "mgrad examples neuron"),
    ("To be evaluated.", "mgrad examples neuron | mgrad eval -"),
]


@click.command(
    "examples",
    cls=Command,
    examples=EXAMPLES,
    statuses="0 success, 2 wrong usage",
    chapter="language",
)
@click.argument(
    "name",
    required=False,
    shell_complete=lambda ctx, param, incomplete: completing.beginning(
        examples.names(), incomplete
    ),
)
def command(name: str | None) -> None:
    """List the example programs, or print one."""
    if name is not None:
        click.echo(examples.text(name), nl=False)
        return
    names = examples.names()
    width = max(map(len, names))
    for each in names:
        title = examples.text(each).partition("\n")[0].lstrip("# ")
        click.echo(f"{each:<{width}}  {title}")
