"""`mgrad eval`: value and gradients of an expression or program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import Any

import click

from micrograd_cli.analysis.report import Report, array_reports, condensed, reports
from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.commands import completing
from micrograd_cli.commands.certain import CertainDigits, certain_options
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import (
    OUTPUT,
    PROGRAM,
    STRICT_STATUSES,
    color_option,
    digits_option,
    format_option,
    nonfinite_option,
    on_error_option,
    option,
    program_options,
    require_text,
    strict_option,
    style_of,
    wrt_option,
)
from micrograd_cli.commands.points import points_of, require_single, run_points, several
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.commands.proofs import kind_of, proof_options, run_proof
from micrograd_cli.commands.uncertain_values import value_alone_or
from micrograd_cli.commands.values import number_range_or_points
from micrograd_cli.errors import NonFiniteError, UsageError, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.names import canonical, parts, without_blanks
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render import FORMATS
from micrograd_cli.render.report import RankingView, ReportView, SelectionView
from micrograd_cli.render.view import View
from micrograd_cli.render.writers import writer

MEASURES = ["grad", "elasticity"]
BAD = "inf or nan", "inf, nan or undecided"  # of floats, of certain digits
Evaluate = Callable[[Program, dict[str, float]], Iterable[Report]]  # the reports at a point
NODES = {"table": "auto", "plain": "inputs"}  # which nodes a format shows; the others all


class EvalCommand(ProgramCommand):
    """An input may be given several numbers or a range; `--rank` may stand without a value."""

    read_value = staticmethod(value_alone_or(number_range_or_points))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words: list[str] = []
        for word in args:
            if words and words[-1] == "--rank=grad" and word in MEASURES:
                words[-1] = f"--rank={word}"
            else:
                words.append("--rank=grad" if word == "--rank" else word)
        return super().parse_args(ctx, words)


EXAMPLES = [
    (
        "A value for each input; values may be constant expressions.",
        "mgrad eval 'tanh(a*b+c)' --a 2 --b -3 --c pi/4",
    ),
    ("Output for a script.", "mgrad eval '-exp(a)' --a 1 --format json"),
    ("A program in a file, one bare number.", "mgrad eval -f neuron.mg --w1 -2.5 --print grad.w1"),
    ("50 digits that are certain.", "mgrad eval 'log(1+x)/x' --x 1e-17 --certain 50"),
    ("How many digits of it are right.", "mgrad eval 'log(1+x)/x' --x 1e-17 --audit"),
    ("All values over a range.", "mgrad eval 'x^2 - 2*x' --x 0:3 --enclose"),
    ("The inputs that matter most.", "mgrad eval -f mlp.mg --rank elasticity"),
    ("A row for each point of a range, or of a list.", "mgrad eval 'exp(-x^2)' --x=-2:2:0.5"),
]


@click.command(
    "eval",
    cls=EvalCommand,
    options_metavar="[EXPR] [--NAME NUMBER]... [OPTIONS]",
    examples=EXAMPLES,
    statuses=STRICT_STATUSES,
    chapter="formats",
)
@program_options
@wrt_option()
@option(
    "--nodes",
    group=OUTPUT,
    type=click.Choice(["all", "named", "inputs"]),
    help="Nodes to list; a large table lists the named ones.",
)
@option(
    "--print",
    "selectors",
    group=OUTPUT,
    multiple=True,
    metavar="SELECTOR",
    shell_complete=completing.selectors,
    help="Print bare numbers: value, grad, data.NAME, grad.NAME. Repeatable.",
)
@format_option(FORMATS, help_text="Output format  [default: table; jsonl with --each]")
@nonfinite_option
@option(
    "--rank",
    group=OUTPUT,
    type=click.Choice(MEASURES),
    metavar="[grad|elasticity]",
    help="Order the inputs by |grad|, or by elasticity: x/f * df/dx.",
)
@strict_option()
@certain_options("Print N significant digits that are proven to be right (python-flint).")
@proof_options
@option(
    "--each",
    group=PROGRAM,
    is_flag=True,
    help="Evaluate each line of the input as an expression.",
)
@digits_option()
@on_error_option("What to do with a line that fails under --each.")
@color_option()
def command(
    program: Program | None,
    numbers: dict[str, float],
    expressions: list[str],
    wrt: list[str] | None,
    nodes: str | None,
    format_: str | None,
    rank: str | None,
    strict: bool,
    each: bool,
    **options: Any,
) -> None:
    """Evaluate an expression and its gradients.

    EXPR is an expression or a program; without one it is read from standard input. Each of its
    inputs is an option: --a 2, --a=-3, --a pi/4. Of several numbers, 0.5,1,2 or low:high:step, each
    is a row of a table.
    """
    selectors: list[str] = list(options["selectors"])
    proof = kind_of({**options, "each": each, "rank": rank}, numbers)
    if proof and program:
        style = style_of(format_ or "table", options)
        end(run_proof(proof, program, numbers, wrt, nodes, style, options), strict, unsure=True)
        return
    if program is not None and not (program.inputs or format_ or nodes or selectors):
        selectors = ["value"]  # a calculator: 2+3 is 5.0
    format_ = "plain" if selectors else format_ or ("jsonl" if each else "table")
    require_text(format_, options["digits"])
    view = view_of(selectors, rank, options["digits"])
    style = style_of(format_, options)
    if each:
        from micrograd_cli.commands.each import Lines, run_each

        if rank:
            raise UsageError("--rank orders one program's inputs: it does not go with --each")
        require_single(numbers, "--each")
        assert isinstance(command, ProgramCommand)
        results = {"value", "grad", *(f"grad.{name}" for name in numbers)}
        only_results = selectors and results.issuperset(selectors)  # then no node need be named
        evaluate = evaluator(wrt, nodes or ("inputs" if only_results else "all"), options)
        lines = Lines(numbers, evaluate, strict, options["max_nodes"], command.how_to_give)
        source = each_source(expressions, options["file"])
        run_each(lines, source, view, options["on_error"], style)
        return
    assert program is not None
    if several(numbers):
        if rank or nodes:
            require_single(numbers, "--rank" if rank else "--nodes")
        if not selectors:
            evaluate = evaluator(wrt, "inputs", options)
            certain = partial(evaluate, program) if options["certain"] else None
            run_points(program, numbers, wrt, style, options["digits"], strict, certain)
            return
    if selectors:
        selectors = list(select(program, wrt, selectors))
        view = view_of(selectors, rank, options["digits"])
        nodes = listing(program, selectors)
    if rank and (options["certain"] or selectors):
        other = "--certain" if options["certain"] else "--print"
        raise UsageError(f"--rank does not go with {other}")
    if rank and format_ == "table":
        nodes = nodes or "inputs"
    whole = selectors or (format_ in ("json", "jsonl") and rank is None)
    evaluate = evaluator(wrt, nodes or NODES.get(format_, "all"), options)
    finite = True
    with writer(view, style) as output:
        for point in points_of(numbers):
            found = evaluate(program, point)
            for report in array_reports(program, found) if whole else found:
                shown = in_order(report, rank)
                output.write(condensed(shown) if format_ == "table" and nodes != "all" else shown)
                warn(report, program.text)
                finite = finite and report.finite
    end(finite, strict, unsure=bool(options["certain"]))


def end(finite: bool, strict: bool, unsure: bool) -> None:
    """Raise NonFiniteError where --strict asks for it; certain digits may also be undecided."""
    if strict and not finite:
        what = "inf, nan or undecided" if unsure else "inf or nan"
        raise NonFiniteError(f"a result is {what} (--strict)")


def view_of(selectors: list[str], rank: str | None, digits: int | None) -> View[Report]:
    """What is shown of a report."""
    if selectors:
        return SelectionView(selectors, digits)
    return RankingView(digits) if rank else ReportView(digits)


def evaluator(wrt: list[str] | None, nodes: str, options: dict[str, Any]) -> Evaluate:
    """What makes the reports of a program at a point, as the options ask for them."""
    if options["certain"] is None:
        return lambda program, numbers: reports(bind(program, numbers), wrt, nodes)
    return lambda program, numbers: CertainDigits(program, numbers, options).reports(wrt, nodes)


def in_order(report: Report, rank: str | None) -> Report:
    if rank is None:
        return report
    from micrograd_cli.analysis.ranking import rank_inputs

    return rank_inputs(report, rank)


def select(program: Program, wrt: list[str] | None, selectors: Iterable[str]) -> Iterator[str]:
    """The selectors, each node by the name that its table shows.

    Raises UsageError for one that there is not.
    """
    nodes = program.labelled()
    arrays = program.arrays
    shown = cache(lambda: set(map(program.labels, program.nodes)))
    asked = program.inputs if wrt is None else check_names(program, wrt)
    for selector in (each.strip() for text in selectors for each in parts(text)):
        kind, dot, name = selector.partition(".")
        name = without_blanks(canonical(name))
        first = elements(name, arrays.get(name, ()))[0]
        if selector == "value":
            yield selector
        elif selector == "grad":
            yield from (f"grad.{each}" for each in wrt or program.input_names())
        elif kind not in ("data", "grad") or not dot:
            hint = f"did you mean grad.{selector} or data.{selector}?" if selector in nodes else ""
            message = f"--print takes value, grad, data.NAME or grad.NAME, not '{selector}'"
            raise UsageError(message, hint=hint)
        elif first not in nodes and (name not in shown() or len(program.outputs) > 1):
            raise UsageError(f"--print {selector}: there is no node '{name}'",
                             hint=suggestion(name, [*nodes, *arrays, *shown()]))  # fmt: skip
        elif kind == "grad" and first in program.inputs and first not in asked:
            among = ",".join(wrt or ())
            raise UsageError(f"--print {selector}: '{name}' is not among --wrt {among}")
        else:
            own = nodes[first].label if first in nodes else first
            yield f"{kind}.{own.removesuffix(first.removeprefix(name))}"


def listing(program: Program, selectors: Iterable[str]) -> str:
    """Which nodes a report lists for these selectors: all, where one has no name of its own."""
    labels = {"", *[node.label for node in program.labelled().values()], *program.arrays}
    names = [selector.partition(".")[2] for selector in selectors]
    return "named" if labels.issuperset(names) else "all"


def each_source(expressions: list[str], file: str | None) -> str | None:
    """The file whose lines --each reads, None for standard input."""
    if [word for word in expressions if word != "-"]:
        raise UsageError("--each reads lines from standard input or -f FILE, not an argument")
    return None if file == "-" else file
