"""How a number is written: every digit for programs, a few for people; inf and nan in JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import floor, fsum, isfinite, log10
from typing import Any


class Written(float):
    """A float that knows the text which it was read from: its decimals may say more than it holds.

    Arithmetic with it gives plain floats.
    """

    __slots__ = ("text",)

    text: str

    def __new__(cls, number: float, text: str) -> Written:
        """The number, with its text: a literal, or an expression of the language."""
        written = super().__new__(cls, number)
        written.text = text
        return written

    def __reduce__(self) -> tuple[Any, ...]:
        return Written, (float(self), self.text)


def rounded_sum(terms: Sequence[float]) -> float:
    """The sum, rounded once; where it leaves the floats on the way, as IEEE addition gives it."""
    try:
        return fsum(terms)
    except (OverflowError, ValueError):  # too large; or -inf + inf
        return sum(terms)


def power_of_2(count: int) -> int:
    """The greatest power of 2 that is no greater, at least 1."""
    return 1 << (max(1, count).bit_length() - 1)


UNDECIDED = "undecided"  # of a number with no digits that are certain
NO_NUMBERS = ("inf", "-inf", "nan", UNDECIDED)
DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.I | re.A)
ALL_DIGITS = 17  # significant ones, by which every float reads back as itself


def exact(x: Any) -> str:
    """The shortest text that reads back as the same float; nothing for None; a text as it is."""
    return "" if x is None else x if isinstance(x, str) else repr(x)


def is_finite(x: float | str) -> bool:
    """Whether a number, or the text of one, is neither inf nor nan, nor undecided."""
    return x not in NO_NUMBERS if isinstance(x, str) else isfinite(x)


def rounded(x: float | None, digits: int) -> str:
    """A number to that many significant digits, where -0 is 0; with ALL_DIGITS it is `exact`."""
    return exact(x) if x is None or digits >= ALL_DIGITS else f"{x + 0.0:.{digits}g}"


def shortened(x: float | str | None, digits: int) -> str:
    """A number of a table: rounded, or `exact` where it has no more digits than that.

    The text of certain digits stays as it is.
    """
    if x is None or isinstance(x, str) or digits >= ALL_DIGITS:
        return exact(x)
    text, whole = rounded(x, digits), exact(x + 0.0)
    return whole if float(text) == x and len(whole) <= len(text) + len(".0") else text


def written_shorter(text: str, digits: int) -> str:
    """A number that was read as this text, rounded where the text has more digits."""
    if len(text) <= digits or not DECIMAL.fullmatch(text):
        return text
    shorter = shortened(float(text), digits)
    return shorter if len(shorter) < len(text) else text


def magnitude(x: float) -> str:
    """A number of which the size matters, an error for example: `3e-14`."""
    return f"{x:.0e}" if x else "0"


def rounded_to_error(x: float, error: float) -> str:
    """A number to one digit more than its error bar tells of."""
    if not (isfinite(x) and isfinite(error) and x and error):
        return repr(x)
    digits = floor(log10(abs(x))) - floor(log10(error)) + 2
    return repr(float(f"{x:.{max(digits, 1)}g}"))


def json_number(x: float, nonfinite: str) -> float | str | None:
    """What stands for a number in JSON, which has no inf and nan: None, or as `string` its text."""
    if isfinite(x):
        return x
    return repr(x) if nonfinite == "string" else None
