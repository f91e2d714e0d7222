"""The uncertainty of a result as tables, with bars on a terminal; drawn by Rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, isfinite, isinf, log10

from rich.console import Console
from rich.text import Text

from micrograd_cli.estimation.estimate import Estimate, MonteCarlo
from micrograd_cli.numbers import exact, rounded
from micrograd_cli.render.ranking_table import LONGEST, SHORTEST, bar
from micrograd_cli.render.uncertainty.notation import notation, round_together
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import BORDERS, Grid, Heading, numeric

DIGITS = 6  # of sensitivities and contributions; the other formats have all


def draw(estimate: Estimate, screen: Console, form: str, digits: int) -> None:
    """Print a result, its budget, what other methods say, and its correlations."""
    result = notation(estimate, form, digits)
    screen.print(cell(f"{estimate.name} = {result}"), style="bold")
    screen.print(cell(summary(estimate, digits)))
    terminal = screen.file.isatty()
    table = budget(estimate)
    if terminal:
        left = screen.width - table.width() - BORDERS
        width = max(SHORTEST, min(left, LONGEST))
        table = budget(estimate, share_bars(estimate, width, screen.options.ascii_only))
    table.print(screen)
    methods_grid(estimate, digits).print(screen)
    if terminal and estimate.mc:
        draw_histogram(estimate.mc, screen)
    others = [f"{name} {rounded(r, 3)}" for name, r in estimate.correlation.items()
              if name != estimate.name and r is not None]  # fmt: skip
    if others:
        screen.print(cell(f"correlated with {', '.join(others)}"))


def summary(estimate: Estimate, digits: int) -> str:
    """The expanded uncertainty, with k and the degrees of freedom."""
    dof = "" if isinf(estimate.dof) else f" for {estimate.dof:.3g} degrees of freedom"
    coverage = f"{100 * estimate.coverage:.12g} %"
    expanded = alone(estimate, digits)
    return f"U = {expanded} at {coverage}, with k = {estimate.k:.3g}{dof}"


def alone(estimate: Estimate, digits: int) -> str:
    """The expanded uncertainty, to so many digits."""
    if not (estimate.expanded and isfinite(estimate.expanded)):
        return exact(estimate.expanded)
    x = round_together(0.0, estimate.expanded, digits)
    return x.u + x.power


def budget(estimate: Estimate, bars: Sequence[Text] = ()) -> Grid:
    """A row for each input, with these bars in the last column."""
    headings = numeric("value", "u", "sensitivity", "contribution", "share")
    table = Grid(["input", *headings, *([Heading("", folds=False)] if bars else [])])
    for index, row in enumerate(estimate.budget):
        share = "" if row.share is None else f"{100 * row.share:.1f} %"
        parts = [rounded(x, DIGITS) for x in (row.u, row.sensitivity, row.contribution)]
        table.add(row.input, row.value, *parts, share, *bars[index : index + 1])
    return table


def share_bars(estimate: Estimate, width: int, ascii_only: bool) -> list[Text]:
    """A bar for the share of each input; of a negative share it is dim."""
    shares = [row.share or 0.0 for row in estimate.budget]
    longest = max(map(abs, shares), default=0.0) or 1.0
    return [Text(bar(abs(x) / longest * width, ascii_only), "dim red" if x < 0 else "green")
            for x in shares]  # fmt: skip


def methods_grid(estimate: Estimate, digits: int) -> Grid:
    """The linear result, the second order and Monte Carlo, one below the other."""
    table = Grid(["method", *numeric("value", "u", "low", "high")])
    for name, numbers in methods(estimate):
        table.add(name, *aligned(numbers, digits))
    return table


def methods(estimate: Estimate) -> Iterator[tuple[str, list[float | None]]]:
    """Of each method its name, the value, u, and the ends of its coverage interval."""
    ends = [estimate.value - estimate.expanded, estimate.value + estimate.expanded]
    yield "linear", [estimate.value, estimate.u, *ends]
    if estimate.second_order:
        yield "second order", [*estimate.second_order, None, None]
    if estimate.mc:
        mc = estimate.mc
        yield "Monte Carlo", [mc.value, mc.u, *(mc.interval or (None, None))]


def aligned(numbers: Sequence[float | None], digits: int) -> list[str]:
    """The numbers of a method to one digit more than its u tells of."""
    u = numbers[1]
    if not u or not isfinite(u):
        return ["" if x is None else rounded(x, DIGITS) for x in numbers]
    place = floor(log10(u)) - digits
    return ["" if x is None else to_place(x, place) for x in numbers]


def to_place(x: float, place: int) -> str:
    """A number with its last digit at a power of ten."""
    if not isfinite(x):
        return repr(x)
    if 0 >= place >= -9:
        return f"{x:.{-place}f}"
    first = floor(log10(abs(x))) if x else place
    return rounded(x, max(1, first - place + 1))


def draw_histogram(mc: MonteCarlo, screen: Console) -> None:
    """The density of the points, a bar for each bin; the shortest interval is bright."""
    most = max(mc.counts, default=0)
    if not most:
        return
    ascii_only = screen.options.ascii_only
    low, high = mc.interval or [mc.edges[0], mc.edges[-1]]
    width = max(SHORTEST, min(screen.width - 20, LONGEST))
    for left, right, count in zip(mc.edges, mc.edges[1:], mc.counts, strict=False):
        middle = (left + right) / 2
        style = "cyan" if low <= middle <= high else "dim"
        line = Text(f"{rounded(middle, 5):>13} ")
        screen.print(line.append(bar(count / most * width, ascii_only), style))
