"""A fit as tables, drawn by Rich."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console

from micrograd_cli.errors import counted
from micrograd_cli.estimation.fitting.result import Fit, Parameter
from micrograd_cli.numbers import rounded
from micrograd_cli.render.uncertainty.table import aligned
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import Grid, fixed, numeric

DIGITS = 6  # of what has no standard error
CORRELATION = 4


def draw(fit: Fit, sides: Sequence[tuple[str, str]], screen: Console, digits: int) -> None:
    """Print what was fitted to what, the parameters, their correlations, and how well it fits."""
    size = f"{counted(fit.rows, 'row')}, {counted(len(fit.parameters), 'parameter')}"
    for model, target in sides:
        screen.print(cell(f"{target} ~ {model}"), style="bold")
    screen.print(cell(size + robust(fit) + several(fit)))
    parameters(fit, digits).print(screen)
    if fit.certain is not None:
        certain(fit.certain).print(screen)
    if len(fit.parameters) > 1:
        correlations(fit).print(screen)
    for line in summary(fit):
        screen.print(cell(line))


def robust(fit: Fit) -> str:
    """The loss, where it is not that of least squares."""
    scale = "" if fit.loss_scale is None else f" of scale {rounded(fit.loss_scale, CORRELATION)}"
    return "" if fit.loss == "linear" else f", {fit.loss} loss{scale}"


def several(fit: Fit) -> str:
    """How many of several starts led here."""
    tried, alike = fit.starts
    return f", {alike} of {tried} starts led here" if tried > 1 else ""


def parameters(fit: Fit, digits: int) -> Grid:
    """A row for each parameter; the fixed ones stand last."""
    percent = f"{100 * fit.coverage:.12g} %"
    profiles = any(each.profile for each in fit.parameters)
    headings = ["value", "std. error", f"{percent} from", "to", "relative"]
    table = Grid(["parameter", *numeric(*headings, *(["profile from", "to"] if profiles else []))])
    for each in fit.parameters:
        table.add(each.name, *texts(each, digits, profiles))
    for name, value in fit.fixed.items():
        table.add(name, rounded(value, DIGITS), "fixed")
    return table


def texts(each: Parameter, digits: int, profiles: bool) -> Iterator[str]:
    """The numbers of a parameter, to the digits that its standard error tells of."""
    ends = each.interval or (None, None)
    more = list(each.profile or (None, None)) if profiles else []
    found = aligned([each.value, each.stderr, *ends, *more], digits)
    yield from found[:4]
    yield "" if each.relative is None else f"{100 * each.relative:.2g} %"
    yield from found[4:]


def certain(digits: Mapping[str, Mapping[str, str | None]]) -> Grid:
    """The digits that are certain."""
    table = Grid(["certain", *numeric("value", "std. error")])
    for name, value in digits["params"].items():
        table.add(name, fixed(value), fixed(digits["stderr"][name]))
    return table


def correlations(fit: Fit) -> Grid:
    """The lower triangle of the correlations."""
    names = [each.name for each in fit.parameters]
    table = Grid(["correlation", *numeric(*names[:-1])])
    for i, (name, row) in enumerate(zip(names, fit.correlation, strict=True)):
        if i:
            table.add(name, *[rounded(r, CORRELATION) for r in row[:i]])
    return table


def summary(fit: Fit) -> Iterator[str]:
    """How well it fits, and why it stopped."""
    yield (f"residual sum of squares {rounded(fit.rss, DIGITS)}, "
           f"{counted(fit.dof, 'degree')} of freedom"
           + told(", reduced chi-square ", fit.reduced_chi2) + share(fit.r2))  # fmt: skip
    if fit.aic is not None:
        yield told("AIC ", fit.aic) + told(", BIC ", fit.bic)
    yield f"stopped after {counted(fit.evaluations, 'evaluation')}: {fit.stop}"


def share(r2: float | None) -> str:
    """R², by what it lacks of 1 where that would be rounded away."""
    near = r2 is not None and r2 < 1 and float(rounded(r2, DIGITS)) == 1
    return f", R² 1 - {rounded(1 - r2, 2)}" if near and r2 is not None else told(", R² ", r2)


def told(word: str, x: float | None) -> str:
    """A word and its number, where there is one."""
    return "" if x is None else word + rounded(x, DIGITS)
