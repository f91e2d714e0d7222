"""`mgrad explain`: the chain rule step by step, with this point's numbers."""

from __future__ import annotations

import click

from micrograd_cli.analysis.explanation import explanations
from micrograd_cli.commands import completing
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import (
    DERIVATIVES,
    OUTPUT,
    STATUSES,
    color_option,
    format_option,
    option,
    pager_option,
    program_options,
)
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.language.names import canonical
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render import Style
from micrograd_cli.render.explain.view import ExplanationView
from micrograd_cli.render.writers import writer

EXAMPLES = [
    ("Every step, forward and backward.", "mgrad explain 'tanh(a*b+c)' --a 2 --b -3 --c 10"),
    ("The paths of one input.", "mgrad explain -f neuron.mg --only w1"),
    ("Tables for a page.", "mgrad explain 'a*a + a' --a 3 --format markdown"),
]


@click.command(
    "explain",
    cls=ProgramCommand,
    options_metavar="[EXPR] [--NAME NUMBER]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STATUSES,
    chapter="explain",
    max_nodes=10_000,  # a few seconds; each is told in some lines
)
@program_options
@option(
    "--only",
    group=DERIVATIVES,
    metavar="NAME",
    shell_complete=completing.names,
    callback=lambda ctx, param, name: name and canonical(name),
    help="Follow only the paths of this input or node.",
)
@option("--binary", group=OUTPUT, is_flag=True, help="Tell a + b + c in two steps, not in one.")
@format_option(["text", "markdown", "json"], "text")
@option(
    "--digits",
    group=OUTPUT,
    type=click.IntRange(1, 17),
    default=6,
    show_default=True,
    help="Significant digits in the steps; 17 shows all.",
)
@color_option("Colour the text.")
@pager_option
def command(
    program: Program,
    numbers: dict[str, float],
    only: str | None,
    binary: bool,
    format_: str,
    digits: int,
    color: str,
    no_pager: bool,
    **options: object,
) -> None:
    """Explain the gradients of an expression, as at a whiteboard.

    Forward, each node with its formula and value. Backward, from the output down: what each node's
    gradient is, the local derivative by each of its operands, their product, and the sum where a
    node is used more than once. A sum or a product of many is one step. The gradients at the end
    have all their digits.
    """
    run = bind(program, numbers)
    view = ExplanationView(digits, len(program.outputs) > 1)
    with writer(view, Style(format_, color, paged=not no_pager)) as output:
        for explanation in explanations(run, only, binary):
            output.write(explanation)
            warn(explanation.report, program.text)
