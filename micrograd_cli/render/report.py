"""Values and gradients: what `eval` shows. README and schema/eval.json document the fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.analysis.report import Report
from micrograd_cli.language.arrays import elements, nested
from micrograd_cli.language.block_values import by_name, flat, shape_of_list
from micrograd_cli.numbers import ALL_DIGITS, UNDECIDED, shortened
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console

RARE = ("certain", "digits", "elasticity", "more_warnings")  # left out where they say nothing


class ReportView(View[Report]):
    """A report: its nodes as rows, its value and gradients as lines."""

    header = ("output", "id", "name", "op", "args", "data", "grad")

    def __init__(self, digits: int | None = None) -> None:
        self.digits = digits  # of the numbers that people read; None is all, or those that fit

    def number(self, x: Any) -> str:
        """The text of a number, of None, or of nested lists of them."""
        if isinstance(x, list):
            return f"[{', '.join(map(self.number, x))}]"
        return x if isinstance(x, str) else shortened(x, self.digits or ALL_DIGITS) or repr(x)

    def fields(self, report: Report) -> dict[str, Any]:
        fields = {
            "output": report.output,
            "expr": report.expr,
            "value": report.value,
            "grad": by_name(report.arrays, report.grad),
            "digits": report.digits
            and {
                "value": report.digits.value,
                "grad": by_name(report.arrays, report.digits.grad),
            },
            "certain": report.certain and report.certain._asdict(),
            "elasticity": by_name(report.arrays, report.elasticity or {}),
            "nodes": [
                {name: getattr(row, name) for name in self.header[1:]} for row in report.nodes
            ],
            "warnings": [warning._asdict() for warning in report.warnings],
            "more_warnings": report.unlisted,
        }
        if report.certain:
            fields |= {name: decided(fields[name]) for name in ("value", "grad", "nodes")}
        return {name: value for name, value in fields.items() if value or name not in RARE}

    def rows(self, report: Report) -> Iterator[Sequence[Any]]:
        for row in report.nodes:
            args = " ".join(map(str, row.args))
            yield report.output, row.id, row.name, row.op, args, row.data, row.grad

    def lines(self, report: Report) -> Iterator[str]:
        prefix = f"{report.label}." if report.label else ""
        yield f"{report.label or 'value'} {self.number(report.value)}"
        for name, grad in report.grad.items():
            yield f"{prefix}grad.{name} {self.number(grad)}"
        for name, elasticity in (report.elasticity or {}).items():
            yield f"{prefix}elasticity.{name} {self.number(elasticity)}"

    def draw(self, report: Report, screen: Console) -> None:
        from micrograd_cli.render.report_table import draw

        draw(report, screen, self.digits)


def decided(data: Any) -> Any:
    """Data with certain digits: what is undecided is None, and what nothing flows to is 0."""
    if isinstance(data, dict):
        return {key: decided(each) for key, each in data.items()}
    if isinstance(data, list):
        return [decided(each) for each in data]
    return None if data == UNDECIDED else "0" if data.__class__ is float else data


class RankingView(ReportView):
    """A report whose inputs are in order of what they matter."""

    def draw(self, report: Report, screen: Console) -> None:
        from micrograd_cli.render.ranking_table import draw

        draw(report, screen, self.digits)


class SelectionView(ReportView):
    """Of a report the numbers of `--print`: `value`, `data.NAME`, `grad.NAME`."""

    def __init__(self, selectors: Sequence[str], digits: int | None = None) -> None:
        super().__init__(digits)
        self.selectors = selectors

    def lines(self, report: Report) -> Iterator[str]:
        nodes = {row.name: row for row in report.nodes}
        for selector in self.selectors:
            kind, _, name = selector.partition(".")
            if name in report.arrays:
                yield self.number(whole_array(report, kind, name))
                continue
            row = nodes.get(name)
            number = report.value if row is None else row.data if kind == "data" else row.grad
            yield self.number(number)


def whole_array(report: Report, kind: str, name: str) -> Any:
    """The numbers of an array as nested lists; of derivatives first come the axes of the output."""
    nodes = {row.name: row for row in report.nodes}
    shape, rows = report.arrays[name], [nodes[each] for each in elements(name, report.arrays[name])]
    if kind == "data":
        return nested(shape, [row.data for row in rows])
    columns = [list(flat(row.grad)) for row in rows]
    found = [nested(shape, row) for row in zip(*columns, strict=True)]
    return nested(shape_of_list(report.value), found)
