"""`mgrad graph`: the graph of an expression, as a tree in the terminal or as a picture."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from micrograd_cli.analysis.boxes import boxed, layered
from micrograd_cli.analysis.chains import chained, named_alone
from micrograd_cli.analysis.report import Report, reports, structures
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import (
    OUTPUT,
    STATUSES,
    color_option,
    digits_option,
    format_option,
    option,
    output_option,
    program_options,
    split_names,
)
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.files.output import printing_to
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render import Style
from micrograd_cli.render.graph.dot import Look
from micrograd_cli.render.graph.drawing import drawing, with_one_scale
from micrograd_cli.render.graph.view import GraphView
from micrograd_cli.render.writers import writer
from micrograd_cli.terminal.saying import say

FORMATS = ["tree", "dot", "mermaid", "svg", "png", "pdf"]
PICTURES = ("svg", "png", "pdf")
TELLING = 5  # boxes: a fold to fewer says nothing of how a program computes
LEGIBLE = 60  # boxes: of a picture with more the named ones are drawn, or their layers
ENDINGS = {".txt": "tree", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid",
           ".svg": "svg", ".png": "png", ".pdf": "pdf"}  # fmt: skip


class GraphCommand(ProgramCommand):
    """Without any binding no input is required: only the structure is drawn."""

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        if ctx.params["numbers"]:
            super().require_inputs(ctx, program)


EXAMPLES = [
    ("The structure, without numbers.", "mgrad graph 'tanh(a*b+c)'"),
    ("A picture.", "mgrad graph 'tanh(a*b+c)' --a 2 --b -3 --c 10 -o neuron.svg"),
    ("For a Markdown page.", "mgrad graph -f neuron.mg --format mermaid"),
]


@click.command(
    "graph",
    cls=GraphCommand,
    options_metavar="[EXPR] [--NAME NUMBER]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STATUSES,
    chapter="graph",
    max_nodes=100_000,  # a few seconds, and a DOT of 10 MB
)
@program_options
@format_option(
    FORMATS,
    help_text="Output format  [default: from the ending of -o; tree on a terminal; dot in a pipe]",
)
@output_option("Write to FILE; on an error it is left unchanged.")
@option(
    "--depth",
    group=OUTPUT,
    type=click.IntRange(0),
    metavar="N",
    help="Draw at most N steps below an output.",
)
@option(
    "--expand",
    group=OUTPUT,
    metavar="NAMES",
    multiple=True,
    callback=split_names,
    help="Draw the elements of these arrays: W,b. An array is one box otherwise.",
)
@option(
    "--nodes",
    group=OUTPUT,
    type=click.Choice(["all", "named", "layers"]),
    help="Draw all nodes, the named ones alone, or h0, h1, h2 as one box.  [default: all; of a"
    f" picture with more than {LEGIBLE} what is legible]",
)
@option("--binary", group=OUTPUT, is_flag=True, help="Draw a + b + c as two nodes, not as one.")
@option(
    "--rankdir",
    group=OUTPUT,
    type=click.Choice(["LR", "TB", "RL", "BT"]),
    default="LR",
    show_default=True,
    help="Draw a picture from left to right, or from top to bottom.",
)
@option("--title", group=OUTPUT, metavar="TEXT", default="", help="Title of a picture.")
@option("--no-legend", group=OUTPUT, is_flag=True, help="Leave the legend of the colours out.")
@digits_option("Significant digits of the numbers  [default: 4 in a picture, 6 in a tree]")
@color_option("Colour nodes by their gradient.")
def command(
    program: Program,
    numbers: dict[str, float],
    format_: str | None,
    output: str | None,
    depth: int | None,
    color: str,
    **options: Any,
) -> None:
    """Draw the graph of an expression.

    Each node has its name, operation, data and gradient, and is coloured by the sign and size of
    the gradient. Without any --NAME, and where the program has no defaults, the structure alone is
    drawn. SVG, PNG and PDF need Graphviz: its program dot, or pip install 'mgrad[graph]'. Operands
    that may not change places are numbered.
    """
    format_ = format_ or default_format(output)
    if format_ in ("png", "pdf") and output in (None, "-") and sys.stdout.isatty():
        raise UsageError(f"a {format_.upper()} cannot be shown on a terminal", hint="give -o FILE")
    bound = all(name in numbers or name in program.defaults for name in program.inputs)
    expanded = options["expand"] or []
    unknown = next((name for name in expanded if name not in program.arrays), None)
    if unknown is not None:
        raise UsageError(f"--expand: '{unknown}' is not an array of the program",
                         hint=suggestion(unknown, program.arrays))  # fmt: skip
    found = list(reports(bind(program, numbers)) if bound else structures(program))
    look = Look(color != "never", not options["no_legend"], options["title"], options["rankdir"])
    view = GraphView(len(found) > 1, look)
    asked = options["nodes"] or ("all" if options["binary"] or depth is not None else None)
    drawings = []
    for report in found:
        whole = boxed(report, expanded)
        shown, nodes = drawn(whole, asked, options["binary"], format_ in PICTURES)
        if nodes != asked and nodes != "all":
            tell_folded(whole, shown, nodes)
        picture = drawing(shown, bound, depth, options["digits"])
        drawings.append(picture._replace(whole=nodes == "all"))
    with printing_to(output), writer(view, Style(format_, color)) as pictures:
        for picture in with_one_scale(drawings):
            pictures.write(picture)
    for report in found:
        warn(report, program.text)


def drawn(report: Report, asked: str | None, binary: bool, legible: bool) -> tuple[Report, str]:
    """What is drawn of a report, and whether it is `all`, `named` or `layers`.

    Where nothing is asked for it is the first of them that is `legible`, if it must be, and still
    tells something.
    """
    ways: dict[str, Callable[[], Report]] = {
        "all": lambda: report if binary else chained(report),
        "named": lambda: named_alone(report),
        "layers": lambda: layered(named_alone(report)),
    }
    whole = ways[asked or "all"]()
    if asked or not legible or len(whole.nodes) <= LEGIBLE:
        return whole, asked or "all"
    folded = [(ways[nodes](), nodes) for nodes in ("named", "layers")]
    telling = [found for found in folded if len(found[0].nodes) >= TELLING]
    fitting = [found for found in telling if len(found[0].nodes) <= LEGIBLE]
    return [*fitting, *telling[-1:], (whole, "all")][0]


def tell_folded(report: Report, shown: Report, nodes: str) -> None:
    """Say on standard error what a picture leaves out."""
    what = {"named": "the named ones", "layers": "names that differ in their numbers as one"}[nodes]
    say(
        f"note: {len(report.nodes):,} nodes are drawn as {len(shown.nodes)} boxes, {what};"
        " --nodes all draws each, mgrad page opens and closes them"
    )


def default_format(output: str | None) -> str:
    """What is made where no --format says so. Raises UsageError for an ending that says nothing."""
    if output is None or output == "-":
        return "tree" if sys.stdout.isatty() else "dot"
    ending = os.path.splitext(output)[1].lower()
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise UsageError(f"cannot tell the format from '{output}'",
                         hint=f"give --format, or one of the endings {known}")  # fmt: skip
    return ENDINGS[ending]
