"""`mgrad eval --x=-5:5:0.5` and `--x 0.5,1,2`: a table with a row for each point."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from micrograd_cli.commands.values import MOST_POINTS
from micrograd_cli.errors import NonFiniteError, UsageError, counted
from micrograd_cli.language.program import Program
from micrograd_cli.render import Style
from micrograd_cli.render.writers import writer
from micrograd_cli.terminal.saying import say

if TYPE_CHECKING:
    from micrograd_cli.analysis.tabulation import Reports, Tabulation

Bindings = Mapping[str, float | tuple[float, ...]]


def several(numbers: Bindings) -> list[str]:
    """The inputs that are given several numbers."""
    return [name for name, each in numbers.items() if isinstance(each, tuple)]


def points_of(numbers: Bindings) -> Iterable[dict[str, float]]:
    """All combinations of the numbers that the inputs are given."""
    if not several(numbers):
        return [dict(numbers)]  # type: ignore[arg-type]
    from micrograd_cli.analysis.tabulation import grid_points

    return grid_points(numbers)


def require_single(numbers: Bindings, option: str) -> None:
    """Raise UsageError where an input has several numbers beside an option for one point."""
    for name in several(numbers):
        raise UsageError(f"{option} is for one point, and '{name}' has several numbers")


def run_points(
    program: Program,
    numbers: Bindings,
    wrt: Sequence[str] | None,
    style: Style,
    digits: int | None,
    strict: bool,
    reports: Reports | None = None,
) -> None:
    """Print the table of all points, of certain digits where there are `reports` of those.

    Raises NonFiniteError under `strict`.
    """
    from micrograd_cli.analysis.tabulation import count_points, tabulate
    from micrograd_cli.render.tabulation import TabulationView

    if count_points(numbers) > MOST_POINTS:
        raise UsageError(f"there are more than {MOST_POINTS:,} points", hint="take longer steps")
    table = tabulate(program, numbers, wrt, reports)
    with writer(TabulationView(table.header, digits), style) as output:
        output.write(table)
    tell_nonfinite(table, strict, "inf, nan or undecided" if reports else "inf or nan")


def tell_nonfinite(table: Tabulation, strict: bool, what: str) -> None:
    """Say how many points have a result that is `what`."""
    bad = table.nonfinite
    if not bad:
        return
    place = ", ".join(f"{name} = {x!r}" for name, x in zip(table.inputs, bad[0], strict=False))
    message = f"{counted(len(bad), 'point')} with a result that is {what}; the first is {place}"
    if strict:
        raise NonFiniteError(f"{message} (--strict)")
    sys.stdout.flush()
    say(f"warning: {message}")
