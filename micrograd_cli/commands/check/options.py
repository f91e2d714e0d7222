"""The options of `mgrad check`."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import click

from micrograd_cli.commands.options import Decorator, color_option, nonfinite_option
from micrograd_cli.render.check.view import FORMATS

SAMPLES = 100


def finite(ctx: click.Context, param: click.Parameter, value: float) -> float:
    if not isfinite(value):
        raise click.BadParameter(f"{value!r} is not finite.", ctx, param)
    return value


# fmt: off
OPTIONS: list[Decorator] = [
    click.option("--wrt", metavar="NAMES", help="Check the derivatives by these inputs only: a,b."),
    click.option("--samples", type=click.IntRange(1), metavar="N",
                 show_default=f"{SAMPLES}", help="How many points to draw from the ranges."),
    click.option("--seed", type=int, default=0, show_default=True, help="Draw other points."),
    click.option("--claim", "claims", multiple=True, metavar="NAME=EXPR",
                 help="Check a formula for a derivative. Repeatable."),
    click.option("--expect", "numbers_", multiple=True, metavar="NAME=NUMBER",
                 help="Check a number for a derivative. Repeatable."),
    click.option("--expect-file", metavar="FILE", type=click.Path(),
                 help="Check the numbers of a JSON file, as eval --format json prints them."),
    click.option("--same-as", metavar="EXPR",
                 help="Check that another program has the same value and gradients."),
    click.option("--command", "command_", metavar="COMMAND",
                 help="Check a program in any language: './loss {a} {b}'."),
    click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, metavar="N",
                 help="Run the command so many times at once."),
    click.option("--timeout", type=click.FloatRange(0, 1e6, min_open=True), default=60.0,
                 show_default=True, callback=finite, metavar="SECONDS", help="Give up on a run."),
    click.option("--order", type=click.Choice(["1", "2"]), default="1", show_default=True,
                 help="Check the gradient, or the Hessian."),
    click.option("--atol", type=click.FloatRange(0), default=1e-8, show_default=True,
                 callback=finite, metavar="X", help="Absolute tolerance."),
    click.option("--rtol", type=click.FloatRange(0), default=1e-6, show_default=True,
                 callback=finite, metavar="X", help="Relative tolerance."),
    click.option("--strict", is_flag=True, help="Exit with 1 if a check is inconclusive, too."),
    click.option("--format", "format_", type=click.Choice(FORMATS), default="table",
                 show_default=True, help="How to print."),
    nonfinite_option,
    click.option("--quiet", is_flag=True, help="Print nothing: the exit status tells."),
    color_option(),
]
# fmt: on


def check_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of `mgrad check`."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function
