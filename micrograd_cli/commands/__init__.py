"""The command line: `mgrad COMMAND`. A command's module is imported when it is called."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, NamedTuple

import click

from micrograd_cli import __version__
from micrograd_cli.commands.context import Context
from micrograd_cli.commands.first_word import with_command
from micrograd_cli.errors import MgradError, UsageError, suggestion
from micrograd_cli.terminal.streams import escape_unknown_characters


class Entry(NamedTuple):
    """A command of the table: its group, its module, and what `mgrad --help` says of it."""

    group: str
    module: str
    help: str


COMMANDS = {
    "eval": Entry("Evaluate", "eval_", "Evaluate an expression and its gradients."),
    "explain": Entry("Evaluate", "explain_",
                     "Explain the chain rule step by step, with the numbers at a point."),
    "graph": Entry("Evaluate", "graph_",
                   "Draw the graph as a tree in the terminal, DOT, Mermaid, SVG or PNG."),
    "plot": Entry("Evaluate", "plot_",
                  "Plot an expression and its derivatives along an input, or over two."),
    "page": Entry("Evaluate", "page_", "Make a live page of HTML: the graph, sliders and steps."),
    "check": Entry("Differentiate", "check.command", "Check gradients; exit 0 or 1."),
    "diff": Entry("Differentiate", "diff_",
                  "Print the derivative as a program, a formula or code."),
    "jacobian": Entry("Differentiate", "jacobian_",
                      "Print the derivatives of all outputs as a matrix."),
    "hessian": Entry("Differentiate", "hessian_", "Print the second derivatives as a matrix."),
    "uncertainty": Entry("Measure", "uncertainty_",
                         "Propagate the uncertainties of inputs: --V 5.0±0.1."),
    "fit": Entry("Tables", "fit_", "Fit a model's parameters to a table, with standard errors."),
    "minimize": Entry("Tables", "minimize_", "Find a minimum or a root; over a table: train."),
    "map": Entry("Tables", "map_", "Compute values and gradients for every row of a table."),
    "help": Entry("Learn", "help_", "Show a chapter of the manual, or the help of a command."),
    "functions": Entry("Learn", "functions_",
                       "List the operations, their derivatives and conventions."),
    "examples": Entry("Learn", "examples_", "List or print the example programs."),
    "completion": Entry("Set up", "completion_",
                        "Print a completion script for bash, zsh or fish."),
    "version": Entry("Set up", "version_", "Print the version."),
}  # fmt: skip


class Commands(click.Group):
    """A group that knows its commands by name and loads one when it is needed."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = import_module(f"micrograd_cli.commands.{COMMANDS[name].module}").command
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=entry.help) for name, entry in COMMANDS.items()
                if name.startswith(incomplete)]  # fmt: skip

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for group in dict.fromkeys(entry.group for entry in COMMANDS.values()):
            with formatter.section(group):
                formatter.write_dl(
                    [(name, entry.help) for name, entry in COMMANDS.items() if entry.group == group]
                )

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not ctx.resilient_parsing:
            from micrograd_cli.commands.mistakes import command_hint

            raise UsageError(
                f"there is no command '{args[0]}'", hint=command_hint(args[0], COMMANDS)
            )
        return super().resolve_command(ctx, args)


SETTINGS = {"help_option_names": ["-h", "--help"]}


@click.group("mgrad", cls=Commands, context_settings=SETTINGS)
@click.version_option(__version__, "-V", "--version", prog_name="mgrad",
                      message="%(prog)s %(version)s")  # fmt: skip
def mgrad() -> None:
    """Evaluate expressions and their gradients.

    \b
    mgrad "tanh(a*b+c)" --a 2 --b -3 --c 10
    mgrad eval -f neuron.mg
    mgrad help
    """


def run(args: list[str]) -> int:
    """Run the command line `args`; the exit status. OSError and KeyboardInterrupt pass through."""
    instruction = os.environ.get("_MGRAD_COMPLETE")
    if instruction:
        from micrograd_cli.commands.shells import complete

        return complete(mgrad, instruction)
    from micrograd_cli.commands.messages import fail

    escape_unknown_characters()
    try:
        with mgrad.make_context("mgrad", with_command(list(args))) as ctx:
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
        if not hint and ctx:
            from micrograd_cli.commands.mistakes import inputs_hint

            hint = inputs_hint(ctx)
        return UsageError(f"unknown option {error.option_name}", hint=hint)
    if isinstance(error, click.BadOptionUsage):
        return UsageError(f"option {error.option_name} needs a value")
    message = error.format_message().rstrip(".")
    return UsageError(message[:1].lower() + message[1:])
