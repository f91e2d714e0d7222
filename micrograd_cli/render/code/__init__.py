"""A graph as source text: one function for each target of `mgrad diff --to`.

What the function returns: the value alone, if it is the only output; the value and a gradient,
if the outputs are "value" and derivatives; otherwise all outputs in order, uniformly.

A target is a table of templates (`forms.py`) for the primitives and what it says better than the
row's rule; the rule of any other operation becomes a function of its own (`rules.py`). The walk
over the graph (`body.py`) is the same for all, and does not recurse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from micrograd_cli.language.arrays import Shape
from micrograd_cli.nodes import Node
from micrograd_cli.render.code.layout import Function, Named
from micrograd_cli.render.code.module import module_text
from micrograd_cli.render.code.target import Target

TARGETS = {  # imported when they are needed
    "latex": "micrograd_cli.render.code.latex",
    "python": "micrograd_cli.render.code.python",
    "numpy": "micrograd_cli.render.code.numpy_",
    "c": "micrograd_cli.render.code.c",
    "javascript": "micrograd_cli.render.code.javascript",
    "rust": "micrograd_cli.render.code.rust",
    "sympy": "micrograd_cli.render.code.sympy_",
}


def language(target: str) -> Target:
    """The target of that name."""
    found: Target = import_module(TARGETS[target]).TARGET
    return found


def emit(
    target: str, name: str, inputs: Named, outputs: Named, order: Sequence[Node],
    arrays: Mapping[str, Shape] = MappingProxyType({}),
) -> str:  # fmt: skip
    """The complete source text of one function.

    `inputs` are pairs of a name and a leaf, `outputs` pairs of a label and a node: "value", then
    the derivatives "d_a", "d_b" ...; `order` has the inner nodes of all outputs, operands before
    results. The elements of `arrays` among inputs and outputs are arrays of the target.
    """
    return module_text(language(target), [Function(name, inputs, outputs, order, arrays)])
