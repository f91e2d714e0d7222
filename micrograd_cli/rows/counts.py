"""The counts of a run over a table, and its report at the end."""

from __future__ import annotations

from micrograd_cli.errors import NonFiniteError, counted
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.terminal.saying import say


class RunCounts:
    """Rows and lines so far. Rows count from 1, lines as an editor counts them.

    `before` are the rows of the table that come before these.
    """

    def __init__(self, table: str, lines: int = 0, before: int = 0) -> None:
        self.table = table
        self.before = before
        self.rows = 0
        self.lines = lines
        self.bad = 0
        self.nonfinite = 0
        self.first_nonfinite = ""

    def add_nonfinite(self, where: str) -> None:
        self.nonfinite += 1
        self.first_nonfinite = self.first_nonfinite or where

    def add(self, other: RunCounts) -> None:
        """Add those of a table, which is named where it is one of several."""
        self.rows += other.rows
        self.bad += other.bad
        if other.nonfinite and not self.nonfinite:
            of = f" of {other.table}" if self.table != other.table else ""
            self.first_nonfinite = f"{other.first_nonfinite}{of}"
        self.nonfinite += other.nonfinite


def report(counts: RunCounts, request: MapRequest) -> None:
    """Tell how many rows are bad or not finite. Raises NonFiniteError under `strict`."""
    if counts.bad:
        skipped = f"{counted(counts.bad, 'row')} skipped"
        errors = "its error is" if counts.bad == 1 else "their errors are"
        recorded = f"{counted(counts.bad, 'bad row')}; {errors} in the 'error' column"
        say(f"warning: {recorded if request.records_errors else skipped}")
    if counts.nonfinite:
        rows = counted(counts.nonfinite, "row")
        message = f"{rows} with a result that is inf or nan; the first is {counts.first_nonfinite}"
        if request.strict:
            raise NonFiniteError(f"{message} (--strict)")
        say(f"warning: {message}")
