"""What a target is: its tables of templates, its helpers, and how it puts a function in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from micrograd_cli.engine import NEG
from micrograd_cli.language.arrays import Place, Shape, nested
from micrograd_cli.nodes import Node
from micrograd_cli.ops import Op
from micrograd_cli.render.code.forms import CALL, SLOT, Form, Style, Text, fits
from micrograd_cli.render.code.layout import Layout

WORD = re.compile(r"[^\W\d]\w*")

# A better form for a node with these operands, or the name of one in `forms`, if there is any.
Variant = Callable[[Node, Sequence[Text]], Form | str | None]


def bracketed(parts: Any) -> str:
    """Nested lists of texts in square brackets."""
    return f"[{', '.join(map(bracketed, parts))}]" if isinstance(parts, list) else str(parts)


def plain_number(x: float, short: bool) -> str:
    """A number as the shortest text that reads back; an integer with a point, unless short."""
    return repr(x).removesuffix(".0") if short else repr(x)


class Target:
    """A language: the primitives of `algebra/vocabulary.py`, and what it says better than a rule.

    Its functions are in `forms`, its relations in `conditions`; an operation that is in no table is
    a helper that its row's rule gives. `forms` is looked up by what `variants` say, by the
    operation's name with a small exponent (`^2`), its number of operands (`hypot/2`) or `long` for
    very many, and by its name. `helpers` maps names to the source that defines them, those first
    that others need; only those that are used are printed.
    """

    only_ascii = True
    share = 0  # parts that are longer get a name if they are used more than once
    room = 60  # columns of an expression
    named_results = True  # the results are names, not expressions
    labelled = True  # an output that gets a name is called by its label
    named_repeats = True  # what a template repeats gets a name
    spacing = "\n\n"  # between functions
    arrays = True  # an array is one parameter, and one result

    def __init__(
        self,
        *,
        forms: Mapping[str, Form],
        conditions: Mapping[str, Form],
        constants: Mapping[str, str],
        helpers: Mapping[str, str],
        reserved: str,
        library: str = "",
        variants: Mapping[str, Variant] | None = None,
        style: Style,
    ) -> None:
        self.forms = forms
        self.conditions = conditions
        self.constants = constants
        self.helpers = helpers
        self.reserved = reserved  # names that nothing may have
        self.library = library  # names that a function may not have, though a variable may
        self.variants = variants or {}
        self.style = style

    @cached_property
    def taken(self) -> frozenset[str]:
        """The names that no variable may have: reserved words and whatever templates say."""
        templates = [form[1] for form in (*self.forms.values(), *self.conditions.values())]
        texts = [*templates, self.style.truth[1], *self.constants.values(), *self.helpers]
        return frozenset(WORD.findall(SLOT.sub(" ", " ".join([*texts, self.reserved]))))

    def lacks(self, op: Op, count: int) -> bool:
        """Whether no table says how the operation is written on that many operands."""
        forms = [table.get(op.name) for table in (self.forms, self.conditions)]
        found = f"{op.name}/{count}" in self.forms
        return not found and not any(form and fits(form[1], count) for form in forms)

    def call(self, name: str) -> Form:
        """How a helper is called."""
        return CALL, f"{name}($*)"

    def short_numbers(self, op: Op, varying: bool) -> bool:
        """Whether operands may be 2 for 2.0; `varying` tells that one of them is no number."""
        if 0 < op.precedence < NEG.precedence and not op.conditions:
            return varying  # beside an infix operator whose other operand is a float
        return op.name in ("sqrt", "exp", "log", "sin", "cos")

    def number(self, x: float, short: bool) -> str:
        """A finite number that is not negative. Short, if an integer does for a float there."""
        return plain_number(x, short)

    def symbol(self, name: str) -> str:
        """How a variable is written."""
        return name

    def verbatim(self, name: str) -> str:
        """The same, where its symbol is that of another variable."""
        raise NotImplementedError

    def element(self, symbol: str, place: Place, shape: Shape) -> str:
        """An element of a parameter that is an array."""
        return symbol + "".join(f"[{index}]" for index in place)

    def packed(self, shape: Shape, texts: Sequence[str]) -> str:
        """An array of these texts."""
        parts = nested(shape, texts)
        return bracketed(parts)

    def define(self, layout: Layout) -> list[str]:
        """The lines of a function."""
        raise NotImplementedError

    def helper(self, layout: Layout) -> list[str]:
        """The lines of a function of one result that others call."""
        raise NotImplementedError

    def header(self, text: str) -> list[str]:
        """The lines before all helpers, for expressions and helpers that make this text."""
        return []

    def used_helpers(self, text: str) -> list[str]:
        """The helpers that a text needs, and those that these need."""
        found: set[str] = set()
        new = set(WORD.findall(text)) & self.helpers.keys()
        while new:
            found |= new
            words = {word for name in new for word in WORD.findall(self.helpers[name])}
            new = (words & self.helpers.keys()) - found
        return [source.strip("\n") for name, source in self.helpers.items() if name in found]
