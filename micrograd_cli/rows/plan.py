"""What a run over a table does: the origin of each input, and the names of the results."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.compiled import Compiled, by_elements
from micrograd_cli.errors import DataError, UsageError, counted, nearest, suggestion
from micrograd_cli.language.arrays import elements
from micrograd_cli.language.names import assigned, listed, product_hint
from micrograd_cli.language.program import Program
from micrograd_cli.language.spelling import quoted
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.rounding import Rounded
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.text.cells import BadRowError, parse_number
from micrograd_cli.terminal.saying import say

NAMED = 20  # columns that an error lists, or compares with


class Plan(NamedTuple):
    """`columns` are the inputs read from the table, `origins` the source of each input.

    `fixed` are the inputs that the table's partitions bind, and `added` the columns, by name and
    text, that come with every row: partitions, and the file's name.
    """

    function: Compiled | Rounded
    columns: list[str]
    origins: dict[str, str]
    results: list[str]  # the names of their columns
    fixed: dict[str, float]
    added: dict[str, str]

    @property
    def row(self) -> Callable[..., tuple[float, ...]]:
        """The function of one row: a float for each of `columns`."""
        row = self.function.row
        if not self.fixed:
            return row
        names = self.function.inputs
        start = [self.fixed.get(name, 0.0) for name in names]
        places = [place for place, name in enumerate(names) if name not in self.fixed]

        def with_fixed(*numbers: float) -> tuple[float, ...]:
            full = start.copy()
            for place, x in zip(places, numbers, strict=True):
                full[place] = x
            return row(*full)

        return with_fixed

    @property
    def kernel(self) -> Callable[[Sequence[Any]], list[Any]]:
        """The function of arrays: one for each of `columns`."""
        kernel, names, fixed = self.function.kernel, self.function.inputs, self.fixed
        if not fixed:
            return kernel

        def with_fixed(columns: Sequence[Any]) -> list[Any]:
            rest = iter(columns)
            return kernel([fixed[name] if name in fixed else next(rest) for name in names])

        return with_fixed


def make_plan(
    request: MapRequest,
    header: Sequence[str],
    table: str,
    source: Source,
    before: Plan | None = None,
    lists: bool = False,
) -> Plan:
    """Bind the inputs: a number that was given, a column, a partition, the program's default.

    The first of these counts. `before` is the plan of an earlier table, whose function may serve
    again. With `lists` a column may hold whole arrays: an element of it is called as in the
    program. Warns of columns that the program does not mean.

    Raises UsageError for an input that has none of them, or a number beside a column or partition
    (unless `override`), and for results called like columns; DataError for a column that stands
    twice, and a partition that is no number.
    """
    program = request.program
    partitions = {k: text for k, text in source.partitions.items() if k not in header}
    known = frozenset([*header, *partitions])
    bound = bound_columns(program, request.bind)
    constants: dict[str, float] = {}
    origins: dict[str, str] = {}
    sources: dict[str, str] = {}  # the column of an input
    fixed: dict[str, float] = {}
    for name in program.inputs:
        if name in request.numbers:
            if name in known and not request.override:
                raise bound_twice(name, "partition" if name in partitions else "column")
            constants[name] = request.numbers[name]
            origins[name] = repr(constants[name])
        elif name not in bound and name in partitions:
            fixed[name] = partition_number(table, name, partitions[name])
            origins[name] = f"partition {name}={partitions[name]}"
        elif (column := column_for(program, name, header, bound, lists)) is not None:
            sources[name] = column
            origins[name] = f"column {column if column in known else array_of(program, name)}"
        elif name in program.defaults:
            constants[name] = program.defaults[name]
            origins[name] = f"{constants[name]!r}, the program's default"
        else:
            raise missing_column(name, header, request, table)
    lost = next((each for each in bound.values() if each not in header), None)
    if lost is not None:
        raise UsageError(f"{table} has no column '{lost}'", hint=suggestion(lost, header))
    others = set(header) - program.inputs.keys()
    uncertain = tuple(name for name in sources if f"u_{sources[name]}" in others)
    columns = [*sources.values(), *[f"u_{sources[name]}" for name in uncertain]]
    twice = next((name for name in columns if list(header).count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{table}: duplicate column '{twice}'")
    compiled = request.function
    if compiled is None:
        compiled = Compiled(program, by_elements(program, request.wrt), constants, uncertain)
    else:
        mine = [name for name in compiled.inputs if name in partitions]
        fixed |= {name: partition_number(table, name, partitions[name]) for name in mine}
        columns = [sources.get(name, name) for name in compiled.inputs if name not in fixed]
    function = Rounded(compiled, request.digits) if request.digits else compiled
    if before is not None and before.function.arguments == function.arguments:
        function = before.function
    results = [request.prefix + result.name for result in function.results]
    added = added_columns(request, source, partitions)
    kept = frozenset() if request.only_results else frozenset(header)
    check_clashes(results, kept | added.keys(), request)
    if request.file_column in kept | partitions.keys():
        raise UsageError(f"the table has a column '{request.file_column}' already",
                         hint="choose another name: --file-column NAME")  # fmt: skip
    for name in program.constants:
        if name in known and before is None:
            say(f"warning: {table} has a column '{name}', but the program means the constant;"
                  f" 'input {name}' in the program makes it an input")  # fmt: skip
    return Plan(function, columns, origins, results, fixed, added)


def bound_twice(name: str, what: str) -> UsageError:
    return UsageError(f"'{name}' is bound twice: by a {what} and on the command line",
                      hint="--override takes the command line's")  # fmt: skip


def partition_number(table: str, name: str, text: str) -> float:
    """The number of a partition that binds an input. Raises DataError."""
    try:
        return parse_number(text, name)
    except BadRowError:
        said = f"'{text}' is not a number" if text else "it has no value"
        raise DataError(f"{table}: the partition '{name}' binds an input, but {said}") from None


def added_columns(
    request: MapRequest, source: Source, partitions: Mapping[str, str]
) -> dict[str, str]:
    """The columns that come with every row. In a folder of outputs, paths tell the partitions."""
    added = {} if request.folder or request.only_results else dict(partitions)
    if request.file_column is not None:
        added[request.file_column] = source.path
    return added


def check_alike(first: Sequence[str], name: str, header: Sequence[str], other: str) -> None:
    """Raises DataError for a table of other columns than the first, whose rows it follows."""
    if list(first) == list(header):
        return
    place = next(
        (i for i, (one, two) in enumerate(zip(first, header, strict=False)) if one != two), None
    )
    if place is None:
        said = f"has {counted(len(header), 'column')}, {name} has {len(first)}"
    else:
        said = f"has '{header[place]}' as column {place + 1}, where {name} has '{first[place]}'"
    raise DataError(f"{other} {said}",
                    hint="-o FOLDER/ writes an output of its own for each table")  # fmt: skip


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
