"""`mgrad completion`: the script that makes a shell complete mgrad's commands and options."""

from __future__ import annotations

import os

import click

from micrograd_cli.commands.base import Command
from micrograd_cli.commands.options import OTHER, option
from micrograd_cli.commands.shells import SHELLS, script, shell_of
from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.files.output import printing_to

EXAMPLES = [
    ("For this shell.", 'eval "$(mgrad completion bash)"'),
    ("For all shells to come.", "mgrad completion --install"),
]


@click.command(
    "completion",
    cls=Command,
    examples=EXAMPLES,
    statuses="0 success, 2 wrong usage, 5 a file cannot be written",
    chapter="bindings",
)
@click.argument("shell", required=False, type=click.Choice(list(SHELLS)))
@option(
    "--install",
    group=OTHER,
    is_flag=True,
    help="Write it where the shell (SHELL's, if none is named) reads it, and say where.",
)
def command(shell: str | None, install: bool) -> None:
    """Print a completion script for a shell, or install it.

    It completes commands, options, files, and the inputs of the program on the line. --install
    writes one file, and for bash and zsh one line into ~/.bashrc or ~/.zshrc that reads it.
    """
    shell = shell or (shell_of(os.environ) if install else None)
    if shell is None:
        raise UsageError("missing argument SHELL", hint=f"one of {', '.join(SHELLS)}")
    if not shell:
        raise UsageError("SHELL names no shell that is known", hint=f"one of {', '.join(SHELLS)}")
    if not install:
        click.echo(script(shell), nl=False)
        return
    path = place(shell)
    write(path, script(shell))
    if shell != "fish":
        add_line(os.path.join(home(), f".{shell}rc"), f'source "{path}"')
    click.echo(f"A new {shell} completes mgrad.")


def home() -> str:
    """The user's folder. Raises DataError where HOME is empty: that would be the root."""
    if os.environ.get("HOME") == "":
        raise DataError("HOME is empty", hint="set it to your folder")
    return os.path.expanduser("~")


def place(shell: str) -> str:
    """The file of the script: fish finds it there by itself."""
    if shell == "fish":
        folder = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home(), ".config")
        return os.path.join(folder, "fish", "completions", "mgrad.fish")
    folder = os.environ.get("XDG_DATA_HOME") or os.path.join(home(), ".local", "share")
    return os.path.join(folder, "mgrad", f"completion.{shell}")


def write(path: str, text: str) -> None:
    """Write a file whole, and say so. Raises DataError."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as error:
        raise DataError(f"cannot write '{path}': {error.strerror}") from None
    with printing_to(path):
        click.echo(text, nl=False)
    click.echo(f"wrote {path}")


def add_line(path: str, line: str) -> None:
    """Add a line to a shell's start-up file, unless it is there, and say so. Raises DataError."""
    try:
        with open(path, "a+", encoding="utf-8", errors="surrogateescape") as file:
            file.seek(0)
            text = file.read()
            if line in text.splitlines():
                return
            file.write(("" if not text or text.endswith("\n") else "\n") + line + "\n")
    except OSError as error:
        raise DataError(f"cannot write '{path}': {error.strerror}") from None
    click.echo(f"added to {path}: {line}")
