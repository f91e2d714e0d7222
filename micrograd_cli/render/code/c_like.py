"""What C, JavaScript and Rust have in common: operators, comments and declarations."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_cli.language.arrays import Place, Shape
from micrograd_cli.render.code import forms
from micrograd_cli.render.code.forms import Form
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.lines import comment_lines, fold
from micrograd_cli.render.code.words import array_words, new_names, summary

CONDITIONS: dict[str, Form] = {
    **forms.COMPARISON_FORMS,
    "not": (13, "!$0?:14"),
    "and": (2, "$0?:3 && $1?:3"),
    "or": (1, "$0?:3 || $1?:3"),  # && within || in brackets: compilers warn otherwise
}
OPERATORS: dict[str, Form] = {
    **forms.OPERATORS,
    "^2": (12, "$0:13*$0:13"),
    "^3": (12, "$0:13*$0:13*$0:13"),
    "where": (0, "$0?:1 ? $1:1 : $2"),
}


def table(numbers: Sequence[float]) -> str:
    """Coefficients as the lines inside a literal array."""
    text = ", ".join(map(repr, numbers))
    return "\n".join(fold("    ", text, ",", "    "))


def comment(layout: Layout, returns: str, flat: bool = False) -> list[str]:
    """The lines of the doc comment: what the function returns, and which input is which."""
    arrays = array_words(layout) if flat else []
    return comment_lines([f"{summary(layout)}: {returns}.", *new_names(layout), *arrays])


def flat_index(place: Place, shape: Shape) -> int:
    """Where an element is, if the rows stand one after another."""
    found = 0
    for index, size in zip(place, shape, strict=True):
        found = found * size + index
    return found


def statements(layout: Layout, number: str, truth: str, indent: str = "    ") -> list[str]:
    """The local variables, declared as a number or as a truth value."""
    return [
        line
        for step in layout.steps
        for line in fold(
            f"{indent}{truth if step.truth else number} {step.name} = ",
            step.text, ";", f"{indent}    ",
        )
    ]  # fmt: skip
