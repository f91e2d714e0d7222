"""What an input may be given on the command line: a number, a range, a list of numbers.

A command says which of them it takes; the grammar of values is this one for all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from math import inf, isfinite
from typing import Any, NamedTuple

from micrograd_cli.analysis.sampling import Binding, Given, Range
from micrograd_cli.errors import MgradError, ProgramError, UsageError
from micrograd_cli.language.arrays import Shape
from micrograd_cli.language.block_values import shape_of_list
from micrograd_cli.language.names import canonical, parts
from micrograd_cli.language.reading import evaluate_array, evaluate_constant
from micrograd_cli.numbers import Written

HEXADECIMAL = r"(?i)\s*[+-]?0x[0-9a-f]*\.?[0-9a-f]*p[+-]?\d+\s*"


def number(text: str, option: str) -> float:
    """The number that a constant expression such as `pi/4` evaluates to, with its text.

    A float in C's hexadecimal notation, as `0x1.8p-3`, is that float. Raises UsageError, with the
    place in the text.
    """
    try:
        if "x" in text.lower() and re.fullmatch(HEXADECIMAL, text):
            return from_hexadecimal(text)
        return Written(evaluate_constant(text), text)
    except MgradError as error:
        if not text.strip():
            raise UsageError(f"the value of {option} is empty") from None
        if text.lstrip().startswith("["):
            hint = "an array is declared in the program: input x[3]"
            message = f"{option} takes a number, this is a list"
            raise UsageError(message, (0, len(text)), hint, text=text) from None
        dots = re.fullmatch(r"([^.]+)\.\.\.?([^.]+)", text)
        if dots:
            low, high = dots.groups()
            hint = f"a range is {low}:{high}, or {low}:{high}:STEP"
            message = f"invalid number for {option}"
            raise UsageError(message, (0, len(text)), hint, text=text) from None
        detail = "" if error.message == "not a number" else f": {error.message}"
        message = f"invalid number for {option}{detail}"
        raise UsageError(message, error.span, error.hint, text=text) from None


def from_hexadecimal(text: str) -> float:
    """The float that C's `printf("%a")` writes so. Raises ProgramError."""
    try:
        return float.fromhex(text)
    except (ValueError, OverflowError) as error:
        raise ProgramError(str(error), (0, len(text)), text=text) from None


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


class Bounds(NamedTuple):
    """The least and the greatest value that a parameter may have, which may be infinite."""

    low: float
    high: float


def number_or_bounds(text: str, option: str) -> float | Bounds:
    """A number, or bounds: `0:1`, `0:`, `:1`. Raises UsageError."""
    low, colon, high = text.partition(":")
    if not colon:
        return number(text, option)
    bounds = Bounds(number(low, option) if low.strip() else -inf,
                    number(high, option) if high.strip() else inf)  # fmt: skip
    if not bounds.low <= bounds.high:
        hint = f"did you mean {high}:{low}?" if bounds.low > bounds.high else ""
        raise UsageError(f"the bounds of {option} hold no number", (0, len(text)), hint, text=text)
    return bounds


PLAIN_LISTS = r"[\[\]\d\s,.eE+-]+"
OWN_NOTATION = r"±|\+/-|\+-|:|\d\("  # of a range, of an uncertain number


def numbers_of(text: str, option: str, read: Callable[[str, str], Any] = number) -> Any:
    """The nested lists that a text stands for: `[1, pi/2]`, or `@FILE` of JSON or CSV.

    Elements that are no numbers of the language are what `read` says: `[0:1, 2]`. Raises
    UsageError, with the place in the text, or DataError for the file.
    """
    if text.startswith("@"):
        from micrograd_cli.files.arrays import read_array

        return read_array(text[1:])
    stripped = text.strip()
    plain = json_lists(stripped)
    if plain is not None:
        return plain
    if stripped.startswith("[") and stripped.endswith("]") and re.search(OWN_NOTATION, text):
        return [numbers_of_or(read, part, option) for part in parts(stripped[1:-1])]
    try:
        return evaluate_array(text)
    except MgradError as error:
        if not stripped:
            raise UsageError(f"the value of {option} is empty") from None
        detail = "" if error.message == "not a number" else f": {error.message}"
        message = f"invalid list of numbers for {option}{detail}"
        raise UsageError(message, error.span, error.hint, error.also, text) from None


