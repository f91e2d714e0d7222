"""`mgrad plot`: an expression and its derivatives along an input, or over two of them."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from micrograd_cli.commands.bindings import INPUTS, input_option
from micrograd_cli.commands.options import (
    DERIVATIVES,
    NUMBERS,
    OUTPUT,
    STATUSES,
    color_option,
    format_option,
    nonfinite_option,
    option,
    output_option,
    program_options,
    style_of,
    wrt_option,
)
from micrograd_cli.commands.plotting import Wishes, curves, field, look_of, size_of
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.commands.uncertain_values import value_alone_or
from micrograd_cli.commands.values import number_range_or_list
from micrograd_cli.errors import UsageError
from micrograd_cli.files.output import printing_to
from micrograd_cli.language.program import Program
from micrograd_cli.render.plot.view import CurvesView, FieldView
from micrograd_cli.render.writers import writer

FORMATS = ["text", "svg", "png", "pdf", "csv", "tsv", "json"]
PICTURES = ("svg", "png", "pdf")
ENDINGS = {".txt": "text", **{f".{name}": name for name in FORMATS[1:]}}

EXAMPLES = [
    ("The expression, and its slope below it.", "mgrad plot 'abs(x - 2)' --x 0:5"),
    ("A curve for each value of another input.", "mgrad plot 'tanh(k*x)' --x -3:3 --k 1,2,3"),
    ("A picture, with a tangent.", "mgrad plot 'sin(x)' --x 0:6 --tangent 1 -o sin.svg"),
    ("Two inputs: a map with the gradient.", "mgrad plot 'x^2 + 3*y^2' --x -2:2 --y -2:2"),
]


class PlotCommand(ProgramCommand):
    """`--y` clips the plot, unless the program has an input of this name."""

    read_value = staticmethod(value_alone_or(number_range_or_list))

    def declare(self, ctx: click.Context, names: Any, program: Program) -> None:
        super().declare(ctx, names, program)
        if "y" in program.inputs:
            inputs = ctx.meta[INPUTS]
            index = len(list(names))
            inputs["y"] = input_option("y", index, program, self.read_value, self.unbound)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        taken = "y" in ctx.meta.get(INPUTS, {})
        return [each for each in super().get_params(ctx) if not (taken and each.name == "clip")]

    def binding(self, name: str) -> str:
        return "--y " if name == "y" else super().binding(name)

    def how_to_give(self, name: str) -> str:
        return f"{self.binding(name)}NUMBER or {self.binding(name)}LO:HI"


@click.command(
    "plot",
    cls=PlotCommand,
    options_metavar="[EXPR] --NAME LO:HI [--NAME NUMBER]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STATUSES,
    chapter="plot",
)
@program_options
@option("--y", "clip", group=NUMBERS, metavar="LO:HI",
        help="Show this part of the values (where y is no input).")  # fmt: skip
@option("--max-points", group=NUMBERS, type=click.IntRange(16), default=2000, show_default=True,
        metavar="N", help="At most N evaluations of each curve, or of the map.")  # fmt: skip
@option("--with", "with_", group=DERIVATIVES, metavar="LIST",
        help="The panels: f, its first derivative d, its second d2.  [default: f,d]")  # fmt: skip
@wrt_option("Draw the derivatives with respect to these inputs: a,b.")
@option("--tangent", group=DERIVATIVES, metavar="NUMBERS", help="Draw the tangents there: 1,3.")
@option("--points", group=OUTPUT, metavar="FILE:X,Y", help="Draw two columns of a table as points.")
@option("--band", group=OUTPUT, metavar="FILE:X,LO,HI",
        help="Draw a band between two columns, as the rows of mgrad fit -o have.")  # fmt: skip
@option("--path", group=OUTPUT, metavar="FILE", help="Draw a table's points on a map as a path.")
@option("--log", group=OUTPUT, metavar="AXES", help="Logarithmic axes: x, y or x,y.")
@option("--title", group=OUTPUT, metavar="TEXT", default="", help="Write a title above the plot.")
@option("--size", metavar="WxH", group=OUTPUT,
        help="In characters, or pixels of a picture.  [default: terminal; 640x480]")  # fmt: skip
@option("--style", group=OUTPUT, type=click.Choice(["auto", "braille", "blocks", "ascii"]),
        default="auto", show_default=True, help="What text is drawn with.")  # fmt: skip
@format_option(FORMATS, help_text="Output format  [default: from the ending of -o; text]")
@output_option("Write to FILE; on an error it is left unchanged.")
@color_option("Colour the curves.")
@nonfinite_option
def command(
    program: Program,
    numbers: dict[str, Any],
    format_: str | None,
    output: str | None,
    style: str,
    size: str | None,
    clip: str | None = None,
    **options: Any,
) -> None:
    """Plot an expression and its derivatives.

    One input has a range: f is drawn above its derivative. A curve is sampled where it bends, and
    cut at its kinks, jumps and poles. Other inputs have a number, or a list of numbers: a curve for
    each. Where two inputs have a range, a map of f is drawn with contours, and with arrows along
    the gradient. PNG needs pip install 'mgrad[graph]'.
    """
    format_ = format_ or default_format(output)
    picture = format_ in PICTURES
    binary = format_ in ("png", "pdf")
    if binary and output in (None, "-") and sys.stdout.isatty():
        raise UsageError(f"a {format_.upper()} cannot be shown on a terminal", hint="give -o FILE")
    measure = size_of(size, picture)
    wishes = Wishes(clip=clip, size=measure, picture=picture, **chosen(options))
    ranged = [name for name, value in numbers.items() if hasattr(value, "lo")]
    drawn = style_of(format_, options)
    with printing_to(output):
        look = look_of(measure, style, drawn.color) if format_ == "text" else None
        make, view_of = (field, FieldView) if len(ranged) == 2 else (curves, CurvesView)
        result: Any = make(program, numbers, ranged, wishes)
        view: Any = view_of(result, look, measure)
        with writer(view, drawn) as pictures:
            pictures.write(result)


def chosen(options: dict[str, Any]) -> dict[str, Any]:
    """The options that are wishes, by their names there."""
    return {name: options[name] for name in Wishes._fields if name in options}


def default_format(output: str | None) -> str:
    """What is made where no --format says so. Raises UsageError for an ending that says nothing."""
    if output is None or output == "-":
        return "text"
    ending = os.path.splitext(output)[1].lower()
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise UsageError(f"cannot tell the format from '{output}'",
                         hint=f"give --format, or one of the endings {known}")  # fmt: skip
    return ENDINGS[ending]
