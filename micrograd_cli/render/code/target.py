"""What a target is: its table of templates, its helpers, and how it lays out a function."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from micrograd_cli.render.code.forms import SLOT, Form, Style, Text

if TYPE_CHECKING:
    from micrograd_cli.nodes import Node
    from micrograd_cli.render.code.body import Body

WIDTH = 88  # columns of a line
WORD = re.compile(r"[^\W\d]\w*")


class Function(NamedTuple):
    """A function to be written: its name, its inputs, its outputs, its inner nodes in order."""

    name: str
    inputs: list[tuple[str, Node]]
    outputs: list[tuple[str, Node]]
    order: Sequence[Node]


def plain_number(x: float, short: bool) -> str:
    """A number as the shortest text that reads back; an integer with a point, unless short."""
    return repr(x).removesuffix(".0") if short else repr(x)


class Target:
    """A language. Its functions are in `forms`, its relations in `conditions`.

    `forms` is looked up by what `variant` says, by the operation's name with a small exponent
    (`^2`) or its number of operands (`log/2`), and by its name. `helpers` maps names to the source
    that defines them, those first that others need; only those that are used are printed.
    """

    only_ascii = True
    share = 0  # parts that are longer get a name if they are used more than once
    room = 60  # columns of an expression
    named_results = True  # the results are names, not expressions
    labelled = True  # an output that gets a name is called by its label
    short: Collection[str] = ("sqrt", "exp", "log", "sin", "cos")  # f(2) gives what f(2.0) gives
    named_repeats = True  # what a template repeats gets a name
    spacing = "\n\n"  # between functions

    def __init__(
        self,
        forms: Mapping[str, Form],
        conditions: Mapping[str, Form],
        constants: Mapping[str, str],
        helpers: Mapping[str, str],
        reserved: str,
        style: Style = Style(),  # noqa: B008 (immutable)
    ) -> None:
        self.forms = forms
        self.conditions = conditions
        self.constants = constants
        self.helpers = helpers
        self.reserved = reserved
        self.style = style

    @cached_property
    def taken(self) -> frozenset[str]:
        """The names that no variable may have: reserved words and whatever templates say."""
        templates = [form[1] for form in (*self.forms.values(), *self.conditions.values())]
        texts = [*templates, self.style.truth[1], *self.constants.values(), *self.helpers]
        return frozenset(WORD.findall(SLOT.sub(" ", " ".join([*texts, self.reserved]))))

    def variant(self, value: Node, operands: Sequence[Text]) -> Form | str | None:
        """A better form for this node, or its name in the table."""
        return None

    def number(self, x: float, short: bool) -> str:
        """A finite number that is not negative. Short, if an integer does for a float there."""
        return plain_number(x, short)

    def symbol(self, name: str) -> str:
        """How a variable is written."""
        return name

    def verbatim(self, name: str) -> str:
        """The same, where its symbol is that of another variable."""
        return name

    def define(self, body: Body) -> list[str]:
        """The lines of a function."""
        raise NotImplementedError

    def header(self, text: str) -> list[str]:
        """The lines before all helpers, for expressions and helpers that make this text."""
        return []

    def module(self, functions: Iterable[Function]) -> str:
        """The complete source of functions."""
        from micrograd_cli.render.code.body import Body

        bodies = [Body(self, function) for function in functions]
        helpers = self.used("\n".join(body.code for body in bodies))
        code = "\n".join([*helpers, *[body.code for body in bodies]])
        parts = [*helpers, *["\n".join(self.define(body)) for body in bodies]]
        header = "\n".join(self.header(code))
        return self.spacing.join([header, *parts] if header else parts) + "\n"

    def used(self, text: str) -> list[str]:
        """The helpers that a text needs, and those that these need."""
        found: set[str] = set()
        new = set(WORD.findall(text)) & self.helpers.keys()
        while new:
            found |= new
            words = {word for name in new for word in WORD.findall(self.helpers[name])}
            new = (words & self.helpers.keys()) - found
        return [source.strip("\n") for name, source in self.helpers.items() if name in found]


def folded(start: str, text: str, end: str, indent: str, width: int = WIDTH) -> list[str]:
    """A statement on one line, or broken at spaces into lines of which the others are indented."""
    if len(start) + len(text) + len(end) <= width:
        return [f"{start}{text}{end}"]
    return wrap(
        f"{start}{text}{end}", width, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False, initial_indent="", drop_whitespace=True, expand_tabs=False,
    )  # fmt: skip


def block(start: str, text: str, end: str, indent: str) -> list[str]:
    """A statement on one line, or its text on lines of their own between its start and its end."""
    if len(start) + len(text) + len(end) <= WIDTH:
        return [f"{start}{text}{end}"]
    inner = indent + "    "
    lines = wrap(text, WIDTH, initial_indent=inner, subsequent_indent=inner,
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return [start, *lines, f"{indent}{end}"]


def commented(lines: Iterable[str], start: str = "") -> list[str]:
    """Lines of a comment, none of them too long."""
    return [
        f"{start}{row}".rstrip()
        for line in lines
        for row in wrap(line, WIDTH - len(start), break_long_words=False) or [""]
    ]
