"""What a run over a table does: which input comes from where, and what the results are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.compiled import Compiled, compile
from micrograd_cli.errors import DataError, UsageError, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.program import Program

NAMED = 20  # columns that an error lists, or compares with


class Plan(NamedTuple):
    """`columns` are the inputs that are read, `origins` says of each input where it comes from."""

    function: Compiled
    columns: list[str]
    origins: dict[str, str]
    names: list[str]  # of the result columns


def plan(
    program: Program,
    header: Sequence[str],
    numbers: Mapping[str, float],
    wrt: Sequence[str] | None,
    prefix: str = "",
    override: bool = False,
    table: str = "the table",
    bound: Mapping[str, str] = MappingProxyType({}),
    lists: bool = False,
) -> Plan:
    """Bind the inputs: a number that was given, else a column, else the program's default.

    `bound` names the columns of inputs that are called otherwise. With `lists` a column may hold
    whole arrays: an element of it is called as in the program, `x[0]`.

    Raises UsageError for an input that has none of them, or both of the first two (unless
    `override`), and for results called like columns; DataError for a column that stands twice.
    """
    known = frozenset(header)
    constants: dict[str, float] = {}
    origins: dict[str, str] = {}
    columns: list[str] = []
    for name in program.inputs:
        if name in numbers:
            if name in known and not override:
                raise UsageError(f"'{name}' is bound twice: by a column and on the command line",
                                 hint="--override takes the command line's")  # fmt: skip
            constants[name], origins[name] = numbers[name], repr(numbers[name])
        elif name in bound or name in known:
            columns.append(bound.get(name, name))
            origins[name] = f"column {columns[-1]}"
        elif lists and name.partition("[")[0] in known and name.partition("[")[0] in program.arrays:
            columns.append(name)
            origins[name] = f"column {name.partition('[')[0]}"
        elif name in program.defaults:
            constants[name] = program.defaults[name]
            origins[name] = f"{program.defaults[name]!r}, the program's default"
        else:
            raise missing_column(name, header, program, table)
    lost = next((each for each in bound.values() if each not in known), None)
    if lost is not None:
        raise UsageError(f"{table} has no column '{lost}'", hint=suggestion(lost, header))
    twice = next((name for name in columns if list(header).count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{table}: the column '{twice}' stands twice in the header")
    function = compile(program, wrt, constants)
    names = [prefix + result.name for result in function.results]
    return Plan(function, columns, origins, names)


def bound_columns(program: Program, texts: Sequence[str]) -> dict[str, str]:
    """The columns that `--bind x=c1,c2` names, by input. Raises UsageError."""
    found: dict[str, str] = {}
    for text in texts:
        name, equal, names = text.partition("=")
        columns = names.split(",")
        if not equal or not all(columns):
            raise UsageError(f"--bind takes NAME=COLUMN,COLUMN..., not '{text}'")
        inputs = check_names(program, [name])
        if len(inputs) != len(columns):
            raise UsageError(f"--bind {name}: expected {len(inputs)} columns, got {len(columns)}")
        if name in program.arrays or len(inputs) == 1:
            every = elements(name, program.arrays.get(name, ()))
            found |= dict(zip(every, columns, strict=True))
    return found


def check_clashes(names: Sequence[str], header: Sequence[str]) -> None:
    """Raises UsageError where a result is called like a column that is passed on."""
    clash = next((name for name in names if name in frozenset(header)), None)
    if clash is not None:
        raise UsageError(f"the table has a column '{clash}' already",
                         hint="--prefix NAME puts a word before the results' names")  # fmt: skip


def missing_column(name: str, header: Sequence[str], program: Program, table: str) -> UsageError:
    few = [each for each in header[:NAMED] if len(each) <= 2 * NAMED]
    more = "" if len(few) == len(header) else f" … ({len(header):,} columns)"
    hint = (
        suggestion(name, header[: 50 * NAMED], "'{}'") or f"give --{name} NUMBER, or such a column"
    )
    listed = ", ".join(few) + more
    return UsageError(
        f"{table} has no column '{name}'; it has {listed or 'none'}",
        program.places[name],
        hint,
        text=program.text,
    )
