"""`mgrad help`: the manual, chapter by chapter."""

from __future__ import annotations

import sys

import click

from micrograd_cli import manual
from micrograd_cli.commands.base import Command
from micrograd_cli.commands.options import color_option, pager_option
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.terminal.pager import page


def topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """For completion: the chapters and commands whose names begin so."""
    return [name for name in known(ctx) if name.startswith(incomplete)]


def known(ctx: click.Context) -> list[str]:
    """The chapters and the commands, each name once."""
    group = ctx.find_root().command
    commands = group.list_commands(ctx) if isinstance(group, click.Group) else []
    return list(dict.fromkeys([*manual.chapters(), *commands]))


EXAMPLES = [
    ("The chapters.", "mgrad help"),
    ("A chapter.", "mgrad help language"),
    ("The options of a command, and its chapter.", "mgrad help check"),
]


@click.command(
    "help",
    cls=Command,
    examples=EXAMPLES,
    statuses="0 success, 2 wrong usage",
)
@click.argument("topic", required=False, shell_complete=topics)
@pager_option
@color_option("Colour the text.")
@click.pass_context
def command(ctx: click.Context, topic: str | None, no_pager: bool, color: str) -> None:
    """Show a chapter of the manual, or the help of a command."""
    if topic is None:
        page(contents(ctx), not no_pager)
        return
    if topic not in known(ctx):
        from micrograd_cli.ops import FUNCTIONS

        hint = suggestion(topic, known(ctx), "mgrad help {}") or "mgrad help lists the chapters"
        hint = f"did you mean mgrad functions {topic}?" if topic in FUNCTIONS else hint
        raise UsageError(f"there is no chapter or command '{topic}'", hint=hint)
    parts = [command_help(ctx, topic)]
    if topic in manual.chapters():
        parts.append(formatted(manual.text(topic), color))
    page("\n".join(part for part in parts if part), not no_pager)


def contents(ctx: click.Context) -> str:
    """The chapters with their titles."""
    names = manual.chapters()
    width = max(map(len, names))
    lines = [f"  {name:<{width}}  {manual.title(name)}" for name in names]
    return "\n".join(["mgrad help CHAPTER shows one of:", "", *lines, "", OTHERS, ""])


OTHERS = "mgrad help COMMAND shows the options of a command; mgrad --help lists the commands."


def command_help(ctx: click.Context, name: str) -> str:
    """The help of a command, or nothing if there is no such command."""
    root = ctx.find_root()
    group = root.command
    assert isinstance(group, click.Group)
    found = group.get_command(root, name)
    if found is None:
        return ""
    with found.make_context(name, [], parent=root, resilient_parsing=True) as own:
        return found.get_help(own) + "\n"


def formatted(markdown: str, color: str) -> str:
    """A chapter as a terminal shows it, also at the end of a pipe; in a file its Markdown."""
    from micrograd_cli.terminal.console import console, reading_width

    if not (sys.stdout.isatty() or reading_width()):
        return markdown
    from rich.markdown import Markdown

    screen = console(color, for_reading=True)
    with screen.capture() as captured:
        screen.print(Markdown(markdown))
    return captured.get()
