"""The tokens of the language, by the names that the grammar gives them."""

from __future__ import annotations

from typing import NamedTuple


class Token(NamedTuple):
    """A word of the program: its kind (a terminal of the grammar), text and span."""

    kind: str
    text: str
    start: int
    end: int


INFIX = frozenset({"OR", "AND", "COMPARE", "SIGN", "TIMES", "SCALE", "POWER"})
CONTINUES = INFIX | {"NOT", "EQUAL", "COMMA"}  # a line that ends in one of these goes on
OPENING = {"LPAR": "RPAR", "LSQB": "RSQB"}
CLOSING = frozenset(OPENING.values())
CLAUSE = frozenset({"FOR", "IN", "IF"})  # a name, where no clause of a comprehension can stand
OPERAND = frozenset(
    {"NUMBER", "COEFFICIENT", "NAME", "LPAR", "LSQB", "DERIVED", "NOT", "FUNCTION", "INPUT"}
)  # may begin one
