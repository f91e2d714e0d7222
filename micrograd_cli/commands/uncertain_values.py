"""The notation of numbers with an uncertainty: one grammar, which every command reads.

    2.0±0.1   2.0+/-0.1   2.0±5%   2.00(10)   19.661(95)e-3   (2.0±0.1)e-3

and behind each of them `@95%`, an expanded uncertainty of that coverage, or `k=2`, of that factor.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Any, NamedTuple

from micrograd_cli.commands.values import number
from micrograd_cli.errors import UsageError
from micrograd_cli.numbers import Written
from micrograd_cli.terminal.saying import say

MARKS = frozenset("±+(")  # one of which is in every notation of an uncertainty
SIGN = r"±|\+/-|\+-"
SHORT = r"([+-]?\d*\.?\d*)\((\d+\.?\d*|\.\d+)\)([eE][+-]?\d+)?"
IN_PARENTHESES = r"(?s)\((.*)\)\s*([eE][+-]?\d+)"
SUFFIX = r"(?s)(.*?)\s*(?:@\s*(?P<coverage>[^@=]+)|[\s,;]k\s*=\s*(?P<k>.+))"
LITERAL = r"[+-]?(\d+\.?\d*|\.\d+)"


class Stated(NamedTuple):
    """A number with its uncertainty as it is written: `amount` stands behind the ±.

    It is expanded by the factor `k`, or to the `coverage`, where one of them is given.
    """

    value: float
    amount: float
    k: float | None = None
    coverage: float | None = None


def is_uncertain(text: str) -> bool:
    """Whether a text is in the notation of uncertain numbers."""
    if MARKS.isdisjoint(text):
        return False
    body = re.fullmatch(SUFFIX, text)
    body_text = body[1] if body else text
    return bool(re.search(SIGN, text) or re.fullmatch(SHORT, body_text.strip()))


def number_or_stated(text: str, option: str) -> float | Stated:
    """A number, or one with its uncertainty. Raises UsageError."""
    stated = stated_number(text, option) if is_uncertain(text) else None
    value = number(text, option) if stated is None else stated.value
    if not isfinite(value):
        raise wrong(text, f"the value of {option} is {value!r}", "a measured value is finite")
    return value if stated is None else stated


def value_alone(text: str, option: str) -> float:
    """The number; that its uncertainty is not used here is told. Raises UsageError."""
    if not is_uncertain(text):
        return number(text, option)
    stated = stated_number(text, option)
    tell_unused(f"the uncertainty of {option}")
    return stated.value


def value_alone_or(read: Callable[[str, str], Any]) -> Callable[[str, str], Any]:
    """What reads the notation as `value_alone` does, and any other text by `read`."""
    return lambda text, option: (value_alone if is_uncertain(text) else read)(text, option)


def tell_unused(what: str) -> None:
    """Say that an uncertainty is left out, and which command is for it."""
    say(f"warning: {what} is not used here\n  mgrad uncertainty propagates it")


def stated_number(text: str, option: str) -> Stated:
    """What a text in the notation says. Raises UsageError."""
    suffix = re.fullmatch(SUFFIX, text)
    body = suffix[1].strip() if suffix else text.strip()
    k = coverage = None
    if suffix and suffix["k"]:
        k = number(suffix["k"], f"k of {option}")
        if not (isfinite(k) and k > 0):
            raise wrong(text, f"the coverage factor k of {option} is not positive")
    elif suffix:
        coverage = probability(suffix["coverage"], f"the coverage of {option}")
    value, amount = parts(body, text, option)
    if not isfinite(amount):
        raise wrong(text, f"the uncertainty of {option} is {amount!r}", "it is a finite number")
    if amount < 0:
        raise wrong(text, f"the uncertainty of {option} is negative")
    return Stated(value, amount, k, coverage)


def parts(body: str, text: str, option: str) -> tuple[float, float]:
    """The value and what stands behind its ±."""
    if short := is_short(body):
        return last_digits(short[1], short[2], short[3] or "")
    scaled = re.fullmatch(IN_PARENTHESES, body)
    inside, power = (scaled[1], scaled[2]) if scaled else (body, "")
    pieces = re.split(SIGN, inside)
    if len(pieces) != 2 or not all(piece.strip() for piece in pieces):
        raise wrong(text, f"{option} is not a number with one uncertainty", "as in 2.0±0.1")
    left, right = (piece.strip() for piece in pieces)
    if is_short(left) or is_short(right):  # 2(3) would be read as the product 2*3
        raise wrong(text, f"{option} states an uncertainty twice", "as in 2.0±0.1 or 2.0(1)")
    value = number(with_power(left, power), option)
    if right.endswith("%"):
        return value, abs(value) * number(right[:-1], f"the uncertainty of {option}") / 100
    return value, number(with_power(right, power), f"the uncertainty of {option}")


def is_short(text: str) -> re.Match[str] | None:
    """The parts of a number with its uncertainty in parentheses, `2.00(10)`."""
    short = re.fullmatch(SHORT, text)
    return short if short and re.fullmatch(LITERAL, short[1]) else None


def last_digits(value: str, digits: str, power: str) -> tuple[float, float]:
    """`2.00(10)`: the digits in parentheses count in units of the value's last one.

    With a point they are a number of their own: `2.0(1.5)`.
    """
    from decimal import Decimal  # most runs do without

    places = len(value.partition(".")[2])
    amount = Decimal(digits) if "." in digits else Decimal(digits).scaleb(-places)
    return Written(float(value + power), value + power), float(
        Decimal(f"{amount}") * Decimal(f"1{power or 'e0'}")
    )


def with_power(text: str, power: str) -> str:
    """A number times a power of ten: `2.0` and `e-3` are `2.0e-3`."""
    if not power or text.endswith("%"):
        return text
    return text + power if re.fullmatch(LITERAL, text) else f"({text})*1{power}"


def probability(text: str, what: str) -> float:
    """A coverage: `95%` or `0.95`. Raises UsageError."""
    text = text.strip()
    share = number(text[:-1], what) / 100 if text.endswith("%") else number(text, what)
    if not 0 < share < 1:
        raise wrong(text, f"{what} is not between 0 and 100 %", "as in 95%")
    return share


def wrong(text: str, message: str, hint: str = "") -> UsageError:
    return UsageError(message, (0, len(text)), hint, text=text)
