"""A matrix as a table with the names of rows and columns, drawn by Rich."""

from __future__ import annotations

from rich.console import Console

from micrograd_cli.analysis.matrices import Matrix
from micrograd_cli.numbers import exact
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import Heading, grid, numeric


def draw(matrix: Matrix, screen: Console) -> None:
    """Print a matrix below the output that it belongs to, and its spectrum below it."""
    table = grid([Heading(matrix.corner, style="bold"), *numeric(*matrix.columns)])
    for row, entries in zip(matrix.rows, matrix.entries, strict=True):
        table.add_row(cell(row), *[cell(exact(entry)) for entry in entries])
    if matrix.output is not None:
        screen.print(cell(matrix.output))
    screen.print(table)
    if matrix.spectrum is not None:
        eigenvalues = ", ".join(map(exact, matrix.spectrum.eigenvalues))
        screen.print(f"{matrix.spectrum.definiteness}; eigenvalues {eigenvalues}")
