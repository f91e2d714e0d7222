"""What the doc comment of a function says, in every language."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_cli.language.arrays import Shape
from micrograd_cli.render.code.layout import Layout, Result


def summary(layout: Layout) -> str:
    """The first words: what kind of outputs there are."""
    if layout.gradient:
        return "The value and its derivatives"
    return "The value" if len(layout.results) == 1 else "The outputs in order"


def new_names(layout: Layout) -> list[str]:
    """Which parameter is which input, where an input could not keep its name."""
    return [f"{own} is the input {name}" for name, own in layout.inputs if name != own]


def one_result(result: Result) -> str:
    """What a function of one result returns."""
    return f"an array of shape {sizes(result.shape)}" if result.shape else "a number"


def sizes(shape: Shape) -> str:
    """A shape in words: 2 x 3."""
    return " x ".join(map(str, shape))


def array_words(layout: Layout) -> list[str]:
    """Which arrays there are and their shapes, row after row: of a language with flat ones."""
    shapes = {
        **layout.shapes,
        **{result.label: result.shape for result in layout.results if result.shape},
    }
    words = [f"{name} {sizes(shape)}" for name, shape in shapes.items()]
    return [f"Arrays, row after row: {', '.join(words)}"] if words else []


def tuple_text(texts: Sequence[str]) -> str:
    """A tuple in the notation of Python and Rust: (a, b), (a,)."""
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
