"""The uncertainty of a result and its budget. The manual and README document the fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.estimation.estimate import Estimate, MonteCarlo
from micrograd_cli.language.arrays import Shape
from micrograd_cli.language.block_values import by_name
from micrograd_cli.numbers import exact
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console


class UncertaintyView(View[Estimate]):
    """An estimate: the result, then a row for each input that has an uncertainty."""

    header = ("output", "input", "value", "u", "dof", "sensitivity", "contribution", "share")
    spaced = True

    def __init__(self, notation: str, digits: int, arrays: Mapping[str, Shape]) -> None:
        """`arrays` are the program's: their derivatives stand as nested lists."""
        self.notation = notation
        self.digits = digits
        self.arrays = arrays

    def fields(self, estimate: Estimate) -> dict[str, Any]:
        return {
            "output": estimate.output,
            "expr": estimate.expr,
            "value": estimate.value,
            "u": estimate.u,
            "dof": estimate.dof,
            "coverage": estimate.coverage,
            "k": estimate.k,
            "U": estimate.expanded,
            "grad": by_name(self.arrays, estimate.grad),
            "budget": [row._asdict() for row in estimate.budget],
            "correlation": estimate.correlation,
            "second_order": estimate.second_order and estimate.second_order._asdict(),
            "mc": estimate.mc and points(estimate.mc),
            "warnings": [warning._asdict() for warning in estimate.warnings],
        }

    def rows(self, estimate: Estimate) -> Iterator[Sequence[Any]]:
        name = estimate.output
        yield name, None, estimate.value, estimate.u, estimate.dof, None, None, None
        for row in estimate.budget:
            yield (name, row.input, row.value, row.u, None, row.sensitivity, row.contribution,
                   row.share)  # fmt: skip

    def lines(self, estimate: Estimate) -> Iterator[str]:
        for name in ("value", "u", "dof", "k"):
            yield f"{name} {exact(getattr(estimate, name))}"
        yield f"U {exact(estimate.expanded)}"
        for row in estimate.budget:
            yield f"contribution.{row.input} {exact(row.contribution)}"

    def draw(self, estimate: Estimate, screen: Console) -> None:
        from micrograd_cli.render.uncertainty.table import draw

        draw(estimate, screen, self.notation, self.digits)


def points(mc: MonteCarlo) -> dict[str, Any]:
    """What Monte Carlo has found, as data."""
    fields = mc._asdict()
    histogram = {name: fields.pop(name) for name in ("edges", "counts")}
    return {**fields, "histogram": histogram}
