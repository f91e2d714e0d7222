"""The delimiter of a table, as its first lines show it."""

from __future__ import annotations

import re

from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.terminal.saying import say

OTHERS = (";", "\t", "|")  # delimiters that a header may show instead of the usual one
QUOTED = re.compile(rb'"[^"]*"')


def with_shown_delimiter(dialect: Dialect, data: bytes, table: str) -> Dialect:
    """The dialect with the delimiter that the header has instead of the usual one.

    It is one that stands as often in the first row as in the header. It is told.
    """
    lines = QUOTED.sub(b"", data).splitlines()[:2]
    usual = dialect.delimiter != dialect.decimal
    if not lines or (usual and dialect.delimiter.encode() in lines[0]):
        return dialect
    counts = {mark: lines[0].count(mark.encode()) for mark in OTHERS}
    shown = [mark for mark in OTHERS
             if counts[mark] and lines[-1].count(mark.encode()) == counts[mark]]  # fmt: skip
    if not shown:  # one column
        return dialect if usual else dialect._replace(delimiter=OTHERS[0])
    mark = max(shown, key=lambda mark: counts[mark])
    named, typed = ("tabs", "\\t") if mark == "\t" else (f"'{mark}'", mark)
    if mark != dialect.told:
        note = f"note: the cells of {table} are separated by {named} (--delimiter '{typed}')"
        say(note)
    return dialect._replace(delimiter=mark)
