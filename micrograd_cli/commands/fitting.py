"""What the options of `mgrad fit` ask for, as a task: what is a column, what a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.analysis.sampling import Binding, Points, Range
from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.commands.bindings import without_arrays
from micrograd_cli.commands.values import Bounds, number_or_range, numbers_of
from micrograd_cli.compiled import output_names
from micrograd_cli.errors import DataError, UsageError, counted
from micrograd_cli.estimation.fitting.data import sizes
from micrograd_cli.estimation.fitting.fit import Task
from micrograd_cli.estimation.fitting.model import Model
from micrograd_cli.estimation.fitting.trust_region import Box
from micrograd_cli.estimation.shares import Shares
from micrograd_cli.language.names import assigned, parts
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.rows.numbers import NumberTable
from micrograd_cli.rows.plan import bound_columns, column_for, column_hint

LARGEST = 1e120  # a target
STARTS = 20  # where there is a range to draw from, unless --starts says how many


class Roles(NamedTuple):
    """What inputs of the model are: columns, parameters with starts and bounds, or fixed."""

    columns: dict[str, str]  # by input
    starts: dict[str, Binding]
    bounds: dict[str, Bounds]
    fixed: dict[str, float]


class Expressions(NamedTuple):
    """What is computed of the columns of each row before the fit."""

    targets: list[Program]
    sigmas: list[Program]
    where: Program | None


def roles(
    program: Program, given: Mapping[str, Any], table: NumberTable, options: Mapping[str, Any]
) -> Roles:
    """Tell columns from parameters. Raises UsageError."""
    fixed = check_names(program, options["fix"] or [])
    starts = read_starts(program, options["start"])
    bound = bound_columns(program, options["bind"])
    found = Roles({}, {}, {}, {})
    for name in program.inputs:
        value = given.get(name)
        asked = name in given or name in starts or name in fixed
        column = column_for(program, name, table.header, bound, table.lists)
        if column is not None:
            if asked and not options["override"]:
                raise UsageError(f"'{name}' is a column, and bound on the command line too",
                                 hint="--override makes it a parameter")  # fmt: skip
            if not asked:
                found.columns[name] = column
                continue
        number = program.defaults.get(name) if value is None or isinstance(value, Bounds) else value
        if name in fixed:
            if number is None:
                raise UsageError(
                    f"--fix {name}: '{name}' has no number", hint=f"give --{name} NUMBER"
                )
            found.fixed[name] = number
            continue
        bounds = value if isinstance(value, Bounds) else Bounds(-inf, inf)
        found.bounds[name] = bounds
        found.starts[name] = start_of(
            program, name, starts.get(name, number), bounds, table, options
        )
    if not found.starts:
        raise UsageError("the model has no parameter: every input is a column or fixed",
                         hint="an input that is no column is a parameter")  # fmt: skip
    return found


def start_of(
    program: Program,
    name: str,
    start: Binding | None,
    bounds: Bounds,
    table: NumberTable,
    options: Mapping[str, Any],
) -> Binding:
    """Where the search for a parameter begins: a number or a range. Raises UsageError."""
    finite = isfinite(bounds.low) and isfinite(bounds.high)
    if start is None and finite:
        several = options["starts"] is not None
        return Range(*bounds) if several else bounds.low + (bounds.high - bounds.low) / 2
    array = name.partition("[")[0]
    if start is None and array in program.arrays:
        hint = f"give --{array} '[1, 2, ...]' or --start {array}=1"
        place = program.places.get(array)
        raise UsageError(f"the array '{array}' has no start", place, hint, text=program.text)
    if start is None:
        hint = column_hint(name, table.header) or f"give --{name} NUMBER, or a column of that name"
        what = f"'{name}' is no column of {table.name}, and as a parameter it has no start"
        raise UsageError(what, program.places.get(name), hint, text=program.text)
    return within(name, start, bounds)


def within(name: str, start: Binding, bounds: Bounds) -> Binding:
    """A start, or a range of them, that is finite and inside the bounds. Raises UsageError."""
    ends = (start.lo, start.hi) if isinstance(start, Range) else (start, start)
    if not all(map(isfinite, ends)):
        raise UsageError(f"the start of '{name}' is {ends[0]!r}", hint="give a finite number")
    if not (bounds.low <= ends[0] and ends[1] <= bounds.high):
        raise UsageError(f"the start of '{name}', {ends[0]:g}, is outside its bounds"
                         f" {bounds.low:g}:{bounds.high:g}")  # fmt: skip
    return start


def read_starts(program: Program, texts: Iterable[str]) -> dict[str, Binding]:
    """`a=1:10,b=2` as a number or a range for each name. Raises UsageError."""
    found: dict[str, Binding] = {}
    for part in (part for text in texts for part in parts(text)):
        name, equal, value = assigned(part.strip())
        if not equal or not name:
            raise UsageError(f"--start takes NAME=NUMBER or NAME=LO:HI, not '{part}'")
        if name in found:
            raise UsageError(f"--start gives '{name}' twice")
        if value.lstrip()[:1] == "[":
            starts = numbers_of(value, f"--start {name}", number_or_range)
            found |= without_arrays(program, {name: starts})
            continue
        start = number_or_range(value, f"--start {name}")
        found |= dict.fromkeys(check_names(program, [name]), start)
    return found


# --- expressions of columns -----------------------------------------------------------------------


def expressions(program: Program, table: NumberTable, options: Mapping[str, Any]) -> Expressions:
    """The targets, sigmas and condition that the options ask for. Raises UsageError."""
    targets = target_texts(program, table, options["target"])
    sigmas = list(options["sigma"])
    if len(sigmas) > 1 and len(sigmas) != len(targets):
        are = "is" if len(targets) == 1 else "are"
        raise UsageError(f"there {are} {counted(len(targets), 'target')}, and --sigma is given "
                         f"{len(sigmas)} times")  # fmt: skip
    where = options["where"]
    return Expressions(
        [of_columns(text, table, "--target") for text in targets],
        [of_columns(text, table, "--sigma") for text in sigmas],
        None if where is None else of_columns(where, table, "--where"),
    )


def target_texts(program: Program, table: NumberTable, given: Sequence[str]) -> list[str]:
    """A target for each output: in their order, by name, or the column that is called like it."""
    names = output_names(program)
    named: dict[str, str] = {}
    rest: list[str] = []
    for text in given:
        name, equal, value = assigned(text)
        if equal and name in names and not value.startswith("="):
            named[name] = value
        else:
            rest.append(text)
    own = [output.name or "" for output in program.outputs]
    found = []
    for name, column in zip(names, own, strict=True):
        text = named.get(name) or (
            rest.pop(0) if rest else column if column in table.header else ""
        )
        if not text:
            several = f" for the output {name}" if len(names) > 1 else ""
            raise UsageError(f"no target{several}", hint=f"--target COLUMN; {table.name} has "
                             f"{', '.join(table.header[:20])}")  # fmt: skip
        found.append(text)
    if rest:
        raise UsageError(f"the model has {counted(len(names), 'output')}; there is one target"
                         f" more: {rest[0]}")  # fmt: skip
    return found


def of_columns(text: str, table: NumberTable, option: str) -> Program:
    """An expression of columns. Raises MgradError."""
    whole = text.strip() in table.header
    program = parse(f"`{text.strip()}`" if whole else text, inputs=[text.strip()] if whole else ())
    if len(program.outputs) > 1:
        raise UsageError(f"{option} takes one expression, not {len(program.outputs)}")
    for name in program.inputs:
        if name not in table.header:
            hint = column_hint(name, table.header) or f"columns are {', '.join(table.header[:20])}"
            raise UsageError(f"{option}: {table.name} has no column '{name}'",
                             program.places[name], hint, text=program.text)  # fmt: skip
    return program


def check_size(data: Shares) -> None:
    """Raise DataError for targets whose squares, beside their weights, are no floats."""
    for size in map(max, zip(*data.each(sizes), strict=True)):
        if size and not 1 / LARGEST < size < LARGEST:
            raise DataError(f"the target is of the size {size:.0e}: its squares are no floats",
                            hint="fit it in another unit: --target 'y*1e…'")  # fmt: skip


# --- the task -------------------------------------------------------------------------------------


def make_task(program: Program, roles: Roles, data: Shares, options: Mapping[str, Any]) -> Task:
    """The task of a fit. Raises UsageError, DataError."""
    names = list(roles.starts)
    several = any(isinstance(start, Range) for start in roles.starts.values())
    if options["starts"] is not None and not several:
        raise UsageError("--starts needs a range to draw them from", hint="--start NAME=LO:HI")
    points = Points(roles.starts, options["starts"] or STARTS, options["seed"])
    count = data.height * len(program.outputs)
    if count < len(names):
        what = f"{counted(len(names), 'parameter')}: {', '.join(names)}"
        raise DataError(f"{counted(data.height, 'row')} cannot determine {what}",
                        hint="--fix some of them")  # fmt: skip
    check_size(data)
    box = Box(np.array([roles.bounds[name].low for name in names]),
              np.array([roles.bounds[name].high for name in names]))  # fmt: skip
    return Task(
        model=Model(program, names, roles.fixed),
        data=data,
        starts=[np.array([point[name] for name in names]) for point in points.draw()],
        box=box,
        fixed=roles.fixed,
        **{name: options[name] for name in
           ("loss", "loss_scale", "absolute", "coverage", "profile", "most")},
    )  # fmt: skip
