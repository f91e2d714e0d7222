"""What the doc comment of a function says, in every language."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_cli.render.code.layout import Layout


def summary(layout: Layout) -> str:
    """The first words: what kind of outputs there are."""
    if layout.gradient:
        return "The value and its derivatives"
    return "The value" if len(layout.results) == 1 else "The outputs in order"


def new_names(layout: Layout) -> list[str]:
    """Which parameter is which input, where an input could not keep its name."""
    return [f"{own} is the input {name}" for name, own in layout.inputs if name != own]


def tuple_text(texts: Sequence[str]) -> str:
    """A tuple in the notation of Python and Rust: (a, b), (a,)."""
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
