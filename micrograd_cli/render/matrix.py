"""Matrices: a table with headings, JSON, CSV, TSV, or a line for each entry."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Protocol

from micrograd_cli.analysis.matrices import Matrix
from micrograd_cli.render import Style
from micrograd_cli.render.records import Json


class MatrixRenderer(Protocol):
    """Writes matrices to standard output, one after another.

    `facts` are what else is known of one: the `output` that it belongs to, its `eigenvalues` and
    `definiteness`.
    """

    def write(self, matrix: Matrix, facts: Mapping[str, Any]) -> None: ...


def matrix_renderer(name: str, format_: str, style: Style) -> MatrixRenderer:
    """The renderer of a format; `name` is what JSON calls the matrix."""
    if format_ == "table":
        return Tables(style.color)
    if format_ in ("json", "jsonl"):
        return Objects(name, Json(format_, style))
    return Rows("\t" if format_ == "tsv" else ",") if format_ in ("csv", "tsv") else Plain()


class Tables:
    """A Rich table with the names of rows and columns."""

    def __init__(self, color: str) -> None:
        from micrograd_cli.terminal.console import console

        self.console = console(color)

    def write(self, matrix: Matrix, facts: Mapping[str, Any]) -> None:
        from rich.table import Table

        from micrograd_cli.terminal.console import cell

        table = Table(header_style="bold")
        table.add_column(matrix.corner, style="bold", overflow="fold")
        for column in matrix.columns:
            table.add_column(cell(column), justify="right", overflow="fold")
        for row, entries in zip(matrix.rows, matrix.entries, strict=True):
            table.add_row(cell(row), *[cell(repr(entry)) for entry in entries])
        if "output" in facts:
            self.console.print(cell(facts["output"]))
        self.console.print(table)
        if "eigenvalues" in facts:
            listed = ", ".join(map(repr, facts["eigenvalues"]))
            self.console.print(f"{facts['definiteness']}; eigenvalues {listed}")


class Objects:
    """An object for each matrix."""

    def __init__(self, name: str, json: Json) -> None:
        self.name = name
        self.json = json

    def write(self, matrix: Matrix, facts: Mapping[str, Any]) -> None:
        entries = [[self.json.number(entry) for entry in row] for row in matrix.entries]
        fields: dict[str, Any] = {**facts, f"{matrix.corner}s": matrix.rows}
        if matrix.product:
            fields["product"] = [row[0] for row in entries]
        else:
            fields |= {"inputs": matrix.columns, self.name: entries}
        print(self.json.laid_out(fields) if self.json.pretty else self.json.encode(fields))


class Rows:
    """CSV or TSV under one header; where a matrix belongs to an output, that comes first."""

    def __init__(self, delimiter: str) -> None:
        import csv

        self.rows = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
        self.headed = False

    def write(self, matrix: Matrix, facts: Mapping[str, Any]) -> None:
        output = [facts["output"]] if "output" in facts else []
        if not self.headed:
            self.rows.writerow([*["output" for _ in output], matrix.corner, *matrix.columns])
            self.headed = True
        for row, entries in zip(matrix.rows, matrix.entries, strict=True):
            self.rows.writerow([*output, row, *map(repr, entries)])


class Plain:
    """The row, the column and the number of each entry, separated by tabs."""

    def write(self, matrix: Matrix, facts: Mapping[str, Any]) -> None:
        for row, entries in zip(matrix.rows, matrix.entries, strict=True):
            for column, entry in zip(matrix.columns, entries, strict=True):
                print(row, column, repr(entry), sep="\t")
