"""Templates of operations, and how they are filled.

A form is how tightly its text binds, and a template with slots for the operands:

    $0      the first operand, whatever it is
    $0:12   the first operand, in brackets if it binds less tightly than 12
    $0?:2   the first operand as a condition
    $*      all operands, separated by commas
    $@      the same, in brackets
    $+      all operands as a sum
    $n      how many operands there are
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf
from typing import NamedTuple

from micrograd_cli.algebra.vocabulary import COMPARISONS as RELATIONS

Form = tuple[int, str]

# How tightly texts bind; the targets' tables write the numbers. An operand that is a slot itself
# is left OPEN: the text is a template, and whether brackets are needed is not known yet.
SUM, PRODUCT, SIGN, POWER, CALL, ATOM, OPEN = 11, 12, 13, 14, 16, 17, 18

SLOT = re.compile(r"\$(\d+|[*+n@])(\?)?(?::(\d+))?")


class Text(NamedTuple):
    """An operand as text, as a condition too, and what is known of its value."""

    level: int
    text: str
    truth: Form | None = None
    least: float = -inf  # it is nan or at least this
    constant: bool = False

    @property
    def atom(self) -> bool:
        return self.level >= ATOM


class Slot(NamedTuple):
    """A place in a template: which operand, as a condition or not, and how tightly it must bind."""

    operand: str
    condition: bool
    limit: int


class Style(NamedTuple):
    """How a target writes what every template needs."""

    truth: Form = (4, "$0?")  # a condition as the number 1 or 0
    nonzero: Form = (4, "$0:5 != 0")  # a number as a condition
    bracket: Callable[[str], str] = "({})".format


def calls(template: str, names: str) -> dict[str, Form]:
    """Forms of operations that are a call of a function by the operation's name."""
    return {name: (CALL, template.format(name)) for name in names.split()}


# As most languages write them.
COMPARISON_FORMS: dict[str, Form] = {
    symbol: (4, f"$0:5 {symbol} $1:5") for symbol in RELATIONS.values()
}
OPERATORS: dict[str, Form] = {
    "+": (SUM, "$0:11 + $1:12"),
    "-": (SUM, "$0:11 - $1:12"),
    "*": (PRODUCT, "$0:12*$1:13"),
    "/": (PRODUCT, "$0:12/$1:13"),
    "neg": (PRODUCT, "-$0:12"),
    "sum": (SUM, "$+"),
}


@lru_cache(maxsize=1024)
def pieces(template: str) -> tuple[str | Slot, ...]:
    """A template, cut into its texts and slots."""
    found: list[str | Slot] = []
    end = 0
    for match in SLOT.finditer(template):
        operand, condition, limit = match.groups()
        found += [template[end : match.start()], Slot(operand, bool(condition), int(limit or 0))]
        end = match.end()
    return (*found, template[end:])


@lru_cache(maxsize=1024)
def repeats(template: str) -> tuple[int, ...]:
    """The operands that stand more than once in a template: they had better be short."""
    slots = [piece for piece in pieces(template) if isinstance(piece, Slot)]
    return tuple(
        int(operand)
        for operand, count in Counter(slot.operand for slot in slots).items()
        if count > 1 and operand.isdigit()
    )


def fits(template: str, count: int) -> bool:
    """Whether a template takes that many operands."""
    operands = {piece.operand for piece in pieces(template) if isinstance(piece, Slot)}
    return len(operands) == count or not operands.isdisjoint("*@+")


def fill(template: str, operands: Sequence[Text], style: Style) -> str:
    """The template with the operands in its slots."""
    texts: list[str] = []
    for piece in pieces(template):
        if isinstance(piece, str):
            texts.append(piece)
            continue
        text = slot_text(piece, operands, style)
        minus = len(texts) > 0 and texts[-1].rstrip().endswith("-")
        if minus and text.startswith("-"):  # --x is another operator in most languages
            text = style.bracket(text)
        texts.append(text)
    return "".join(texts)


def dot_form(times: Form, count: int) -> Form:
    """The form of a dot product of so many elements, from that of a product."""
    _, template = times
    products = [
        template.replace("$1", f"${count + i}").replace("$0", f"${i}") for i in range(count)
    ]
    return SUM, " + ".join(products)


def slot_text(slot: Slot, operands: Sequence[Text], style: Style) -> str:
    if slot.operand == "n":
        return str(len(operands))
    if slot.operand == "*":
        return ", ".join(each.text for each in operands)
    if slot.operand == "@":
        return style.bracket(", ".join(each.text for each in operands))
    if slot.operand == "+":
        first, *rest = operands
        terms = [with_brackets(each.level, each.text, SUM + 1, style) for each in rest]
        return " + ".join([with_brackets(first.level, first.text, SUM, style), *terms])
    operand = operands[int(slot.operand)]
    form = condition(operand, style) if slot.condition else (operand.level, operand.text)
    return with_brackets(*form, slot.limit, style)


def with_brackets(level: int, text: str, limit: int, style: Style) -> str:
    if level == OPEN and limit:
        return f"{text}:{limit}"
    return style.bracket(text) if level < limit else text


def condition(operand: Text, style: Style) -> Form:
    """An operand as a condition."""
    if operand.truth is not None:
        return operand.truth
    level, template = style.nonzero
    return level, fill(template, [operand], style)
