"""The machine formats: json, jsonl, csv, tsv, plain, and the bare numbers of `--print`.

They are stable: scripts rely on them, and the README and schema/eval.json document them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import Any, Protocol

from micrograd_cli.analysis.report import Report
from micrograd_cli.language.arrays import elements, nested
from micrograd_cli.language.block_values import by_name, flat, shape_of_list
from micrograd_cli.render import Renderer, Style

RARE = ("elasticity", "more_warnings")  # fields that a record has only if they say something


class Json:
    """One object for each output: pretty (json), or on one line (jsonl)."""

    def __init__(self, format_: str, style: Style) -> None:
        from json import JSONEncoder

        self.pretty = format_ == "json"
        self.as_string = style.nonfinite == "string"
        encoding = (sys.stdout.encoding or "").lower().replace("-", "")
        self.encode = JSONEncoder(ensure_ascii=encoding != "utf8", allow_nan=False).encode

    def write(self, report: Report) -> None:
        fields = self.fields(report)
        print(self.laid_out(fields) if self.pretty else self.encode(fields))

    def fields(self, report: Report) -> dict[str, Any]:
        number = self.number
        nodes = [
            {
                "id": row.id,
                "name": row.name,
                "op": row.op,
                "args": row.args,
                "data": number(row.data),
                "grad": number(row.grad),
            }
            for row in report.nodes
        ]
        fields = {
            "output": report.output,
            "expr": report.expr,
            "value": number(report.value),
            "grad": self.numbers(by_name(report.arrays, report.grad)),
            "elasticity": self.numbers(by_name(report.arrays, report.elasticity or {})),
            "nodes": nodes,
            "warnings": [warning._asdict() for warning in report.warnings],
            "more_warnings": report.unlisted,
        }
        return {name: value for name, value in fields.items() if value or name not in RARE}

    def numbers(self, named: dict[str, Any]) -> dict[str, Any]:
        return {name: self.number(x) for name, x in named.items()}

    def number(self, x: Any) -> Any:
        if isinstance(x, list):
            return [self.number(each) for each in x]
        if x is None or isfinite(x):
            return x
        return repr(x) if self.as_string else None

    def laid_out(self, fields: dict[str, Any]) -> str:
        """The object over several lines, but each row of a list on one."""
        lines = []
        for key, value in fields.items():
            text = self.encode(value)
            if isinstance(value, list) and value and isinstance(value[0], dict | list):
                rows = ",\n    ".join(self.encode(each) for each in value)
                text = f"[\n    {rows}\n  ]"
            lines.append(f'  "{key}": {text}')
        return "{\n" + ",\n".join(lines) + "\n}"


class Csv:
    """One row for each node, under a header."""

    header: tuple[str, ...] = ("output", "id", "name", "op", "args", "data", "grad")

    def __init__(self, format_: str, style: Style) -> None:
        import csv

        delimiter = "\t" if format_ == "tsv" else ","
        self.rows = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
        self.rows.writerow(self.header)

    def write(self, report: Report) -> None:
        self.rows.writerows(self.cells(report))

    def cells(self, report: Report) -> Iterator[Sequence[Any]]:
        for row in report.nodes:
            args = " ".join(map(str, row.args))
            grad = "" if row.grad is None else repr(row.grad)
            yield report.output or "", row.id, row.name, row.op, args, repr(row.data), grad


class Plain:
    """`value X`, then `grad.NAME X` for each input."""

    def __init__(self, format_: str, style: Style) -> None:
        pass

    def write(self, report: Report) -> None:
        print("value", repr(report.value))
        for name, grad in report.grad.items():
            print(f"grad.{name}", repr(grad))
        for name, elasticity in (report.elasticity or {}).items():
            print(f"elasticity.{name}", repr(elasticity))


class Selected:
    """The numbers of `--print`, one a line."""

    def __init__(self, selectors: Sequence[str]) -> None:
        self.selectors = selectors

    def write(self, report: Report) -> None:
        rows = {row.name: row for row in report.nodes}
        for selector in self.selectors:
            kind, _, name = selector.partition(".")
            numbers = {each: row.data if kind == "data" else row.grad for each, row in rows.items()}
            if name in report.arrays:
                numbers = whole(report, name, numbers)
            print(repr(numbers.get(name, report.value) if name else report.value))


def whole(report: Report, name: str, numbers: dict[str, Any]) -> dict[str, Any]:
    """The numbers with those of an array as nested lists; first come the axes of the output."""
    shape = shape_of_list(report.value)
    columns = [list(flat(numbers[each])) for each in elements(name, report.arrays[name])]
    own = report.arrays[name]
    if len(columns[0]) == 1:
        return {name: nested(own, [column[0] for column in columns])}
    return {name: nested(shape, [nested(own, row) for row in zip(*columns, strict=True)])}


RECORDS: dict[str, Callable[[str, Style], Renderer]] = {
    "json": Json,
    "jsonl": Json,
    "csv": Csv,
    "tsv": Csv,
    "plain": Plain,
}


class LineRenderer(Protocol):
    """Writes what `--each` finds: the reports of a line, or its error."""

    def write_line(self, line: int, reports: list[Report]) -> None: ...

    def write_error(self, line: int, expr: str, message: str, column: int | None) -> None: ...


class JsonLines(Json):
    """Json's objects, one a line, with the number of the input's line."""

    def write_line(self, line: int, reports: list[Report]) -> None:
        for report in reports:
            print(self.encode({"line": line, **self.fields(report)}))

    def write_error(self, line: int, expr: str, message: str, column: int | None) -> None:
        error = {"message": message, "column": column}
        print(self.encode({"line": line, "expr": expr, "error": error}))


class CsvLines(Csv):
    """Csv's rows between the number of the input's line and its error."""

    header = ("line", *Csv.header, "error")

    def write_line(self, line: int, reports: list[Report]) -> None:
        for report in reports:
            self.rows.writerows((line, *cells, "") for cells in self.cells(report))

    def write_error(self, line: int, expr: str, message: str, column: int | None) -> None:
        self.rows.writerow((line, *[""] * len(Csv.header), message))


class Bare:
    """What a renderer without a place for lines and errors writes."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer

    def write_line(self, line: int, reports: list[Report]) -> None:
        for report in reports:
            self.renderer.write(report)

    def write_error(self, line: int, expr: str, message: str, column: int | None) -> None:
        raise NotImplementedError


LINE_RECORDS: dict[str, Callable[[str, Style], LineRenderer]] = {
    "json": JsonLines,
    "jsonl": JsonLines,
    "csv": CsvLines,
    "tsv": CsvLines,
}
