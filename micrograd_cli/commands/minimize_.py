"""`mgrad minimize`: a minimum of an expression; over the rows of a table, training."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from micrograd_cli.analysis.report import reports
from micrograd_cli.commands.command_line import Words
from micrograd_cli.commands.options import (
    NUMBERS,
    OTHER,
    OUTPUT,
    STATUSES,
    TABLE,
    color_option,
    format_option,
    nonfinite_option,
    option,
    program_options,
    split_names,
    style_of,
)
from micrograd_cli.commands.tables import (
    TableCommand,
    bind_option,
    cluster_option,
    override_option,
    program_and_tables,
    reading_options,
)
from micrograd_cli.commands.uncertain_values import value_alone_or
from micrograd_cli.commands.values import number, number_or_bounds
from micrograd_cli.errors import MgradError, UsageError, block, counted
from micrograd_cli.files.checkpoint import read_checkpoint
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render import FORMATS
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.terminal.saying import say

if TYPE_CHECKING:  # they bring NumPy
    from micrograd_cli.estimation.minimizing.minimize import DivergedError, NotFiniteError, Task
    from micrograd_cli.estimation.minimizing.result import Minimum

INTERRUPTED = 130
NO_ROOT = 1
METHODS = ["auto", "squares", "newton", "lbfgs", "sgd", "adam"]


class MinimizeCommand(TableCommand):
    """Inputs are variables with starts and bounds here, columns, or constants."""

    read_value = staticmethod(value_alone_or(number_or_bounds))

    unbound = "searched: its start, or bounds LO:HI"

    def read_program(self, words: Words) -> Program:
        alone = len(words.expressions) <= (0 if words.last("-f", "--file") else 1)
        if alone and words.last("--files-from") is None:
            return super(TableCommand, self).read_program(words)  # perhaps from standard input
        return super().read_program(words)


def read_level(ctx: click.Context, param: click.Parameter, text: str | None) -> float | None:
    return None if text is None else number(text, "--equals")


EXAMPLES = [
    ("A minimum from a start.", "mgrad minimize '(1-x)^2 + 100*(y-x^2)^2' --x -1.2 --y 1"),
    ("The volatility that a price implies.",
     "mgrad minimize -f black_scholes.mg --find-root --equals 10 --sigma 0.01:2"),
    ("Training: the mean over the rows of a table, in the weights.",
     "mgrad minimize 'softplus(-y*(w*x + b))' points.csv --start w=-1:1 --b 0 --over w,b"),
]  # fmt: skip


@click.command(
    "minimize",
    cls=MinimizeCommand,
    options_metavar="[EXPR] [FILE] [--NAME NUMBER|LO:HI]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=f"{STATUSES}, {NO_ROOT} no root under --find-root, {INTERRUPTED} interrupted",
    chapter="minimize",
)
@program_options
@option("--over", group=NUMBERS, metavar="NAMES", multiple=True, callback=split_names,
        help="Search these inputs: a,b.  [default: those without a number]")  # fmt: skip
@option("--start", group=NUMBERS, metavar="NAME=X|LO:HI", multiple=True,
        help="Start of a variable, or a range to draw it from.")  # fmt: skip
@option("--starts", group=NUMBERS, type=click.IntRange(1, 100_000), metavar="N", default=1,
        show_default=True, help="How many starts to draw from the ranges.")  # fmt: skip
@option("--seed", group=NUMBERS, type=click.IntRange(0), default=0, show_default=True,
        help="Seed for the starts and batches.")  # fmt: skip
@option("--maximize", group=OTHER, is_flag=True, help="Find a maximum.")
@option("--find-root", group=OTHER, is_flag=True,
        help="Find where the value is 0; of several outputs, where all are.")  # fmt: skip
@option("--equals", group=OTHER, metavar="X", callback=read_level,
        help="With --find-root: the value that is looked for.")  # fmt: skip
@option("--method", group=OTHER, type=click.Choice(METHODS), default="auto", show_default=True,
        help="squares: as mgrad fit; newton: with exact Hessians; lbfgs: for many variables;"
        " sgd, adam: gradient descent by batches.")  # fmt: skip
@option("--steps", group=OTHER, type=click.IntRange(1), metavar="N",
        help="At most N steps.  [default: 500; 1000 of sgd and adam, 5000 of lbfgs]")  # fmt: skip
@option("--rate", group=OTHER, type=click.FloatRange(0, min_open=True), metavar="X",
        help="Learning rate.  [default: 0.1 of sgd, 0.01 of adam]")  # fmt: skip
@option("--batch", group=OTHER, type=click.IntRange(1), metavar="N",
        help="Rows of a batch of sgd and adam.  [default: all]")  # fmt: skip
@option("--resume", group=OTHER, metavar="FILE", type=click.Path(),
        help="Go on with a training from its JSON.")  # fmt: skip
@option("--reduce", group=TABLE, type=click.Choice(["mean", "sum"]), default="mean",
        show_default=True, help="What is minimized over the rows of a table.")  # fmt: skip
@option("--where", group=TABLE, metavar="EXPR",
        help="Take the rows where this expression of columns is true.")  # fmt: skip
@option("--on-error", group=OUTPUT, type=click.Choice(["stop", "skip"]), default="stop",
        show_default=True, help="What to do with a bad row.")  # fmt: skip
@cluster_option
@override_option
@bind_option
@reading_options
@option("--trace", group=OUTPUT, metavar="FILE", type=click.Path(),
        help="Write each step to FILE: its value, the gradient's norm, the point.")  # fmt: skip
@format_option(FORMATS, "table")
@nonfinite_option
@color_option()
def command(
    program: Program | None,
    numbers: dict[str, Any],
    expressions: list[str],
    format_: str,
    **options: Any,
) -> int:
    """Find a minimum of an expression, with exact derivatives.

    Inputs that have no number are searched, from 0 or from --start; where all have numbers, all of
    them are, from these. With FILE the mean over its rows is minimized. Needs NumPy: pip install
    'mgrad[batch]'.
    """
    assert program is not None
    if find_spec("numpy") is None:
        raise UsageError("mgrad minimize needs NumPy", hint="pip install 'mgrad[batch]'")
    tables: list[str] = []
    if expressions and len(expressions) > (0 if options["file"] else 1):
        _, tables = program_and_tables(expressions, options["file"])
    has_table = bool(tables) or options["files_from"] is not None
    check_options(program, has_table, options)
    return run(program, numbers, tables if has_table else None, format_, options)


NEED_TABLE = ("batch", "bind", "where", "columns", "override", "cluster")


def check_options(program: Program, table: bool, options: Mapping[str, Any]) -> None:
    """Raise UsageError for options that do not go together."""
    training = options["method"] in ("sgd", "adam")
    if len(program.outputs) > 1 and not options["find_root"]:
        raise UsageError(f"a minimum is of one output, and the program has {len(program.outputs)}")
    if options["equals"] is not None and not options["find_root"]:
        raise UsageError("--equals is for --find-root")
    if options["find_root"] and (table or options["maximize"] or options["method"] != "auto"):
        raise UsageError("--find-root goes with no table, no --maximize and no --method")
    for name in ("rate", "batch", "resume"):
        if options[name] is not None and not training:
            raise UsageError(f"--{name} is for --method sgd and adam")
    if options["trace"] == "-":
        raise UsageError("--trace needs a FILE: standard output carries the result")
    for name in NEED_TABLE:
        if options[name] and not table:
            raise UsageError(f"--{name} needs a table", hint="name a FILE after the expression")
    if options["cluster"] is not None and options["batch"] is not None:
        raise UsageError("--cluster adds up over all rows, so it goes with no --batch")
    if options["maximize"] and options["method"] == "squares":
        raise UsageError("--method squares finds minima")


def run(
    program: Program,
    numbers: dict[str, Any],
    tables: list[str] | None,
    format_: str,
    options: dict[str, Any],
) -> int:
    """Search, and print the result; the exit status."""
    from micrograd_cli.commands import minimizing
    from micrograd_cli.estimation.minimizing.minimize import (
        DivergedError,
        NotFiniteError,
        minimize,
        wrong_kind,
    )
    from micrograd_cli.estimation.minimizing.roots import find_root
    from micrograd_cli.render.minimize.trace import Trace
    from micrograd_cli.render.minimize.view import MinimumView
    from micrograd_cli.render.writers import writer
    from micrograd_cli.rows.cluster.crew import crew_of
    from micrograd_cli.rows.dialect import dialects
    from micrograd_cli.rows.numbers import NumberTable
    from micrograd_cli.rows.sources import find_sources
    from micrograd_cli.terminal.live import live

    style = style_of(format_, options, table=options["trace"])
    table = None
    if tables is not None:
        wanted = {name: options[name] for name in MapRequest._fields if name in options}
        del wanted["cluster"], wanted["csv_safe"]  # which are for the sums, and for the results
        request = MapRequest(program, {}, tables, **wanted)
        sources = find_sources(request)
        table = NumberTable(sources, dialects(request, sources)[0])
    resumed = read_checkpoint(options["resume"]) if options["resume"] else None
    if resumed:
        inputs = program.inputs
        numbers = numbers | {name: x for name, x in resumed.params.items() if name in inputs}
    roles = minimizing.roles(program, numbers, table, options)
    state = None
    names = [name for name in program.inputs if name in roles.starts]
    if resumed:
        state = minimizing.check_state(resumed, names, options["method"])
    if options["method"] == "squares" and not squares_fit(program):
        raise UsageError("the expression is no sum of squares")
    columns, bad = None, 0
    with ExitStack() as stack:
        crew = stack.enter_context(crew_of(options["cluster"]))
        if table is not None:
            columns, counts = minimizing.read_columns(roles, table, options, crew)
            bad = counts.bad
        task = minimizing.make_task(program, roles, columns, options, state)
        try:
            trace = None
            if options["trace"]:
                trace = stack.enter_context(Trace(options["trace"], names, style.safe))
            show = stack.enter_context(live("step"))

            def tell(step: int, point: Any) -> None:
                show(step, point.value)
                if trace is not None:
                    trace.write(step, point)

            if options["find_root"]:
                found = find_root(task, options["equals"] or 0.0)
            else:
                found = minimize(task, tell)
        except NotFiniteError as error:
            raise at_the_start(program, task, error) from None
        except DivergedError as error:
            raise diverged(task, error) from None
    doubt = None if options["find_root"] else wrong_kind(found, options["maximize"])
    if doubt is not None:
        found = found._replace(warnings=[*found.warnings, doubt])
    with writer(MinimumView(program), style) as out:
        out.write(found)
    tell_warnings(found, bad)
    if found.interrupted:
        return INTERRUPTED
    return NO_ROOT if options["find_root"] and not found.converged else 0


def diverged(task: Task, error: DivergedError) -> MgradError:
    """What is wrong with a training whose loss grew without end."""
    assert task.training is not None
    return UsageError(f"the training diverged in {counted(error.steps, 'step')}",
                      hint=f"a rate below --rate {task.training.rate:g}")  # fmt: skip


def squares_fit(program: Program) -> bool:
    """Whether the output is a sum of squares."""
    from micrograd_cli.estimation.minimizing.squares import residuals_of

    return residuals_of(program.outputs[0].node) is not None


def tell_warnings(found: Minimum, bad: int) -> None:
    """Tell on standard error what was left out, and the reasons to doubt the result."""
    sys.stdout.flush()
    if bad:
        say(f"warning: {counted(bad, 'row')} skipped")
    for caution in found.warnings:
        say(block("warning", caution.message, "", ()))


def at_the_start(program: Program, task: Task, error: NotFiniteError) -> MgradError:
    """Which node is not finite at the start."""
    names = [name for name in program.inputs if name in task.names]
    start = dict(zip(names, error.start.tolist(), strict=True))
    shown = ", ".join(f"{name} = {x:g}" for name, x in [*start.items()][:6])
    message = f"the expression is not finite at the start {shown}"
    if task.columns is not None:
        return UsageError(message, hint="start elsewhere: --start NAME=NUMBER")
    (report,) = reports(bind(program, {**task.numbers, **start}))
    for warning in report.warnings:
        if warning.kind in ("value", "gradient"):
            return UsageError(message, warning.span, warning.message, text=program.text)
    size = f"the expression is of the size {abs(report.value):.1g} at the start {shown}"
    return UsageError(f"{size}: its square is no float", hint="divide it by its size")
