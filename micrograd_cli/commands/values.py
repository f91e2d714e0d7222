"""What an input may be given on the command line: a number, a range.

A command says which of them it takes; the grammar of values is this one for all.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from micrograd_cli.analysis.sampling import Binding, Range
from micrograd_cli.errors import MgradError, UsageError
from micrograd_cli.language.reading import evaluate_array, evaluate_constant


def number(text: str, option: str) -> float:
    """The number that a constant expression such as `pi/4` evaluates to.

    Raises UsageError, with the place in the text.
    """
    try:
        return evaluate_constant(text)
    except MgradError as error:
        if not text.strip():
            raise UsageError(f"the value of {option} is empty") from None
        detail = "" if error.message == "not a number" else f": {error.message}"
        message = f"invalid number for {option}{detail}"
        raise UsageError(message, error.span, error.hint, text=text) from None


def number_or_range(text: str, option: str) -> Binding:
    """A number, or a range: `1:3`. Raises UsageError."""
    low, colon, high = text.partition(":")
    if not colon:
        return number(text, option)
    lo, hi = number(low, option), number(high, option)
    if not (isfinite(lo) and isfinite(hi)):
        bad = lo if not isfinite(lo) else hi
        raise UsageError(f"the range of {option} has an end that is {bad!r}",
                         (0, len(text)), "an end is a finite number", text=text)  # fmt: skip
    if lo > hi:
        raise UsageError(f"the range of {option} is empty", (0, len(text)),
                         f"did you mean {high}:{low}?", text=text)  # fmt: skip
    return Range(lo, hi)


def numbers_of(text: str, option: str) -> Any:
    """The nested lists that a text stands for: `[1, pi/2]`, or `@FILE` of JSON or CSV.

    Raises UsageError, with the place in the text, or DataError for the file.
    """
    if text.startswith("@"):
        from micrograd_cli.files.arrays import read_array

        return read_array(text[1:])
    try:
        return evaluate_array(text)
    except MgradError as error:
        if not text.strip():
            raise UsageError(f"the value of {option} is empty") from None
        detail = "" if error.message == "not a number" else f": {error.message}"
        message = f"invalid list of numbers for {option}{detail}"
        raise UsageError(message, error.span, error.hint, error.also, text) from None
