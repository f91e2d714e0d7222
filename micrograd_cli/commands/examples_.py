"""`mgrad examples`: the programs that come with the package."""

from __future__ import annotations

import os

import click

from micrograd_cli.errors import UsageError, suggestion

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "examples")


def names() -> list[str]:
    """The names of the example programs."""
    return sorted(name[:-3] for name in os.listdir(FOLDER) if name.endswith(".mg"))


def text(name: str) -> str:
    """The text of an example. Raises UsageError for an unknown name."""
    if name not in names():
        raise UsageError(f"there is no example '{name}'", hint=suggestion(name, names()))
    with open(os.path.join(FOLDER, f"{name}.mg"), encoding="utf-8") as file:
        return file.read()


@click.command("examples")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the example programs, or print one.

    \b
    mgrad examples
    mgrad examples neuron
    mgrad examples neuron | mgrad eval -
    """
    if name is not None:
        click.echo(text(name), nl=False)
        return
    width = max(map(len, names()))
    for each in names():
        click.echo(f"{each:<{width}}  {text(each).partition(chr(10))[0].lstrip('# ')}")
