"""`mgrad completion`: the script that makes a shell complete mgrad's commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from micrograd_cli.commands.base import Command

EXAMPLES = [
    ("For this shell.", 'eval "$(mgrad completion bash)"'),
    ("For all shells to come.", "mgrad completion bash >> ~/.bashrc"),
]


@click.command(
    "completion",
    cls=Command,
    examples=EXAMPLES,
    statuses="0 success, 2 wrong usage",
    chapter="bindings",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a completion script for a shell.

    It completes commands, options, files, and the inputs of the program on the line. For bash put
    the first line into ~/.bashrc, for zsh the second into ~/.zshrc; fish reads a folder.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(ctx.find_root().command, {}, "mgrad", "_MGRAD_COMPLETE")
    click.echo(kind.source_template % script.source_vars())
