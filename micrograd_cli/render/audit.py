"""Audits: numbers of floats beside the certain ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.numbers import exact
from micrograd_cli.render.report import decided
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console

    from micrograd_cli.analysis.audit import Audit


class AuditView(View["Audit"]):
    """A row for each number."""

    header = ("output", "number", "computed", "certain", "digits")

    def fields(self, audit: Audit) -> dict[str, Any]:
        return {
            "output": audit.output,
            "expr": audit.expr,
            "audit": [
                {**each._asdict(), "certain": decided(each.certain)} for each in audit.numbers
            ],
            "warnings": [warning._asdict() for warning in audit.warnings],
        }

    def rows(self, audit: Audit) -> Iterator[Sequence[Any]]:
        for each in audit.numbers:
            yield audit.output, *each

    def lines(self, audit: Audit) -> Iterator[str]:
        """The number's name, what floats make of it, the certain one, and the right digits."""
        prefix = f"{audit.label}." if audit.label else ""
        for each in audit.numbers:
            yield f"{prefix}{each.number}\t{each.computed!r}\t{each.certain}\t{exact(each.digits)}"

    def draw(self, audit: Audit, screen: Console) -> None:
        from micrograd_cli.terminal.console import cell
        from micrograd_cli.terminal.grid import Grid, fixed, numeric

        if audit.label:
            screen.print(cell(audit.output or audit.expr))
        table = Grid(["number", *numeric("computed", "certain", "right digits")])
        for each in audit.numbers:
            texts = (exact(each.computed), each.certain, exact(each.digits))
            table.add(each.number, *map(fixed, texts))
        table.print(screen)
