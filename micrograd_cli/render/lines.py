"""What `eval --each` finds: for each line of its input reports, or an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from micrograd_cli.analysis.report import Report
from micrograd_cli.render.view import View


class LineReport(NamedTuple):
    """A report of one of the expressions of a line."""

    line: int
    report: Report


class LineError(NamedTuple):
    """Why a line has no reports; `column` is where, if a place is known."""

    line: int
    expr: str
    message: str
    column: int | None


class LineView(View[LineReport | LineError]):
    """A view of reports, beside the number of the line and its error."""

    def __init__(self, view: View[Report]) -> None:
        self.view = view
        self.header = ("line", *view.header, "error")

    def fields(self, found: LineReport | LineError) -> dict[str, Any]:
        if isinstance(found, LineReport):
            return {"line": found.line, **self.view.fields(found.report)}
        error = {"message": found.message, "column": found.column}
        return {"line": found.line, "expr": found.expr, "error": error}

    def rows(self, found: LineReport | LineError) -> Iterator[Sequence[Any]]:
        if isinstance(found, LineReport):
            yield from ((found.line, *row, None) for row in self.view.rows(found.report))
        else:
            yield found.line, *[None] * len(self.view.header), found.message

    def lines(self, found: LineReport | LineError) -> Iterable[str]:
        """The lines of a report; they have no place for an error."""
        return self.view.lines(found.report) if isinstance(found, LineReport) else ()
