"""Text cells that a spreadsheet would run as a formula (OWASP, "CSV Injection")."""

from __future__ import annotations

import re

STARTS = "=+-@\t\r\n＝＋－＠"  # of a formula; the last four are the wide forms of the first
FORMULA = f"^[{re.escape(STARTS)}]"
NUMBER = r"^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|nan)$"
numeric = re.compile(NUMBER, re.ASCII).match


def as_text(cell: str, decimal: str = ".") -> str:
    """A cell with an apostrophe before what a spreadsheet would run; a number stays as it is."""
    if cell[:1] not in STARTS or not cell or numeric(cell.replace(decimal, ".")):
        return cell
    return f"'{cell}"


def risk(delimiter: str) -> re.Pattern[bytes]:
    """What finds text in which a cell may start as a formula does."""
    mark = re.escape(delimiter.encode())
    number = rb"(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|inf|nan)(?:[%b\r\n]|$)" % mark
    wide = b"|".join(sign.encode() for sign in "＝＋－＠")
    start = rb"[=@\t]|\r(?!\n)|(?<=\")\n|%b|[+-](?!%b)" % (wide, number)
    return re.compile(rb"(?:^|[%b\n\"])(?:%b)" % (mark, start))
