"""Jacobians and Hessians, and their products with a vector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.analysis.matrices import Matrix
from micrograd_cli.numbers import ALL_DIGITS, shortened
from micrograd_cli.render.report import decided
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console


class MatrixView(View[Matrix]):
    """Matrices whose columns have these names; their rows belong to an output where one is said."""

    def __init__(self, header: Sequence[str], digits: int | None = None) -> None:
        self.header = header
        self.digits = digits  # of the numbers that people read; None is all, or those that fit

    def fields(self, matrix: Matrix) -> dict[str, Any]:
        fields: dict[str, Any] = {} if matrix.output is None else {"output": matrix.output}
        spectrum = matrix.spectrum._asdict() if matrix.spectrum else {}
        fields |= decided(spectrum) if matrix.certain else spectrum
        fields[f"{matrix.corner}s"] = matrix.rows
        fields |= {"certain": matrix.certain._asdict()} if matrix.certain else {}
        entries = decided(matrix.entries) if matrix.certain else matrix.entries
        if matrix.product:
            return {**fields, "product": [entry for (entry,) in entries]}
        return {**fields, "inputs": matrix.columns, matrix.name: entries}

    def rows(self, matrix: Matrix) -> Iterator[Sequence[Any]]:
        output = [] if matrix.output is None else [matrix.output]
        for name, entries in zip(matrix.rows, matrix.entries, strict=True):
            yield *output, name, *entries

    def lines(self, matrix: Matrix) -> Iterator[str]:
        """The row, the column and the number of each entry, separated by tabs."""
        for row, entries in zip(matrix.rows, matrix.entries, strict=True):
            for column, entry in zip(matrix.columns, entries, strict=True):
                yield f"{row}\t{column}\t{shortened(entry, self.digits or ALL_DIGITS)}"

    def draw(self, matrix: Matrix, screen: Console) -> None:
        from micrograd_cli.render.matrix_table import draw

        draw(matrix, screen, self.digits)
