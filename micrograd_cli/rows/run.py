"""A run over a table, from its first byte to the last warning."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from micrograd_cli.errors import NonFiniteError, UsageError
from micrograd_cli.files.blocks import Input
from micrograd_cli.files.output import output
from micrograd_cli.language.program import Program
from micrograd_cli.rows.engines import answers, chosen
from micrograd_cli.rows.formats import BINARY, Dialect, dialect, format_of
from micrograd_cli.rows.plan import Plan, bound_columns, check_clashes, plan
from micrograd_cli.rows.text.engine import RowEngine, Tally
from micrograd_cli.rows.text.records import Source, source
from micrograd_cli.rows.text.writers import DelimitedSink, JsonSink, Sink
from micrograd_cli.terminal.progress import progress


class Request(NamedTuple):
    """What is asked for: a program, a table, and the options of `mgrad map`."""

    program: Program
    numbers: Mapping[str, float]
    table: str
    wrt: Sequence[str] | None = None
    source_format: str | None = None
    target_format: str | None = None
    output: str | None = None
    delimiter: str | None = None
    no_header: bool = False
    columns: str | None = None
    only_results: bool = False
    prefix: str = ""
    override: bool = False
    on_error: str = "stop"
    nonfinite: str = "null"
    strict: bool = False
    engine: str = "auto"
    head: int | None = None
    dry_run: bool = False
    color: str = "auto"
    bind: Sequence[str] = ()


def run(request: Request) -> None:
    """Do what is asked for. Raises MgradError; the rows before a bad one are out by then."""
    reading, writing = dialects(request)
    preview_alone = request.head is not None or request.dry_run
    if reading.format in BINARY or (writing.format in BINARY and not preview_alone):
        from micrograd_cli.rows.binary.run import run_binary

        tally = run_binary(request, reading, writing)
    else:
        tally = run_text(request, source(Input(request.table), reading), writing)
    report(tally, request)


def run_text(request: Request, table: Source, writing: Dialect) -> Tally:
    bound = bind(request, table.header, table.dialect, table.file.name)
    tally = Tally(table.file.name, table.lines)
    if request.head is not None or request.dry_run:
        preview(request, table, writing, bound, tally)
        return tally
    sink = sink_of(request, table, writing, bound)
    rows = RowEngine(table, sink, bound, request.on_error, tally)
    with (
        output(request.output) as out,
        progress("rows", size=table.file.size, results_last=request.output is not None) as tell,
    ):
        if sink.head is not None:
            out.write((sink.head + sink.newline).encode())
            out.flush()
        before = 0
        for answer in answers(request.engine, table, sink, bound, rows):
            for piece in answer.pieces:
                out.write(piece)
            out.flush()
            tell(tally.rows - before, table.file.position)
            before = tally.rows
            if answer.error is not None:
                raise answer.error
    return tally


def dialects(request: Request) -> tuple[Dialect, Dialect]:
    """How the table is read and the output written. Raises UsageError."""
    format_ = request.source_format or format_of(request.table) or "csv"
    reading = dialect(format_, request.delimiter, not request.no_header, request.columns)
    target = request.target_format or format_of(request.output or "") or format_
    if target in BINARY and not (request.target_format or request.output):
        target = "csv"  # for eyes and pipes
    if {format_, target} & set(BINARY) and not extra_installed():
        raise UsageError("Parquet and Arrow files need NumPy and Polars",
                         hint="pip install 'mgrad[batch]'")  # fmt: skip
    if target == format_:
        return reading, reading
    mark = request.delimiter if target == "csv" and request.delimiter else None
    header = not request.no_header or target not in ("csv", "tsv")
    return reading, dialect(target, mark, header, None if header else request.columns)


def extra_installed() -> bool:
    return find_spec("numpy") is not None and find_spec("polars") is not None


def bind(request: Request, header: Sequence[str], reading: Dialect, name: str) -> Plan:
    """The plan for a table with these columns. Raises UsageError, DataError."""
    known = header
    if reading.format == "jsonl" and not header:  # no row tells: what is asked for
        known = [name for name in request.program.inputs if name not in request.numbers]
    bound = plan(request.program, known, request.numbers, request.wrt, request.prefix,
                 request.override, name, bound_columns(request.program, request.bind),
                 reading.format in (*BINARY, "jsonl"))  # fmt: skip
    if not request.only_results:
        extra = ["error"] * (request.on_error == "record")
        check_clashes([*bound.names, *extra], header)
    shadowed = [name for name in request.program.constants if name in frozenset(header)]
    for each in shadowed:
        print(f"warning: {name} has a column '{each}', but the program means the constant;"
              f" 'input {each}' in the program makes it an input", file=sys.stderr)  # fmt: skip
    return bound


def sink_of(request: Request, table: Source, writing: Dialect, bound: Plan) -> Sink:
    arguments = table, writing, bound.names, request.only_results, request.on_error == "record"
    if writing.format == "jsonl":
        return JsonSink(*arguments, as_string=request.nonfinite == "string")
    return DelimitedSink(*arguments)


def preview(request: Request, table: Source, writing: Dialect, bound: Plan, tally: Tally) -> None:
    from micrograd_cli.rows.preview import ROWS, PreviewSink, describe, head

    sink = PreviewSink(table, writing, bound.names, request.only_results,
                       request.on_error == "record")  # fmt: skip
    if request.dry_run:
        size = "" if table.file.size is None else f", {table.file.size:,} bytes"
        what = f"{table.file.name}: {table.dialect.format}, {len(table.header):,} columns{size}"
        engine = "columns" if writing.format in BINARY else chosen(request.engine, table, sink)
        describe(what, bound, f"{request.output or 'standard output'}: {writing.format}", engine)
    head(sink, bound, request.on_error, tally, request.head or ROWS, request.color)


def report(tally: Tally, request: Request) -> None:
    """Tell what was left out and what is not finite. Raises NonFiniteError under `strict`."""
    if tally.skipped:
        what = (
            "left out" if request.on_error == "skip" else "bad, with an error in place of results"
        )
        print(f"warning: {counted(tally.skipped)} {what}", file=sys.stderr)
    if tally.nonfinite:
        found = f"{counted(tally.nonfinite)} with a result that is inf or nan"
        message = f"{found}; the first is {tally.first_nonfinite}"
        if request.strict:
            raise NonFiniteError(f"{message} (--strict)")
        print(f"warning: {message}", file=sys.stderr)


def counted(rows: int) -> str:
    return f"{rows:,} row{'s' if rows != 1 else ''}"
