"""`mgrad graph`: the graph of an expression, as a tree in the terminal or as a picture."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from typing import Any

import click

from micrograd_cli.analysis.boxes import boxed
from micrograd_cli.analysis.report import reports, structures
from micrograd_cli.commands.bindings import ProgramCommand
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import (
    OUTPUT,
    color_option,
    format_option,
    option,
    output_option,
    program_options,
    split_names,
)
from micrograd_cli.errors import UsageError, suggestion
from micrograd_cli.files.output import output as open_output
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render.graph.drawing import Drawing, drawing

FORMATS = ["tree", "dot", "mermaid", "svg", "png"]
ENDINGS = {".txt": "tree", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid",
           ".svg": "svg", ".png": "png"}  # fmt: skip


class GraphCommand(ProgramCommand):
    """Without any binding no input needs one: then there are no numbers, only the structure."""

    def require_inputs(self, ctx: click.Context, program: Program) -> None:
        if ctx.params["numbers"]:
            super().require_inputs(ctx, program)


@click.command("graph", cls=GraphCommand, options_metavar="[EXPR] [--NAME NUMBER]... [OPTIONS]")
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
    callback=split_names,
    help="Draw the elements of these arrays: W,b. An array is one box otherwise.",
)
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
    drawn. SVG and PNG need Graphviz: its program dot, or pip install 'mgrad[graph]'.

    \b
    mgrad graph 'tanh(a*b+c)'
    mgrad graph 'tanh(a*b+c)' --a 2 --b -3 --c 10 -o neuron.svg
    mgrad graph -f neuron.mg --format mermaid
    """
    format_ = format_ or default_format(output)
    if format_ == "png" and output in (None, "-") and sys.stdout.isatty():
        raise UsageError("a PNG cannot be shown on a terminal", hint="give -o FILE")
    bound = all(name in numbers or name in program.defaults for name in program.inputs)
    expanded = options["expand"] or []
    unknown = next((name for name in expanded if name not in program.arrays), None)
    if unknown is not None:
        raise UsageError(f"--expand: '{unknown}' is no array of the program",
                         hint=suggestion(unknown, program.arrays))  # fmt: skip
    plain = list(reports(bind(program, numbers)) if bound else structures(program))
    found = [boxed(report, expanded) for report in plain]
    drawings = [drawing(report, bound, depth) for report in found]
    if format_ == "tree" and output in (None, "-"):
        print_tree(drawings, color)
    else:
        content = rendered(drawings, format_, color)
        with open_output(output) as file:
            file.write(content)
    for report in plain:
        warn(report, program.text)


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


def rendered(drawings: Sequence[Drawing], format_: str, color: str) -> bytes:
    """The drawings in a format, as the bytes of a file."""
    if format_ == "tree":
        content = BytesIO()
        with TextIOWrapper(content, encoding="utf-8", newline="\n") as file:
            with redirect_stdout(file):
                print_tree(drawings, color)
            file.flush()
            return content.getvalue()
    colored = color != "never"
    if format_ == "mermaid":
        from micrograd_cli.render.graph.mermaid import mermaid

        return mermaid(drawings, colored).encode()
    from micrograd_cli.render.graph.dot import dot

    source = dot(drawings, colored)
    return source.encode() if format_ == "dot" else drawn(drawings, source, format_)


def print_tree(drawings: Sequence[Drawing], color: str) -> None:
    from micrograd_cli.render.graph.tree import print_trees

    print_trees(drawings, color)


def drawn(drawings: Sequence[Drawing], source: str, format_: str) -> bytes:
    from micrograd_cli.render.graph.picture import MOST_NODES, picture

    count = sum(len(drawing.nodes) for drawing in drawings)
    if count > MOST_NODES:
        raise UsageError(
            f"the picture would have {count:,} nodes, more than {MOST_NODES:,}",
            hint="--depth N draws those near the output; --format dot writes them all",
        )
    return picture(source, format_)
