"""The derivatives of one operation as formulas: its own rule, run on the GRAPH algebra."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, reduce
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
    return expression(applied(name, [leaf(arg) for arg in args]))


@lru_cache(maxsize=4096)
def partial_formulas(name: str, args: tuple[Operand, ...]) -> tuple[Formula, ...]:
    """The partial derivatives of an operation by its operands, as formulas in their names.

    That by a number is NOTHING. Raises KeyError for an unknown operation.
    """
    leaves = [leaf(arg) for arg in args]
    node = applied(name, leaves)
    roots = derivatives(node, [arg for arg in leaves if arg.op is INPUT], PaperGraph())
    return tuple(formula(roots[arg], args) if arg in roots else NOTHING for arg in leaves)


def applied(name: str, args: Sequence[Node]) -> Node:
    """The node of an operation; an infix one of many operands is a chain of it."""
    op = operation(name)
    if op.precedence and len(args) > 2:
        return reduce(lambda left, right: Node(op, [left, right]), args)
    return Node(op, args)


def leaf(operand: Operand) -> Node:
    """An operand as a leaf. A name that stands twice is two leaves of that name."""
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
