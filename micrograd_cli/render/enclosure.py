"""Enclosures: intervals for the value and each gradient, and what they prove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.numbers import exact, magnitude
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console

    from micrograd_cli.analysis.enclosure import Enclosure, Interval


class EnclosureView(View["Enclosure"]):
    """A row for each interval."""

    header = ("output", "number", "low", "high", "slack", "may_be_nan")

    def fields(self, found: Enclosure) -> dict[str, Any]:
        return {
            "output": found.output,
            "expr": found.expr,
            "value": list(found.value),
            "grad": {name: list(interval) for name, interval in found.grad.items()},
            "slack": {name: slack(found, name) for name in ("value", *found.grad)},
            "may_be_nan": found.undefined,
            "theorems": found.theorems,
            "boxes": found.boxes,
        }

    def rows(self, found: Enclosure) -> Iterator[Sequence[Any]]:
        for name, (low, high) in intervals(found):
            key = name.removeprefix("grad.")
            nan = "true" if key in found.undefined else "false"
            yield found.output, name, low, high, slack(found, key), nan

    def lines(self, found: Enclosure) -> Iterator[str]:
        prefix = f"{found.label}." if found.label else ""
        for name, (low, high) in intervals(found):
            yield f"{prefix}{name} {exact(low)} {exact(high)}"
        if found.undefined:
            yield f"{prefix}may be nan {undefined(found)}"
        for theorem in found.theorems:
            yield f"{prefix}theorem {theorem}"

    def draw(self, found: Enclosure, screen: Console) -> None:
        from micrograd_cli.terminal.console import cell
        from micrograd_cli.terminal.grid import Grid, fixed, numeric

        if found.label:
            screen.print(cell(found.output or found.expr))
        table = Grid(["number", *numeric("low", "high", "too wide by")])
        for name, (low, high) in intervals(found):
            wide = magnitude(slack(found, name.removeprefix("grad.")))
            table.add(name, *map(fixed, (exact(low), exact(high), wide)))
        table.print(screen)
        if found.undefined:
            screen.print(cell(f"may be nan: {undefined(found)}"))
        for theorem in found.theorems:
            screen.print(cell(f"theorem: {theorem}"))


def intervals(found: Enclosure) -> Iterator[tuple[str, Interval]]:
    yield "value", found.value
    for name, interval in found.grad.items():
        yield f"grad.{name}", interval


def undefined(found: Enclosure) -> str:
    """What may be nan somewhere within the ranges."""
    return ", ".join(key if key == "value" else f"grad.{key}" for key in found.undefined)


def slack(found: Enclosure, key: str) -> float:
    """By how much an interval is too wide at most: what lies between its ends and values taken."""
    low, high = found.value if key == "value" else found.grad[key]
    inner = found.inner[key]
    return max(inner[0] - low, high - inner[1], 0.0) + 0.0  # no -0
