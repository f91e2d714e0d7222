"""What all writers of text offer: a record's own text with the results behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.plan import Plan
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.text.records import RecordReader


class RecordWriter:
    """Lines of the output.

    `names` are those of the result columns; `added` is what stands between each record's own text
    and its results: the columns that are the same in all rows of the table, or None.
    `line(record, results)` is a row with its numbers, `error_line(record, message)` one without
    them and with an error; both end without a line end. `head` is the first line, or None.
    """

    head: str | None = None
    newline = "\n"
    marks: Sequence[str] = ()  # texts of which a record that holds one takes more care
    risk: re.Pattern[bytes] | None = None  # finds such texts too
    added: str | None = None

    def __init__(
        self, reader: RecordReader, dialect: Dialect, plan: Plan, request: MapRequest
    ) -> None:
        self.reader = reader
        self.dialect = dialect
        self.names = plan.results
        self.alone = request.only_results  # without the original columns
        self.errors = request.records_errors  # whether there is a column for them
        self.as_string = request.nonfinite == "string"  # inf and nan, where they are no numbers

    def line(self, record: str, results: Sequence[float]) -> str:
        raise NotImplementedError

    def error_line(self, record: str, message: str) -> str:
        raise NotImplementedError
