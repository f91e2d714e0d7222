"""The command line: `mgrad COMMAND`. A command's module is imported when it is called."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from micrograd_cli import __version__
from micrograd_cli.errors import MgradError, UsageError, suggestion
from micrograd_cli.terminal.streams import escape_unknown_characters

COMMANDS = {
    "eval": "Value and gradients of an expression.",
    "check": "Check gradients; exit 0 or 1.",
    "map": "Values and gradients for every row of a table.",
    "explain": "The chain rule step by step, with this point's numbers.",
    "graph": "The graph: a tree in the terminal, DOT, Mermaid, SVG, PNG.",
    "diff": "The derivative as a program, a formula or code.",
    "jacobian": "The derivatives of all outputs, as a matrix.",
    "hessian": "The second derivatives, as a matrix.",
    "functions": "The operations, their derivatives and conventions.",
    "examples": "Example programs to read and to run.",
    "completion": "A completion script for bash, zsh or fish.",
}

HOMES = {"check": "check.command"}  # of the others NAME_.py


class Commands(click.Group):
    """A group that knows its commands by name and loads one when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        home = HOMES.get(name, f"{name}_")
        command = import_module(f"micrograd_cli.commands.{home}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            hint = suggestion(args[0], COMMANDS, "mgrad {}")
            hint = hint or "an expression is evaluated by mgrad eval EXPR"
            raise UsageError(f"no command '{args[0]}'", hint=hint)
        return super().resolve_command(ctx, args)


@click.group("mgrad", cls=Commands, context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="mgrad", message="%(prog)s %(version)s")
def mgrad() -> None:
    """Evaluate expressions and their gradients.

    \b
    mgrad eval "tanh(a*b+c)" --a 2 --b -3 --c 10
    """


def run(args: list[str]) -> int:
    """Run the command line `args`; the exit status. OSError and KeyboardInterrupt pass through."""
    instruction = os.environ.get("_MGRAD_COMPLETE")
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(mgrad, {}, "mgrad", "_MGRAD_COMPLETE", instruction)
    from micrograd_cli.commands.messages import fail

    escape_unknown_characters()
    try:
        with mgrad.make_context("mgrad", list(args)) as ctx:
            status = mgrad.invoke(ctx)
        return status if isinstance(status, int) else 0
    except MgradError as error:
        return fail(error)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "", err=True)
        return 2
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        return fail(usage_error(error))


def usage_error(error: click.ClickException) -> UsageError:
    """Click's complaint in mgrad's words."""
    if isinstance(error, click.NoSuchOption):
        ctx = error.ctx
        params = ctx.command.get_params(ctx) if ctx else []
        known = [name.lstrip("-") for param in params for name in param.opts]
        hint = suggestion(error.option_name.lstrip("-"), known, "--{}")
        return UsageError(f"unknown option {error.option_name}", hint=hint)
    if isinstance(error, click.BadOptionUsage):
        return UsageError(f"option {error.option_name} needs a value")
    message = error.format_message().rstrip(".")
    return UsageError(message[:1].lower() + message[1:])
