"""`mgrad eval`: value and gradients of an expression or program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.commands.bindings import ProgramCommand
from micrograd_cli.commands.messages import warn
from micrograd_cli.commands.options import (
    OUTPUT,
    PROGRAM,
    color_option,
    format_option,
    nonfinite_option,
    on_error_option,
    option,
    program_options,
    strict_option,
    wrt_option,
)
from micrograd_cli.errors import NonFiniteError, UsageError, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.render import FORMATS, Style, renderer

if TYPE_CHECKING:
    from micrograd_cli.analysis.report import Report

MEASURES = ["grad", "elasticity"]
NODES = {"table": "auto", "plain": "inputs"}  # which nodes a format shows; the others all


class EvalCommand(ProgramCommand):
    """`--rank` may stand alone, before an expression too: it takes only a word that it knows."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words: list[str] = []
        for word in args:
            if words and words[-1] == "--rank=grad" and word in MEASURES:
                words[-1] = f"--rank={word}"
            else:
                words.append("--rank=grad" if word == "--rank" else word)
        return super().parse_args(ctx, words)


@click.command("eval", cls=EvalCommand, options_metavar="[EXPR] [--NAME NUMBER]... [OPTIONS]")
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
    help="Print a bare number: value, data.NAME or grad.NAME. Repeatable.",
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
@option(
    "--each",
    group=PROGRAM,
    is_flag=True,
    help="Evaluate each line of the input as an expression.",
)
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
    inputs is an option: --a 2, --a=-3, --a pi/4.

    \b
    mgrad eval 'tanh(a*b+c)' --a 2 --b -3 --c 10
    mgrad eval '-exp(a)' --a 1 --format json
    mgrad eval -f neuron.mg --w1 -2.5 --print grad.w1
    mgrad eval -f mlp.mg --rank elasticity
    """
    style = Style(options["color"], options["nonfinite"], options["selectors"], rank is not None)
    if each:
        from micrograd_cli.commands.each import Lines, run_each

        if rank:
            raise UsageError("--rank orders one program's inputs: it does not go with --each")
        assert isinstance(command, ProgramCommand)
        lines = Lines(numbers, wrt, nodes or "all", strict, options["max_nodes"],
                      command.how_to_give)  # fmt: skip
        run_each(lines, each_source(expressions, options["file"]), format_ or "jsonl",
                 options["on_error"], style)  # fmt: skip
        return
    from micrograd_cli.analysis.report import array_reports, condensed, reports

    assert program is not None
    if style.selectors:
        style = style._replace(selectors=tuple(select(program, wrt, style.selectors)))
        nodes = "named"
    format_ = format_ or "table"
    run = bind(program, numbers)
    render = renderer(format_, style)
    finite = True
    if rank and format_ == "table":
        nodes = nodes or "inputs"
    whole = style.selectors or (format_ in ("json", "jsonl") and rank is None)
    found = array_reports if whole else reports
    for report in found(run, wrt, nodes or NODES.get(format_, "all")):
        shown = in_order(report, rank)
        render.write(condensed(shown) if format_ == "table" and nodes != "all" else shown)
        warn(report, program.text)
        finite = finite and report.finite
    if strict and not finite:
        raise NonFiniteError("a result is inf or nan (--strict)")


def in_order(report: Report, rank: str | None) -> Report:
    if rank is None:
        return report
    from micrograd_cli.analysis.ranking import ranked

    return ranked(report, rank)


def select(program: Program, wrt: list[str] | None, selectors: Iterable[str]) -> Iterator[str]:
    """The selectors with each node by its first name. Raises UsageError for one that has none."""
    nodes = {**program.inputs, **program.named}
    known = [*nodes, *program.arrays]
    asked = program.inputs if wrt is None else check_names(program, wrt)
    for selector in selectors:
        kind, dot, name = selector.partition(".")
        if selector == "value":
            yield selector
            continue
        if kind not in ("data", "grad") or not dot:
            raise UsageError(f"--print takes value, data.NAME or grad.NAME, not '{selector}'")
        if name not in known:
            raise UsageError(f"--print {selector}: there is no node '{name}'",
                             hint=suggestion(name, known))  # fmt: skip
        first = elements(name, program.arrays.get(name, ()))[0]
        if kind == "grad" and first in program.inputs and first not in asked:
            raise UsageError(
                f"--print {selector}: '{name}' is not among --wrt {','.join(wrt or ())}"
            )
        own = nodes[first].label
        yield f"{kind}.{own.removesuffix(first.removeprefix(name))}"


def each_source(expressions: list[str], file: str | None) -> str | None:
    """The file whose lines --each reads, None for standard input."""
    if [word for word in expressions if word != "-"]:
        raise UsageError("--each reads lines from standard input or -f FILE, not an argument")
    return None if file == "-" else file
