"""Where the sensitivity comes from: the inputs of a report, those that matter most first."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from micrograd_cli.algebra.scalar import divide
from micrograd_cli.analysis.report import Report


def rank_inputs(report: Report, measure: str) -> Report:
    """The report with its inputs in order of the measure's size, nan and inf first.

    The measure is `grad`, or `elasticity`: by how many percent the output changes for one percent
    of the input, x/f * df/dx, which the report then holds too.
    """
    numbers = {row.name: row.data for row in report.nodes if row.op == "input"}
    scores = dict(report.grad)
    if measure == "elasticity":
        scores = {
            name: divide(numbers[name] * grad, report.value) for name, grad in report.grad.items()
        }
    scores = dict(sorted(scores.items(), key=lambda item: -size(item[1])))
    places = {name: place for place, name in enumerate(scores)}
    last = len(places)
    return report._replace(
        grad={name: report.grad[name] for name in scores},
        elasticity=scores if measure == "elasticity" else None,
        nodes=sorted(report.nodes, key=lambda row: place(row.op, row.name, places, last)),
    )


def size(score: float) -> float:
    return abs(score) if score == score else inf


def place(op: str, name: str, places: Mapping[str, int], last: int) -> int:
    """Inputs that are rank_inputs come first, other inputs after them, and then the rest."""
    return places.get(name, last) if op == "input" else last + 1
