"""The options of `mgrad check`."""

from __future__ import annotations

import click

from micrograd_cli.commands import completing
from micrograd_cli.commands.certain import max_bits_option
from micrograd_cli.commands.options import (
    CLAIMS,
    DERIVATIVES,
    NUMBERS,
    OUTPUT,
    PROGRAM,
    color_option,
    combine,
    digits_option,
    format_option,
    nonfinite_option,
    option,
    require_finite,
    strict_option,
    wrt_option,
)
from micrograd_cli.render.check.view import FORMATS

SAMPLES = 100

# fmt: off
check_options = combine(
    wrt_option("Check the derivatives with respect to these inputs only: a,b."),
    option("--samples", group=NUMBERS, type=click.IntRange(1, 1_000_000), metavar="N",
           show_default=f"{SAMPLES}", help="Number of points to draw from the ranges."),
    option("--seed", group=NUMBERS, type=int, default=0, show_default=True,
           help="Seed for the random points."),
    option("--claim", "claims", group=CLAIMS, multiple=True, metavar="NAME=EXPR",
           shell_complete=completing.assignments,
           help="Check a formula for a derivative. Repeatable."),
    option("--expect", "numbers_", group=CLAIMS, multiple=True, metavar="NAME=NUMBER",
           shell_complete=completing.assignments,
           help="Check a number for a derivative. Repeatable."),
    option("--expect-file", group=CLAIMS, metavar="FILE", type=click.Path(),
           help="Check the numbers of a JSON file, as eval --format json prints them."),
    option("--same-as", group=CLAIMS, metavar="EXPR",
           help="Check that another program has the same value and gradients."),
    option("--command", "command_", group=PROGRAM, metavar="COMMAND",
           help="Check a program in any language: './loss {a} {b}'."),
    option("--jobs", group=PROGRAM, type=click.IntRange(1), metavar="N",
           help="Number of parallel runs  [default: as many as cores]"),
    option("--timeout", group=PROGRAM, type=click.FloatRange(0, 1e6, min_open=True), default=60.0,
           show_default=True, callback=require_finite, metavar="SECONDS",
           help="Time limit of a run."),
    option("--order", group=DERIVATIVES, type=click.Choice(["1", "2"]), default="1",
           show_default=True, help="Check the gradient (1) or the Hessian (2)."),
    option("--atol", group=CLAIMS, type=click.FloatRange(0), default=1e-8, show_default=True,
           callback=require_finite, metavar="X", help="Absolute tolerance."),
    option("--rtol", group=CLAIMS, type=click.FloatRange(0), default=1e-6, show_default=True,
           callback=require_finite, metavar="X", help="Relative tolerance."),
    option("--certain", group=CLAIMS, is_flag=True,
           help="Compare with the certain derivative, which has no error bar (python-flint)."),
    max_bits_option,
    strict_option("Exit with 1 also if a check is inconclusive."),
    format_option(FORMATS, "table"),
    nonfinite_option,
    digits_option(),
    option("--quiet", group=OUTPUT, is_flag=True, help="Print nothing; use the exit status."),
    color_option(),
)
# fmt: on
