"""`mgrad fit`: nonlinear least squares with exact derivatives."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from micrograd_cli.analysis.report import reports
from micrograd_cli.commands.certain import certain_options, exact_module
from micrograd_cli.commands.options import (
    NUMBERS,
    OTHER,
    OUTPUT,
    PROGRAM,
    STATUSES,
    TABLE,
    color_option,
    format_option,
    nonfinite_option,
    option,
    output_option,
    program_options,
    split_names,
    style_of,
)
from micrograd_cli.commands.tables import (
    TableCommand,
    bind_option,
    check_folder,
    cluster_option,
    override_option,
    reading_options,
    tables_of,
    writing_options,
)
from micrograd_cli.commands.uncertain_values import probability, value_alone_or
from micrograd_cli.commands.values import number_or_bounds
from micrograd_cli.errors import MgradError, UsageError, block, counted
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render import FORMATS
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.terminal.saying import say

if TYPE_CHECKING:  # they bring NumPy
    from micrograd_cli.commands.fitting import Expressions, Roles
    from micrograd_cli.estimation.fitting.fit import NotFiniteError, Task
    from micrograd_cli.estimation.fitting.result import Fit
    from micrograd_cli.rows.numbers import NumberTable
    from micrograd_cli.rows.sources import Source

INTERRUPTED = 130


class FitCommand(TableCommand):
    """Inputs are columns or parameters here, which have starts and bounds."""

    read_value = staticmethod(value_alone_or(number_or_bounds))

    unbound = "a column, or a parameter: its start, or bounds LO:HI"


def read_coverage(ctx: click.Context, param: click.Parameter, text: str) -> float:
    return probability(text, "--coverage")


EXAMPLES = [
    ("A decay: t and U are columns, a, b and c are parameters with their starts.",
     "mgrad fit 'a*exp(-b*t) + c' decay.csv --target U --a 5 --b 0.5 --c 0"),
    ("Known standard deviations, bounds, and the rows with a band.",
     "mgrad fit 'a*exp(-b*t)' decay.csv --target U --sigma s --absolute-sigma --a 5 --b 0:10"
     " -o fitted.csv"),
    ("Twenty starts, a loss that outliers do not spoil, the result for another command.",
     "mgrad fit 'a*t^b' runs.csv --target y --start a=1:9,b=0:3 --loss huber --format json"),
]  # fmt: skip


@click.command(
    "fit",
    cls=FitCommand,
    options_metavar="MODEL [FILE]... --target COLUMN [--NAME NUMBER|LO:HI]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=f"{STATUSES}, {INTERRUPTED} interrupted",
    chapter="fit",
)
@program_options
@option("--target", group=TABLE, multiple=True, metavar="COL|EXPR",
        help="What the model is fitted to: a column, or an expression of columns; repeatable,"
             " one for each output.")  # fmt: skip
@option("--sigma", group=TABLE, multiple=True, metavar="COL|EXPR",
        help="Standard deviations of the target: rows weigh 1/sigma².")  # fmt: skip
@option("--absolute-sigma", "absolute", group=NUMBERS, is_flag=True,
        help="Take the sigmas for what they are, not for their ratios alone.")  # fmt: skip
@option("--where", group=TABLE, metavar="EXPR",
        help="Fit the rows where this expression of columns is true.")  # fmt: skip
@option("--fix", group=NUMBERS, metavar="NAMES", multiple=True, callback=split_names,
        help="Hold these parameters at their numbers: a,b.")  # fmt: skip
@option("--start", group=NUMBERS, metavar="NAME=X|LO:HI", multiple=True,
        help="Start of a parameter, or a range to draw several from.")  # fmt: skip
@option("--starts", group=NUMBERS, type=click.IntRange(1, 100_000), metavar="N",
        help="How many starts to draw from the ranges.  [default: 20]")  # fmt: skip
@option("--seed", group=NUMBERS, type=int, default=0, show_default=True,
        help="Seed for the starts.")  # fmt: skip
@option("--loss", group=PROGRAM, type=click.Choice(["linear", "huber", "soft_l1", "cauchy"]),
        default="linear", show_default=True, help="The loss of a residual; all but linear ignore"
        " outliers more or less.")  # fmt: skip
@option("--loss-scale", group=PROGRAM, type=click.FloatRange(0, min_open=True), metavar="X",
        help="Residual at which the loss bends.  [default: by their spread]")  # fmt: skip
@option("--profile", group=OTHER, is_flag=True,
        help="Find likelihood intervals, which are right where the model is curved.")  # fmt: skip
@option("--coverage", group=OTHER, metavar="P", default="95%", show_default=True,
        callback=read_coverage, help="Coverage of intervals and band.")  # fmt: skip
@option("--max-evaluations", "most", group=OTHER, type=click.IntRange(1), default=500,
        show_default=True, metavar="N", help="At most N evaluations of each descent.")  # fmt: skip
@option("--on-error", group=OUTPUT, type=click.Choice(["stop", "skip"]), default="stop",
        show_default=True, help="What to do with a bad row.")  # fmt: skip
@certain_options("Print N digits of parameters and standard errors that are proven.")
@override_option
@bind_option
@reading_options
@writing_options
@output_option(
    "Write the rows with fitted value, residual and band to FILE, or by table to FOLDER/."
)
@cluster_option
@format_option(FORMATS, "table")
@option("--digits", group=OUTPUT, type=click.IntRange(1, 15), default=2, show_default=True,
        metavar="N", help="Digits of the standard errors that people see.")  # fmt: skip
@nonfinite_option
@color_option()
def command(
    program: Program | None,
    numbers: dict[str, Any],
    expressions: list[str],
    format_: str,
    **options: Any,
) -> int:
    """Fit the parameters of a model to the rows of a table, by least squares.

    Inputs that are columns are bound by them; every other input is a parameter, and its number the
    start of the search. Needs NumPy: pip install 'mgrad[batch]'.
    """
    assert program is not None
    if find_spec("numpy") is None:
        raise UsageError("mgrad fit needs NumPy", hint="pip install 'mgrad[batch]'")
    check_options(options)
    tables = tables_of(expressions, options)
    again = {"-o": options["output"], "--certain": options["certain"]}
    for word in (word for word, value in again.items() if value is not None and "-" in tables):
        raise UsageError(f"{word} reads the table once more, so it cannot be a pipe",
                         hint="name the table's FILE")  # fmt: skip
    return run(program, numbers, tables, format_, options)


def check_options(options: Mapping[str, Any]) -> None:
    """Raise UsageError for options that do not go together."""
    if options["output"] == "-":
        raise UsageError("-o - would mix the rows with the result", hint="name a FILE")
    if options["absolute"] and not options["sigma"]:
        raise UsageError("--absolute-sigma needs --sigma")
    if options["loss"] == "linear" and options["loss_scale"] is not None:
        raise UsageError("--loss-scale is for --loss huber, soft_l1 and cauchy")
    if options["certain"] is not None and options["loss"] != "linear":
        raise UsageError("--certain is for --loss linear")
    if options["loss"] != "linear" and options["profile"]:
        raise UsageError("--profile is for --loss linear, which has a likelihood")


def run(
    program: Program,
    numbers: dict[str, Any],
    tables: list[str],
    format_: str,
    options: dict[str, Any],
) -> int:
    """Fit, and print the result; the exit status."""
    from micrograd_cli.commands import fitting
    from micrograd_cli.commands.observations import observe
    from micrograd_cli.estimation.fitting.fit import NotFiniteError, fit
    from micrograd_cli.render.fit.view import FitView
    from micrograd_cli.render.writers import writer
    from micrograd_cli.rows.cluster.crew import crew_of
    from micrograd_cli.rows.dialect import dialects
    from micrograd_cli.rows.numbers import NumberTable
    from micrograd_cli.rows.sources import find_sources
    from micrograd_cli.terminal.progress import progress

    style = style_of(format_, options, table=options["output"])
    digits = options.pop("digits")  # of the report, and not of the rows that are written
    cluster = options.pop("cluster")
    wanted = {name: options[name] for name in MapRequest._fields if name in options}
    wanted["csv_safe"] &= options["output"] is not None
    request = MapRequest(program, {}, tables, **wanted)
    check_folder(request)
    sources = find_sources(request)
    source = NumberTable(sources, dialects(request, sources)[0])
    roles = fitting.roles(program, numbers, source, options)
    asked = fitting.expressions(program, source, options)
    with crew_of(cluster) as crew:
        data, counts = observe(source, roles.columns, asked, options["on_error"], crew)
        task = fitting.make_task(program, roles, data, options)
        try:
            with progress("evaluations") as tell:
                found = fit(task, tell)
        except NotFiniteError as error:
            raise at_the_start(program, roles, task, error) from None
        if options["certain"] is not None:
            some = data.height < counts.rows
            found = with_certain(found, task, roles, asked, source, options, some)
    view = FitView(program, [each.text.strip("`") for each in asked.targets], digits)
    with writer(view, style) as output:
        output.write(found)
    tell_warnings(found, counts.bad)
    if options["output"] is not None:
        write_band(request, sources, found, roles, asked)
    return INTERRUPTED if found.interrupted else 0


def with_certain(
    found: Fit,
    task: Task,
    roles: Roles,
    asked: Expressions,
    table: NumberTable,
    options: Mapping[str, Any],
    some: bool,
) -> Fit:
    """The fit with digits that are certain; the rows are read once more, as they are written.

    `some` is whether rows were left out.
    """
    from micrograd_cli.estimation.fitting.data import numbers_of

    exact = exact_module("micrograd_cli.estimation.fitting.certain", "--certain")
    programs = [*asked.targets, *asked.sigmas]
    inputs = [*roles.columns.values(), *(name for each in programs for name in each.inputs)]
    columns = list(dict.fromkeys(inputs))
    cells = table.texts(columns)
    if some:
        kept = {number for part in task.data.each(numbers_of) for number in part.tolist()}
        cells = (row for number, row in enumerate(cells, 1) if number in kept)
    rows = [dict(zip(columns, row, strict=True)) for row in cells]
    named = [row | {name: row[column] for name, column in roles.columns.items()} for row in rows]
    names = task.model.parameters
    bounds = {name: tuple(each) for name, each in roles.bounds.items()}
    fit = exact.Exact(task.model.program, names, roles.fixed, asked.targets, asked.sigmas, named,
                      task.absolute, bounds)  # fmt: skip
    near = [found.values[name] for name in names]
    wanted = exact.Wanted(options["certain"], options["max_bits"])
    return found._replace(certain=exact.certain_fit(fit, near, wanted)._asdict())


def tell_warnings(fit: Fit, bad: int) -> None:
    """Tell on standard error what was left out, and the reasons to doubt the fit."""
    sys.stdout.flush()
    if bad:
        say(f"warning: {counted(bad, 'row')} skipped")
    for caution in fit.warnings:
        say(block("warning", caution.message, "", ()))


def at_the_start(program: Program, roles: Roles, task: Task, error: NotFiniteError) -> MgradError:
    """Which row and which node is not finite at the start; or that no more than a square is not."""
    start = dict(zip(task.model.parameters, error.start.tolist(), strict=True))
    if error.row is not None:
        number, point = error.row
        where = ", ".join(f"{name} = {x:g}" for name, x in start.items())
        message = f"the model is not finite at the start {where} in row {number}"
        found = reports(bind(program, {**point, **start, **roles.fixed}))
        for warning in (warning for report in found for warning in report.warnings):
            if warning.kind in ("value", "gradient"):
                return UsageError(message, warning.span, warning.message, text=program.text)
    return UsageError("the sum of squares is not finite at the start", hint="start elsewhere")


def write_band(
    request: MapRequest, sources: list[Source], fit: Fit, roles: Roles, asked: Expressions
) -> None:
    """Write the rows with what the fit says of each."""
    from micrograd_cli.estimation.fitting.band import Band
    from micrograd_cli.rows.run import write_rows

    band = Band(request.program, fit, roles.fixed, asked.targets, asked.where)
    numbers = {**roles.fixed, **fit.values}
    write_rows(request._replace(numbers=numbers, function=band, override=True), sources)
