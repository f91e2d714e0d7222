"""A minimum as a table, drawn by Rich."""

from __future__ import annotations

from rich.console import Console

from micrograd_cli.errors import counted
from micrograd_cli.estimation.minimizing.result import Minimum
from micrograd_cli.numbers import exact, rounded
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import Grid, numeric

MANY = 40  # variables that are listed
DIGITS = 3  # of gradients
KINDS = {
    "minimum": "a minimum: every curvature is positive",
    "maximum": "a maximum: every curvature is negative",
    "saddle": "a saddle: it curves up one way and down another",
    "flat": "flat: along some direction there is no curvature",
    "root": "a root",
}


def draw(found: Minimum, screen: Console) -> None:
    """Print the point, the value there, what it is, and why the search stopped."""
    table = Grid(["input", *numeric("value", "grad")])
    for name, x in [*found.params.items()][:MANY]:
        table.add(name, x, rounded(found.grad[name], DIGITS))
    table.print(screen)
    if len(found.params) > MANY:
        more = counted(len(found.params) - MANY, "more input")
        screen.print(cell(f"{more}: --format json has all"))
    screen.print(cell(f"value {exact(found.value)}, gradient's norm "
                      f"{rounded(found.grad_norm, DIGITS)}"))  # fmt: skip
    if found.kind in KINDS:
        screen.print(cell(KINDS[found.kind]))
    tried, alike = found.starts
    if tried > 1:
        screen.print(cell(f"{alike} of {tried} starts led here"))
    effort = f"{counted(found.steps, 'step')}, {counted(found.evaluations, 'evaluation')}"
    screen.print(cell(f"stopped after {effort} ({found.method}): {found.stop}"))
