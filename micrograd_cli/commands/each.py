"""`mgrad eval --each`: every line of the input is an expression of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from micrograd_cli.analysis.report import Report
from micrograd_cli.commands.bindings import missing_input
from micrograd_cli.commands.messages import warn, warn_of
from micrograd_cli.errors import MgradError, NonFiniteError, UsageError, column, counted
from micrograd_cli.files.text import decode, read_lines
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.render import Style
from micrograd_cli.render.lines import LineError, LineReport, LineView
from micrograd_cli.render.view import View
from micrograd_cli.render.writers import writer
from micrograd_cli.render.writers.base import Writer
from micrograd_cli.terminal.progress import progress
from micrograd_cli.terminal.saying import say


class Lines(NamedTuple):
    """How every line is evaluated."""

    numbers: dict[str, float]
    evaluate: Callable[[Program, dict[str, float]], Iterable[Report]]  # the reports of a line
    strict: bool
    max_nodes: int
    how_to_give: Callable[[str], str]  # an input, in words


def run_each(
    lines: Lines, source: str | None, view: View[Report], on_error: str, style: Style
) -> None:
    """Evaluate line by line, each record flushed before the next line is read.

    `source` is a file, or None for standard input. Raises the error of the first line that fails
    where `on_error` is `stop`.
    """
    skipped = 0
    with line_writer(view, on_error, style) as records, progress("lines") as advance:
        for number, text in numbered_lines(source):
            try:
                program, found = evaluate_line(text, lines)
            except MgradError as error:
                error.line, error.text = number, error.text or text
                if on_error == "stop":
                    raise
                skipped += on_error == "skip"
                if on_error == "record":
                    place = column(error.text, error.span[0]) if error.span else None
                    records.write(LineError(number, text, error.message, place))
            else:
                for report in found:
                    records.write(LineReport(number, report))
                warn_of(program, number)
                for report in found:
                    warn(report, program.text, number)
            sys.stdout.flush()
            advance(1)
    if skipped:
        say(f"warning: {counted(skipped, 'line')} skipped")


def line_writer(view: View[Report], on_error: str, style: Style) -> Writer[LineReport | LineError]:
    """The writer of records. Raises UsageError for a format that is none."""
    if style.format == "plain" and on_error == "record":
        raise UsageError("--on-error record needs --format jsonl, csv or tsv")
    if style.format == "table":
        raise UsageError("--each prints records, not tables", hint="use --format jsonl, csv or tsv")
    one_a_line = style._replace(format="jsonl") if style.format == "json" else style
    return writer(LineView(view), one_a_line)


def numbered_lines(source: str | None) -> Iterator[tuple[int, str]]:
    """The lines that hold more than a comment, with their numbers."""
    for number, data in enumerate(read_lines(source or "-"), 1):
        text = decode(data, source or "-", number).strip()
        if text and not text.startswith("#"):
            yield number, text


def evaluate_line(text: str, lines: Lines) -> tuple[Program, list[Report]]:
    program = parse(text, inputs=lines.numbers, max_nodes=lines.max_nodes)
    for name in lines.numbers:
        if name in program.named:
            raise UsageError(f"'{name}' is computed by the program and cannot be bound",
                             program.places[name], text=program.text)  # fmt: skip
    for name in program.inputs:
        if name not in lines.numbers and name not in program.defaults:
            raise missing_input(program, name, lines.how_to_give(name))
    found = list(lines.evaluate(program, lines.numbers))
    if lines.strict and not all(report.finite for report in found):
        raise NonFiniteError("a result is inf or nan (--strict)")
    return program, found
