"""`mgrad uncertainty`: the uncertainty of a result, and where it comes from."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from micrograd_cli.analysis.report import Report, reports
from micrograd_cli.commands.measured import Given, Options, from_file, value_of
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import (
    NUMBERS,
    OTHER,
    OUTPUT,
    STRICT_STATUSES,
    color_option,
    format_option,
    nonfinite_option,
    option,
    program_options,
    strict_option,
    style_of,
)
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.commands.uncertain_values import number_or_stated, probability
from micrograd_cli.commands.values import number
from micrograd_cli.errors import NonFiniteError, UsageError, block
from micrograd_cli.estimation.cautions import cautions
from micrograd_cli.estimation.estimate import Caution, Estimate
from micrograd_cli.estimation.propagation import propagate
from micrograd_cli.estimation.quantities import Measured
from micrograd_cli.files.parameters import Parameters, read_covariance
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import Run, bind
from micrograd_cli.render import FORMATS
from micrograd_cli.render.uncertainty.notation import NOTATIONS
from micrograd_cli.render.uncertainty.view import UncertaintyView
from micrograd_cli.render.writers import writer
from micrograd_cli.terminal.saying import say

FILES = "micrograd_cli.parameters"  # where a context keeps what files say besides numbers
MOST_POINTS = 50_000_000  # their results are kept: 400 MB


class UncertaintyCommand(ProgramCommand):
    """Inputs have numbers with uncertainties here."""

    read_value = staticmethod(number_or_stated)

    def from_file(self, ctx: click.Context, path: str, parameters: Parameters) -> dict[str, Any]:
        ctx.meta.setdefault(FILES, []).append((path, parameters))
        return dict(from_file(path, parameters))


def read_coverage(ctx: click.Context, param: click.Parameter, text: str) -> float:
    return probability(text, "--coverage")


def read_points(ctx: click.Context, param: click.Parameter, text: str | None) -> int | None:
    """A number of points: `1e6`."""
    if text is None:
        return None
    points = number(text, "--mc")
    if not (2 <= points <= MOST_POINTS and points == int(points)):
        raise UsageError(f"--mc takes a number of points from 2 to {MOST_POINTS:,}, not {text}")
    return int(points)


EXAMPLES = [
    ("A resistance of a voltage and a current.",
     "mgrad uncertainty 'V/I' --V 4.999±0.0032 --I '19.661(95)e-3'"),
    ("Correlated inputs, found from five observations each.",
     "mgrad uncertainty 'V/I' --V 5±0.01 --I 0.02±1% --corr V,I=-0.36 --df V=4,I=4"),
    ("A half-width, a certificate's expanded uncertainty, and a check by Monte Carlo.",
     "mgrad uncertainty 'l*(1 + a*t)' --l '50±0.02@95%' --a 1.2e-5±10% --t 3±1 --dist t=uniform"
     " --mc 1e5"),
]  # fmt: skip


@click.command(
    "uncertainty",
    cls=UncertaintyCommand,
    options_metavar="[EXPR] [--NAME NUMBER±U]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STRICT_STATUSES,
    chapter="uncertainty",
)
@program_options
@option(
    "--corr",
    "correlations",
    group=NUMBERS,
    multiple=True,
    metavar="A,B=R",
    help="Correlation of two inputs. Repeatable.",
)
@option(
    "--cov",
    "covariances",
    group=NUMBERS,
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Read a covariance matrix of inputs from a CSV or JSON file.",
)
@option(
    "--df",
    "dofs",
    group=NUMBERS,
    multiple=True,
    metavar="NAME=N",
    help="Degrees of freedom of an input's uncertainty.",
)
@option(
    "--dist",
    "distributions",
    group=NUMBERS,
    multiple=True,
    metavar="NAME=SHAPE",
    help="Shape of an input: normal, or uniform, triangular, arcsine with ± as half-width.",
)
@option(
    "--coverage",
    group=OTHER,
    metavar="P",
    default="95%",
    show_default=True,
    callback=read_coverage,
    help="Coverage of the expanded uncertainty.",
)
@option(
    "--mc",
    "points",
    group=OTHER,
    metavar="N",
    callback=read_points,
    help="Check by N random points, 1e6 for example (NumPy).",
)
@option(
    "--seed",
    group=OTHER,
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed for the random points.",
)
@format_option(FORMATS, "table")
@option(
    "--notation",
    group=OUTPUT,
    type=click.Choice(list(NOTATIONS)),
    default="short",
    show_default=True,
    help="How a value with its uncertainty is written.",
)
@option(
    "--digits",
    group=OUTPUT,
    type=click.IntRange(1, 15),
    default=2,
    show_default=True,
    metavar="N",
    help="Digits of the uncertainty that people see.",
)
@nonfinite_option
@strict_option()
@color_option()
def command(
    program: Program,
    numbers: dict[str, Given],
    coverage: float,
    points: int | None,
    seed: int,
    format_: str,
    strict: bool,
    **options: Any,
) -> None:
    """Propagate the uncertainties of inputs to the outputs.

    An input's value may have a standard uncertainty: 2.0±0.1, 2.0+/-0.1, 2.00(10), 2.0±5%; or an
    expanded one: 2.0±0.2@95%, '2.0±0.2 k=2'. A bare number is exact.
    """
    files: list[tuple[str, Parameters]] = click.get_current_context().meta.get(FILES, [])
    said = Options(program, options["dofs"], options["distributions"], options["correlations"],
                   files, map(read_covariance, options["covariances"]))  # fmt: skip
    measured = said.measured({**program.defaults, **numbers})
    run = bind(program, {name: value_of(given) for name, given in numbers.items()})
    estimates = propagate(run, measured, coverage)
    if points is not None:
        estimates = with_points(run, measured, estimates, points, seed)
    view = UncertaintyView(options["notation"], options["digits"], program.arrays)
    with writer(view, style_of(format_, options)) as output:
        for estimate, report in zip(estimates, reports(run, measured.names, "inputs"), strict=True):
            found = cautions(run, program.outputs[estimates.index(estimate)], measured, estimate)
            output.write(with_warnings(estimate, found, report))
            tell(estimate, found, report, program)
    if strict and not all(estimate.finite for estimate in estimates):
        raise NonFiniteError("a result is inf or nan (--strict)")


def with_points(
    run: Run, measured: Measured, estimates: list[Estimate], points: int, seed: int
) -> list[Estimate]:
    """The estimates with what random points say of them. Raises UsageError without NumPy."""
    try:
        from micrograd_cli.estimation.monte_carlo import simulate
    except ImportError:
        raise UsageError("--mc needs NumPy", hint="pip install 'mgrad[batch]'") from None
    for group in measured.groups():
        shapes = {measured.quantities[name].distribution for name in group} - {"normal"}
        if len(group) > 1 and shapes:
            raise UsageError(f"--mc draws {', '.join(group)} from a normal distribution, because"
                             f" they are correlated, not a {shapes.pop()} one")  # fmt: skip
    found = simulate(run, measured, points, seed, estimates[0].coverage)
    return [estimate._replace(mc=mc) for estimate, mc in zip(estimates, found, strict=True)]


def with_warnings(estimate: Estimate, found: Sequence[Caution], report: Report) -> Estimate:
    """An estimate with the warnings of its run, and of its uncertainty."""
    of_run = (Caution(each.kind, each.message) for each in report.warnings)
    return estimate._replace(warnings=(*of_run, *found))


def tell(estimate: Estimate, found: Sequence[Caution], report: Report, program: Program) -> None:
    """Tell the warnings on standard error."""
    warn(report, program.text)
    if found:
        sys.stdout.flush()
    name = f"{estimate.name}: " if len(program.outputs) > 1 else ""
    for caution in found:
        say(block("warning", name + caution.message, "", ()))
