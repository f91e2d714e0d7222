"""A matrix as a table with the names of rows and columns, drawn by Rich."""

from __future__ import annotations

from rich.console import Console

from micrograd_cli.analysis.matrices import Matrix
from micrograd_cli.numbers import ALL_DIGITS, shortened
from micrograd_cli.terminal.console import cell
from micrograd_cli.terminal.grid import Grid, Heading, fixed, numeric


def draw(matrix: Matrix, screen: Console, digits: int | None) -> None:
    """Print a matrix below the output that it belongs to, and its spectrum below it."""
    table = Grid([Heading(matrix.corner, style="bold"), *numeric(*matrix.columns)])
    for row, entries in zip(matrix.rows, matrix.entries, strict=True):
        table.add(row, *map(fixed, entries))
    if matrix.output is not None:
        screen.print(cell(matrix.output))
    table.print(screen, digits)
    if matrix.spectrum is not None:
        eigenvalues = ", ".join(
            shortened(x, digits or ALL_DIGITS) for x in matrix.spectrum.eigenvalues
        )
        screen.print(f"{matrix.spectrum.definiteness}; eigenvalues {eigenvalues}")
