"""`mgrad page`: a program as one page of HTML, live and offline."""

from __future__ import annotations

import sys

import click

from micrograd_cli.analysis.anatomy import anatomy
from micrograd_cli.analysis.ranges import UNKNOWN, ranges, start
from micrograd_cli.analysis.sampling import Binding
from micrograd_cli.commands.options import STATUSES, output_option, program_options
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.commands.values import number_or_range
from micrograd_cli.errors import UsageError
from micrograd_cli.files.output import open_output
from micrograd_cli.language.program import Program
from micrograd_cli.render.page.document import html


class PageCommand(ProgramCommand):
    """An input may have a range, and needs no number: the page moves it."""

    read_value = staticmethod(number_or_range)
    unbound = f"default {UNKNOWN!r}"

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        pass


EXAMPLES = [
    ("A page of an expression.", "mgrad page 'tanh(a*b+c)' --a 2 --b -3 --c 0:10 -o neuron.html"),
    ("A page of a program.", "mgrad page -f neuron.mg -o neuron.html"),
]


@click.command(
    "page",
    cls=PageCommand,
    options_metavar="[EXPR] [--NAME NUMBER|LO:HI]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STATUSES,
    chapter="page",
)
@program_options
@output_option("Write to FILE; on an error it is left unchanged.")
def command(
    program: Program, numbers: dict[str, Binding], output: str | None, **options: object
) -> None:
    """Make a page of HTML that shows an expression at work, for teaching and for slides.

    The page is one file and asks for nothing else. It has the graph with each node's data and
    gradient and each edge's local derivative; a slider for each input, whose range is LO:HI; the
    steps forward and backward; and the output against one input, with its tangent.
    """
    if output in (None, "-") and sys.stdout.isatty():
        raise UsageError("a page cannot be shown on a terminal", hint="give -o FILE")
    begin = start(program, numbers)
    content = html(anatomy(program), begin, ranges(program, numbers, begin))
    with open_output(output) as file:
        file.write(content.encode())
