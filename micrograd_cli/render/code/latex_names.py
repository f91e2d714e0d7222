"""How LaTeX writes names: of variables, and of outputs and derivatives as left sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.names import to_ascii

GREEK = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"""


def symbol(name: str) -> str:
    r"""A variable: x1 is x_{1}, loss \mathrm{loss}, w_ij w_{ij}, alpha and α \alpha."""
    head, *below = name.split("_")
    letters = head.rstrip("0123456789")
    subscripts = [head[len(letters) :], *below]
    text = ",".join(word(each) for each in subscripts if each)
    if not letters:
        return rf"\mathrm{{{escape(name)}}}"
    return f"{word(letters)}_{{{text}}}" if text else word(letters)


def word(text: str) -> str:
    plain = to_ascii(text) if len(text) == 1 else text
    if plain in GREEK.split():
        return rf"\{plain}"
    return text if len(text) == 1 or text.isdigit() else rf"\mathrm{{{text}}}"


def escape(name: str) -> str:
    return name.replace("_", r"\_")


def left_side(layout: Layout, label: str) -> str:
    """The left side of an output: f(x, y), or a derivative."""
    prefix, names = split_label(label, [name for name, _ in layout.inputs])
    function = symbol(prefix) if prefix else symbol(layout.name)
    own = {name: layout.symbols[mine] for name, mine in layout.inputs}
    if names is None:
        return symbol(label)
    if not names:
        return f"{function}({', '.join(own.values())})" if own else function
    d = r"\partial" if len(own) > 1 else r"\mathrm{d}"
    order = f"^{{{len(names)}}}" if len(names) > 1 else ""
    counts = [(name, names.count(name)) for name in dict.fromkeys(names)]
    below = r" \, ".join(
        f"{d} {own[name]}" + (f"^{{{count}}}" if count > 1 else "") for name, count in counts
    )
    return rf"\frac{{{d}{order} {function}}}{{{below}}}"


def split_label(label: str, inputs: Sequence[str]) -> tuple[str, list[str] | None]:
    """A label as its output and the inputs it is differentiated by: o1_d_a_b is o1 by a and b."""
    if label in ("", "value"):
        return "", []
    if label.endswith("_value"):
        return label.removesuffix("_value"), []
    for match in re.finditer("(?:^|_)d_", label):
        for names in splits(label[match.end() :], inputs):
            return label[: match.start()], names
    return "", None


def splits(text: str, inputs: Sequence[str]) -> Iterator[list[str]]:
    """The ways to read a text as names joined by _."""
    stack: list[tuple[str, list[str]]] = [(text, [])]
    while stack:
        rest, names = stack.pop()
        for name in inputs:
            if rest == name:
                yield [*names, name]
            elif rest.startswith(f"{name}_"):
                stack.append((rest[len(name) + 1 :], [*names, name]))
