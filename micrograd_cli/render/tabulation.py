"""Values and gradients over ranges and lists of inputs, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.analysis.tabulation import Tabulation
from micrograd_cli.numbers import ALL_DIGITS, shortened
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console


class TabulationView(View[Tabulation]):
    """A row for each point: the inputs that vary, then the results as `map` calls them."""

    def __init__(self, header: Sequence[str], digits: int | None = None) -> None:
        self.header = header
        self.digits = digits

    def fields(self, table: Tabulation) -> list[dict[str, float]]:
        return [dict(zip(table.header, row, strict=True)) for row in table.rows]

    def rows(self, table: Tabulation) -> Iterator[Sequence[Any]]:
        yield from table.rows

    def lines(self, table: Tabulation) -> Iterator[str]:
        """The numbers of a row, with blanks between."""
        digits = self.digits or ALL_DIGITS
        for row in table.rows:
            yield " ".join(shortened(x, digits) for x in row)

    def draw(self, table: Tabulation, screen: Console) -> None:
        from micrograd_cli.terminal.grid import Grid, Heading, numeric

        inputs = [Heading(name, numbers=True, style="bold cyan") for name in table.inputs]
        grid = Grid([*inputs, *numeric(*table.results)])
        for row in table.rows:
            grid.add(*row)
        grid.print(screen, self.digits)
