"""What a run over a table does: the origin of each input, and the names of the results."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.compiled import Compiled, by_elements
from micrograd_cli.errors import DataError, UsageError, counted, nearest, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.names import assigned, listed, product_hint
from micrograd_cli.language.program import Program
from micrograd_cli.language.spelling import quoted
from micrograd_cli.rows.request import MapRequest

NAMED = 20  # columns that an error lists, or compares with


class Plan(NamedTuple):
    """`columns` are the inputs read from the table, `origins` the source of each input."""

    function: Compiled
    columns: list[str]
    origins: dict[str, str]
    results: list[str]  # the names of their columns


def make_plan(request: MapRequest, header: Sequence[str], table: str, lists: bool = False) -> Plan:
    """Bind the inputs: a number that was given, else a column, else the program's default.

    With `lists` a column may hold whole arrays: an element of it is called as in the program.

    Warns of columns that the program does not mean. Raises UsageError for an input that has none
    of the three, or both of the first two (unless `override`), and for results called like columns;
    DataError for a column that stands twice.
    """
    program = request.program
    known = frozenset(header)
    bound = bound_columns(program, request.bind)
    constants: dict[str, float] = {}
    origins: dict[str, str] = {}
    sources: dict[str, str] = {}  # the column of an input
    for name in program.inputs:
        if name in request.numbers:
            if name in known and not request.override:
                raise UsageError(f"'{name}' is bound twice: by a column and on the command line",
                                 hint="--override takes the command line's")  # fmt: skip
            constants[name] = request.numbers[name]
            origins[name] = repr(constants[name])
        elif (source := column_for(program, name, known, bound, lists)) is not None:
            sources[name] = source
            origins[name] = f"column {source if source in known else array_of(program, name)}"
        elif name in program.defaults:
            constants[name] = program.defaults[name]
            origins[name] = f"{constants[name]!r}, the program's default"
        else:
            raise missing_column(name, header, request, table)
    lost = next((each for each in bound.values() if each not in known), None)
    if lost is not None:
        raise UsageError(f"{table} has no column '{lost}'", hint=suggestion(lost, header))
    others = known - program.inputs.keys()
    uncertain = tuple(name for name in sources if f"u_{sources[name]}" in others)
    columns = [*sources.values(), *[f"u_{sources[name]}" for name in uncertain]]
    twice = next((name for name in columns if list(header).count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{table}: duplicate column '{twice}'")
    function = request.function
    if function is None:
        function = Compiled(program, by_elements(program, request.wrt), constants, uncertain)
    else:
        columns = [sources.get(name, name) for name in function.inputs]
    results = [request.prefix + result.name for result in function.results]
    check_clashes(results, known if not request.only_results else frozenset(), request)
    for name in program.constants:
        if name in known:
            print(f"warning: {table} has a column '{name}', but the program means the constant;"
                  f" 'input {name}' in the program makes it an input", file=sys.stderr)  # fmt: skip
    return Plan(function, columns, origins, results)


def column_for(
    program: Program, name: str, known: Collection[str], bound: Mapping[str, str], lists: bool
) -> str | None:
    """The column that binds an input; with `lists` perhaps the element `x[0]` of a column x."""
    if name in bound or name in known:
        return bound.get(name, name)
    return name if lists and array_of(program, name) in known else None


def array_of(program: Program, name: str) -> str | None:
    """The array that an input is an element of."""
    array = name.partition("[")[0]
    return array if array in program.arrays else None


def bound_columns(program: Program, texts: Sequence[str]) -> dict[str, str]:
    """The columns that `--bind x=c1,c2` names, by input. Raises UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        name, equal, names = assigned(text)
        columns = listed(names)
        if not equal or not all(columns):
            raise UsageError(f"--bind takes NAME=COLUMN,COLUMN..., not '{text}'")
        check_names(program, [name])
        every = elements(name, program.arrays.get(name, ()))
        if len(every) != len(columns):
            expected = counted(len(every), "column")
            raise UsageError(f"--bind {name}: expected {expected}, got {len(columns)}")
        found |= dict(zip(every, columns, strict=True))
    return found


def check_clashes(results: Sequence[str], columns: frozenset[str], request: MapRequest) -> None:
    """Raises UsageError where a result has the name of a column of the output."""
    hint = "--prefix NAME puts a word before the results' names"
    if request.records_errors and "error" in results:
        raise UsageError("two columns of the output would be called 'error'", hint=hint)
    clash = next((name for name in [*results, *["error"] * request.records_errors]
                  if name in columns), None)  # fmt: skip
    if clash is not None:
        raise UsageError(f"the table has a column '{clash}' already", hint=hint)


def called_with_more(name: str, header: Sequence[str]) -> str:
    """The one column that begins with a name, and goes on with what is none: `t [s]` of t."""
    found = [each for each in header if each.split(maxsplit=1)[:1] == [name] and each != name]
    found += [each for each in header if re.match(rf"{re.escape(name)}[^\w\s]", each)]
    return found[0] if len(found) == 1 else ""


def column_suggestion(name: str, header: Sequence[str]) -> str:
    """`did you mean …?` of the nearest column, as a program has it."""
    found = nearest(name, header)
    text = quoted(found)
    return f"did you mean {text if text != found else repr(text)}?" if found else ""


def column_hint(name: str, header: Sequence[str]) -> str:
    """Which column is meant by a name that none has, or nothing."""
    column = called_with_more(name, header[: 50 * NAMED])
    return (
        (f"write `{column}` for that column" if column else "")
        or product_hint(name, frozenset(header[: 50 * NAMED]))
        or column_suggestion(name, header[: 50 * NAMED])
    )


def missing_column(name: str, header: Sequence[str], request: MapRequest, table: str) -> UsageError:
    few = [each for each in header[:NAMED] if len(each) <= 2 * NAMED]
    more = "" if len(few) == len(header) else f" … ({counted(len(header), 'column')})"
    how = f"give {request.how_to_give(name)}, or a column of that name"
    hint = column_hint(name, header) or how
    listed = ", ".join(few) + more
    return UsageError(
        f"{table} has no column '{name}'; it has {listed or 'none'}",
        request.program.places[name],
        hint,
        text=request.program.text,
    )
