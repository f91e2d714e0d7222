"""`mgrad check`: gradients against numerical derivatives, formulas, numbers and other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from math import nan
from typing import Any

import click

from micrograd_cli.analysis.sampling import Given, Points
from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.checks.checking import Check, CheckReport, Subject, Tolerance, check, worst
from micrograd_cli.checks.remedies import remedied
from micrograd_cli.commands.check.comparisons import Comparison, of_command, of_program
from micrograd_cli.commands.check.options import SAMPLES, check_options
from micrograd_cli.commands.command_line import Words, node_limit, program_text
from micrograd_cli.commands.options import program_options, require_text, style_of
from micrograd_cli.commands.program_command import ProgramCommand
from micrograd_cli.commands.uncertain_values import value_alone_or
from micrograd_cli.commands.values import number_range_or_points
from micrograd_cli.errors import UsageError
from micrograd_cli.files.output import leaving_on_signals
from micrograd_cli.language.arrays import Shape
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.render.check.view import CheckView
from micrograd_cli.render.writers import writer
from micrograd_cli.tape.threads import cores
from micrograd_cli.terminal.progress import progress


class CheckCommand(ProgramCommand):
    """Inputs may be ranges here, and `--command` names inputs too."""

    read_value = staticmethod(value_alone_or(number_range_or_points))

    def has_program(self, words: Words) -> bool:
        return super().has_program(words) or words.last("--command") is not None

    def read_program(self, words: Words) -> Program:
        command = words.last("--command")
        if command is None:
            return super().read_program(words)
        from micrograd_cli.checks.external import placeholders

        places = placeholders(command)
        if not super().has_program(words):
            return places
        limit = node_limit(words, self.max_nodes)
        program = parse(program_text(words), inputs=places.inputs, max_nodes=limit)
        require_same_inputs(program, places)
        return program


def require_same_inputs(program: Program, places: Program) -> None:
    """Raise UsageError if an expression's inputs are not those of the command."""
    for one, other, hint in (
        (program, places, "the command has no {{{}}}"),
        (places, program, "the expression has no such input: begin it with 'input {};'"),
    ):
        for name in one.inputs:
            if name not in other.inputs:
                raise UsageError(f"'{name}' is an input of only one of expression and command",
                                 one.places[name], hint.format(name), text=one.text)  # fmt: skip


EXAMPLES = [
    ("At one point.", "mgrad check 'tanh(a*b+c)' --a 2 --b -3 --c 10"),
    ("Against certain digits.", "mgrad check 'log(1+x)/x' --x 1e-17 --certain"),
    ("At 200 points of a range.", "mgrad check 'tanh(a*b+c)' --a 1:3 --b -1:1 --c 0 --samples 200"),
    (
        "A derivative by hand.",
        "mgrad check 'tanh(a*b)' --a -1:1 --b 2 --claim a='b*(1-tanh(a*b)^2)'",
    ),
    (
        "Two programs that should be the same.",
        "mgrad check 'log(exp(a)+exp(b))' --a 1:2 --b 0:1 --same-as 'logsumexp(a, b)'",
    ),
    (
        "A program in another language.",
        "mgrad check --command './loss {a} {b}' --a 1 --b 2 --claim a=b",
    ),
]


@click.command(
    "check",
    cls=CheckCommand,
    options_metavar="[EXPR] [--NAME NUMBER|LO:HI|LIST]... [OPTIONS]",
    examples=EXAMPLES,
    statuses="0 nothing is wrong, 1 a check failed, 2 wrong usage, 3 wrong program, 5 bad data",
    chapter="check",
)
@program_options
@check_options
def command(program: Program, numbers: dict[str, Given], **options: Any) -> int:
    """Check gradients. The exit status is 0 if none is wrong, else 1.

    Each gradient is compared with a numerical derivative that comes with an error bar: it has
    passed, failed, or the check is inconclusive and says why. An input is given a number or, to
    check many points, a range 1:3, a list 0.5,1,2 or steps 1:3:0.5.
    """
    require_text(options["format_"], options["digits"])
    style = style_of(options["format_"], options)
    wrt = options["wrt"]
    names = list(program.inputs) if wrt is None else check_names(program, wrt)
    points = read_points(program, numbers, options)
    tolerance = Tolerance(options["atol"], options["rtol"])
    with ExitStack() as stack:
        if options["command_"] is None:
            comparisons = of_program(program, names, options)
        else:
            comparisons = of_command(program, names, options, command_subject(options, stack))
        total = points.number * len(comparisons)
        done = stack.enter_context(progress("points", total, results_last=True))
        reports = [
            check_report(comparison, points, tolerance, done, program.arrays)
            for comparison in comparisons
        ]
    if not options["quiet"]:
        view = CheckView(len(reports) > 1, options["strict"], options["digits"])
        with writer(view, style) as output:
            for each in reports:
                output.write(each)
    fatal = ("failed", "inconclusive") if options["strict"] else ("failed",)
    return int(any(report.verdict in fatal for report in reports))


def read_points(program: Program, numbers: dict[str, Given], options: dict[str, Any]) -> Points:
    bindings = {name: numbers.get(name, program.defaults.get(name, nan)) for name in program.inputs}
    points = Points(bindings, options["samples"] or SAMPLES, options["seed"])
    if options["samples"] and not points.drawn:
        raise UsageError("--samples draws from ranges, and no input has one",
                         hint="give an input a range, for example 1:3")  # fmt: skip
    return points


def command_subject(options: dict[str, Any], stack: ExitStack) -> Subject:
    """The program of --command; what it runs ends with the stack."""
    from micrograd_cli.checks.external import Runner
    from micrograd_cli.checks.foreign import ForeignSubject

    stack.enter_context(leaving_on_signals())  # what runs is ended then
    runner = Runner(options["command_"], options["jobs"] or cores(), options["timeout"])
    return ForeignSubject(stack.enter_context(runner).run)


def check_report(
    comparison: Comparison,
    points: Points,
    tolerance: Tolerance,
    done: Callable[[int], None],
    arrays: Mapping[str, Shape],
) -> CheckReport:
    def counted() -> Iterator[list[Check]]:
        for checks in check(
            comparison.subject,
            comparison.claimants,
            points.draw(),
            tolerance,
            comparison.against,
            comparison.certain,
        ):
            done(1)
            yield checks

    found = worst(counted(), partial(remedied, comparison.formula))
    if not found:
        raise UsageError("there is nothing to check: the command prints no gradient",
                         hint="claim one by --claim, --expect or an expression")  # fmt: skip
    seed = points.seed if points.drawn else None
    assert isinstance(command, CheckCommand)
    options = {name: command.binding(name) for name in points.bindings}
    return CheckReport(
        comparison.output,
        comparison.prefix,
        comparison.expr,
        comparison.text,
        points.number,
        seed,
        found,
        options,
        arrays,
    )
