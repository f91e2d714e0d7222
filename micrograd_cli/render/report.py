"""Values and gradients: what `eval` shows. README and schema/eval.json document the fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from micrograd_cli.analysis.report import Report
from micrograd_cli.numbers import UNDECIDED, exact
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console

    from micrograd_cli.analysis.certain import CertainReport

RARE = ("elasticity", "more_warnings")  # fields that a record has only if they say something


Shown = TypeVar("Shown", Report, "CertainReport")


class NumbersView(View[Shown]):
    """A report: its nodes as rows, its value and gradients as lines."""

    header = ("output", "id", "name", "op", "args", "data", "grad")

    def rows(self, report: Shown) -> Iterator[Sequence[Any]]:
        for row in report.nodes:
            args = " ".join(map(str, row.args))
            yield report.output, row.id, row.name, row.op, args, row.data, row.grad

    def lines(self, report: Shown) -> Iterator[str]:
        prefix = f"{report.label}." if report.label else ""
        yield f"{report.label or 'value'} {exact(report.value)}"
        for name, grad in report.grad.items():
            yield f"{prefix}grad.{name} {exact(grad)}"

    def draw(self, report: Shown, screen: Console) -> None:
        from micrograd_cli.render.report_table import draw

        draw(report, screen)


class ReportView(NumbersView[Report]):
    """A report with all that there is to say of it."""

    def fields(self, report: Report) -> dict[str, Any]:
        fields = {
            "output": report.output,
            "expr": report.expr,
            "value": report.value,
            "grad": report.grad,
            "elasticity": report.elasticity,
            "nodes": [row._asdict() for row in report.nodes],
            "warnings": [warning._asdict() for warning in report.warnings],
            "more_warnings": report.unlisted,
        }
        return {name: value for name, value in fields.items() if value or name not in RARE}

    def lines(self, report: Report) -> Iterator[str]:
        yield from super().lines(report)
        prefix = f"{report.label}." if report.label else ""
        for name, elasticity in (report.elasticity or {}).items():
            yield f"{prefix}elasticity.{name} {exact(elasticity)}"


class CertainView(NumbersView["CertainReport"]):
    """A report whose numbers are texts; what is undecided is null in JSON."""

    def fields(self, report: CertainReport) -> dict[str, Any]:
        return {
            "output": report.output,
            "expr": report.expr,
            "value": decided(report.value),
            "grad": {name: decided(grad) for name, grad in report.grad.items()},
            "certain": {"digits": report.digits, "bits": report.bits},
            "nodes": [
                {**row._asdict(), "data": decided(row.data), "grad": decided(row.grad)}
                for row in report.nodes
            ],
            "warnings": [warning._asdict() for warning in report.warnings],
        }


def decided(number: str | None) -> str | None:
    return None if number == UNDECIDED else number


class RankingView(ReportView):
    """A report whose inputs are in order of what they matter."""

    def draw(self, report: Report, screen: Console) -> None:
        from micrograd_cli.render.ranking_table import draw

        draw(report, screen)


class SelectionView(View[Shown]):
    """Of a report the numbers of `--print`: `value`, `data.NAME`, `grad.NAME`."""

    def __init__(self, selectors: Sequence[str]) -> None:
        self.selectors = selectors

    def lines(self, report: Shown) -> Iterator[str]:
        nodes = {row.name: row for row in report.nodes}
        for selector in self.selectors:
            kind, _, name = selector.partition(".")
            row = nodes.get(name)
            yield str(report.value if row is None else row.data if kind == "data" else row.grad)
