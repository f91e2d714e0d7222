"""What the options of `mgrad minimize` ask for, as a task: what is searched, and what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.analysis.sampling import Binding, Points, Range
from micrograd_cli.analysis.sweep import check_names
from micrograd_cli.commands.fitting import Expressions, of_columns, read_starts, within
from micrograd_cli.commands.observations import observe
from micrograd_cli.commands.values import Bounds
from micrograd_cli.errors import UsageError
from micrograd_cli.estimation.fitting.trust_region import Box
from micrograd_cli.estimation.minimizing.minimize import Task
from micrograd_cli.estimation.minimizing.stochastic import State, Training
from micrograd_cli.estimation.shares import Shares
from micrograd_cli.files.checkpoint import Checkpoint
from micrograd_cli.language.program import Program
from micrograd_cli.rows.cluster.crew import Crew
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.numbers import NumberTable
from micrograd_cli.rows.plan import bound_columns, column_for

RATES = {"sgd": 0.1, "adam": 0.01}
STEPS = {"sgd": 1000, "adam": 1000, "newton": 500, "squares": 500}
MOST = 5000  # steps of L-BFGS, which are quick


class Roles(NamedTuple):
    """What inputs of a program are: columns, variables with starts and bounds, or fixed."""

    columns: dict[str, str]  # by input
    starts: dict[str, Binding]
    bounds: dict[str, Bounds]
    fixed: dict[str, float]


def roles(
    program: Program,
    given: Mapping[str, Any],
    table: NumberTable | None,
    options: Mapping[str, Any],
) -> Roles:
    """Tell columns from variables from constants. Raises UsageError.

    Variables are the inputs of `--over`, else those without a number, or with bounds or a start;
    where every input has a number, all of them.
    """
    starts = read_starts(program, options["start"])
    bound = bound_columns(program, options["bind"])
    over = options["over"] and check_names(program, options["over"])
    columns: dict[str, str] = {}
    numbers: dict[str, float] = dict(program.defaults)
    bounds: dict[str, Bounds] = {}
    for name in program.inputs:
        value = given.get(name)
        header = table.header if table else []
        column = column_for(program, name, header, bound, bool(table and table.lists))
        if column is not None and not options["override"]:
            if name in given or name in starts:
                raise UsageError(f"'{name}' is a column, and bound on the command line too",
                                 hint="--override takes the command line's")  # fmt: skip
            columns[name] = column
        elif isinstance(value, Bounds):
            bounds[name] = value
        elif value is not None:
            numbers[name] = value
    rest = [name for name in program.inputs if name not in columns]
    free = [n for n in rest if n not in numbers or n in bounds or n in starts] or rest
    if over:
        free = [name for name in rest if name in over]
        without = [n for n in rest if n not in over and n not in numbers]
        if without:
            raise UsageError(f"'{without[0]}' is not among --over, and has no number",
                             hint=f"give --{without[0]} NUMBER")  # fmt: skip
    if not free:
        raise UsageError("there is nothing to search: the program has no input that is no column")
    found = {name: bounds.get(name, Bounds(-inf, inf)) for name in free}
    return Roles(
        columns,
        {name: start_of(name, starts.get(name, numbers.get(name)), found[name]) for name in free},
        found,
        {name: numbers[name] for name in rest if name not in free},
    )


def start_of(name: str, start: Binding | None, bounds: Bounds) -> Binding:
    """Where the search of a variable begins; without a number within its bounds, or at 0.

    Raises UsageError.
    """
    if start is None:
        low, high = bounds
        if isfinite(low) and isfinite(high):
            return low + (high - low) / 2
        return min(max(0.0, low), high)
    return within(name, start, bounds)


def read_columns(
    roles: Roles, table: NumberTable, options: Mapping[str, Any], crew: Crew | None
) -> tuple[Shares, RunCounts]:
    """The columns that the program needs, of the good rows. Raises DataError."""
    where = options["where"]
    asked = Expressions([], [], None if where is None else of_columns(where, table, "--where"))
    return observe(table, roles.columns, asked, options["on_error"], crew)


def make_task(
    program: Program,
    roles: Roles,
    columns: Shares | None,
    options: Mapping[str, Any],
    state: State | None,
) -> Task:
    """The task of a search. Raises UsageError."""
    names = [name for name in program.inputs if name in roles.starts]
    several = any(isinstance(start, Range) for start in roles.starts.values())
    if options["starts"] > 1 and not several:
        raise UsageError("--starts needs a range to draw them from", hint="--start NAME=LO:HI")
    points = Points(roles.starts, options["starts"], options["seed"])
    box = Box(np.array([roles.bounds[name].low for name in names]),
              np.array([roles.bounds[name].high for name in names]))  # fmt: skip
    method = options["method"]
    if method in RATES and not (np.isinf(box.low).all() and np.isinf(box.high).all()):
        raise UsageError(f"--method {method} has no bounds", hint="--method lbfgs has")
    training = None
    if method in RATES:
        rate = options["rate"] or RATES[method]
        training = Training(method, rate, options["batch"], options["seed"])
    return Task(
        program, names, roles.fixed,
        [np.array([point[name] for name in names]) for point in points.draw()],
        box, columns, options["reduce"] == "mean", method, options["maximize"],
        options["steps"] or STEPS.get(method, MOST), training, state,
    )  # fmt: skip


def check_state(resumed: Checkpoint, names: Sequence[str], method: str) -> State:
    """The state of a training that is resumed. Raises UsageError."""
    if resumed.method is None:
        raise UsageError(
            "--resume: the file is of no training",
            hint=f"write one by --method {method} --format json -o FILE",
        )
    if resumed.method != method:
        raise UsageError(f"it was trained by {resumed.method}", hint=f"--method {resumed.method}")
    moments = [resumed.first, resumed.second]
    here = set(names)
    if not here <= set(resumed.params) or any(here != set(moment) for moment in moments):
        raise UsageError(
            "--resume: the file is of other variables", hint=f"here: {', '.join(names)}"
        )
    first, second = (np.array([moment[name] for name in names]) for moment in moments)
    return State(resumed.step, first, second)
