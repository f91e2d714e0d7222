"""The derivatives of one operation as formulas: its own rule, run on the GRAPH algebra."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from micrograd_cli.language.printer import expression
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT, operation
from micrograd_cli.symbolic.derivative import derivatives
from micrograd_cli.symbolic.graph import PaperGraph

LONG = 60  # characters: a longer formula is easier to read with names for its parts
SHORT = 8  # what is not longer needs no name

# The name of an input or a node, a number, or a constant with its name.
Operand = str | float | tuple[str, float]


class Formula(NamedTuple):
    """A derivative as an expression of the language; `words` may name the parts of a long one."""

    text: str
    words: str


NOTHING = Formula("", "")


def application(name: str, args: Sequence[Operand]) -> str:
    """The text of an operation on operands, as in a program."""
    return expression(application_node(name, args))


@lru_cache(maxsize=4096)
def partial_formulas(name: str, args: tuple[Operand, ...]) -> tuple[Formula, ...]:
    """The partial derivatives of an operation by its operands, as formulas in their names.

    That by a number is NOTHING. Raises KeyError for an unknown operation.
    """
    node = application_node(name, args)
    roots = derivatives(node, [arg for arg in node.args if arg.op is INPUT], PaperGraph())
    return tuple(formula(roots[arg], args) if arg in roots else NOTHING for arg in node.args)


def application_node(name: str, args: Sequence[Operand]) -> Node:
    """The node of an operation. A name twice among the operands is two leaves of that name."""
    return Node(operation(name), [leaf(arg) for arg in args])


def leaf(operand: Operand) -> Node:
    if isinstance(operand, str):
        return Node(INPUT, label=operand)
    if isinstance(operand, float):
        return Constant(operand)
    name, number = operand
    return Constant(number, label=name)


def formula(root: Node, operands: Sequence[Operand]) -> Formula:
    """The expression of a graph; the names of its parts are none of the operands'."""
    text = expression(root)
    if len(text) <= LONG:
        return Formula(text, text)
    order = topological_order(root)
    uses = Counter(arg for node in order for arg in node.args)
    fresh = (name for n in count(1) if (name := f"t{n}") not in operands)
    names: dict[Node, str] = {}
    for node in order:
        if uses[node] > 1 and len(expression(node, names)) > SHORT:
            names[node] = next(fresh)
    parts = [f"{name} = {expression(node, names)}" for node, name in names.items()]
    whole = expression(root, names)
    return Formula(text, f"{whole} with {', '.join(parts)}" if parts else whole)