def json_lists(text: str) -> Any:
    """Nested lists of decimal numbers: most are no more than that. None for another text."""
    if not text.startswith("[") or not re.fullmatch(PLAIN_LISTS, text):
        return None
    import json

    try:
        return json.loads(text, parse_int=written, parse_float=written)
    except ValueError:
        return None


def written(text: str) -> Written:
    return Written(float(text), text)


def shape_given(text: str, read: Callable[[str, str], Any]) -> Shape:
    """The shape of what a value is, () where it is no array or cannot be read."""
    if not text.lstrip().startswith(("[", "@")):
        return ()
    try:
        with redirect_stderr(StringIO()):  # what it has to tell is told when the value is used
            return shape_of_list(numbers_of(text, "", read))
    except (MgradError, ValueError):
        return ()


def shapes_in_file(path: str) -> dict[str, Shape]:
    """The shapes of the lists in a file of --params; one that is no file is read but once."""
    from micrograd_cli.files.parameters import lists_of

    if not os.path.isfile(path):
        return {}
    try:
        found = {canonical(name): value for name, value in lists_of(path).items()}
        return {name: shape_of_list(value) for name, value in found.items()}
    except (MgradError, ValueError):  # told when the numbers are read
        return {}


def numbers_of_or(read: Callable[[str, str], Any], part: str, option: str) -> Any:
    """An element of a list, or a list in it."""
    if part.lstrip().startswith("["):
        return numbers_of(part, option, read)
    return read(part.strip(), option)


def number_range_or_list(text: str, option: str) -> Given:
    """A number, a range, or numbers with commas between them: `1,2,3`. Raises UsageError."""
    found = parts(text)
    if len(found) == 1:
        return number_or_range(text, option)
    return tuple(number(part, option) for part in found)


MOST_POINTS = 1_000_000  # of a range with steps


def number_or_points(text: str, option: str) -> float | tuple[float, ...]:
    """A number, numbers with commas between them, or steps: `-5:5:0.5`. Raises UsageError."""
    found = parts(text)
    if len(found) > 1:
        return tuple(number(part, option) for part in found)
    ends = text.split(":")
    if len(ends) == 1:
        return number(text, option)
    if len(ends) != 3:
        raise UsageError(f"the range of {option} has no step", (0, len(text)),
                         f"say how far apart the points are: {text}:0.1", text=text)  # fmt: skip
    low, high, step = (number(end, option) for end in ends)
    return steps(low, high, step, option, text)


def steps(low: float, high: float, step: float, option: str, text: str) -> tuple[float, ...]:
    """The numbers low, low + step … up to high; decimals are added as decimals."""
    finite = isfinite(low) and isfinite(high) and isfinite(step)
    if not (finite and step and (high - low) / step >= 0):
        reason = "leads nowhere" if finite else "is not finite"
        raise UsageError(f"the range of {option} {reason}", (0, len(text)),
                         "give LOW:HIGH:STEP, for example -5:5:0.5", text=text)  # fmt: skip
    if (high - low) / step >= MOST_POINTS:
        raise UsageError(f"the range of {option} has more than {MOST_POINTS:,} points",
                         (0, len(text)), "take a longer step", text=text)  # fmt: skip
    from fractions import Fraction  # with decimal it takes longer to import than all of this

    start, end, pace = (Fraction(repr(x)) for x in (low, high, step))
    return tuple(float(start + i * pace) for i in range(int((end - start) / pace) + 1))


def number_range_or_points(text: str, option: str) -> Given:
    """A number, a range `1:3`, steps `1:3:0.5`, or a list `1,2,3`. Raises UsageError."""
    return (number_or_range if text.count(":") == 1 else number_or_points)(text, option)
