"""The rules of operations as functions of JavaScript: what a page computes its numbers with.

They are printed by the target of `mgrad diff --to javascript`. A page has the engine's numbers
because it takes the engine's steps: a rule is written down as it stands, nothing is simplified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from micrograd_cli.algebra.accurate import sech_squared
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.ops import INPUT, Op, operation
from micrograd_cli.render.code import language
from micrograd_cli.render.code.layout import Function
from micrograd_cli.render.code.module import module_text
from micrograd_cli.render.code.rules import Number, Verbatim

SPLITTER = 134217729.0  # 2^27 + 1: it parts a float in two halves (Veltkamp 1968)


class Scripted(NamedTuple):
    """An operation on a number of operands, and what its functions are called in the script.

    They are `value(*x)`, `slopes(y, *x)`, and for each kink one that says whether `x` is there. The
    slopes are the partials; where some of them may be nothing, there stands behind them, for each
    operand, whether a gradient flows to it.
    """

    op: Op
    operands: int
    value: str
    slopes: str
    kinks: list[str]


class Masked(NamedTuple):
    """A number of which some branch is nothing: what it is, 0 there, and whether it is anything."""

    number: Any
    flows: Any


class Stepwise(Verbatim):
    """Verbatim, where a branch may be nothing, and functions that are no rows take FLOAT's steps.

    Those by which FLOAT keeps digits that underflow are left out.
    """

    def where(self, condition: Any, chosen: Any, otherwise: Any) -> Any:
        parts = chosen, otherwise
        if not any(part is None or isinstance(part, Masked) for part in parts):
            return self.apply("where", condition, *parts)
        numbers, flows = zip(*map(masked, parts), strict=True)
        return Masked(self.where(condition, *numbers), self.where(condition, *flows))

    def sech_squared(self, x: Any) -> Any:
        return sech_squared(x, self)

    def sigmoid(self, x: Any, scale: Any = 1) -> Any:
        e = self.exp(-abs(x))
        found = scale * self.where(self.ge(x, 0), 1, e) / (1 + e)
        return self.where(self.lt(x, -745), 0, found)

    def gaussian(self, x: Any, c: float, scale: Any = 1) -> Any:
        high = SPLITTER * x - (SPLITTER * x - x)
        e = self.exp(-c * (high * high))
        found = scale * (e + e * self.expm1(-c * ((x - high) * (x + high))))
        return self.where(self.ge(abs(x), 40), 0, found)

    def normal_cdf(self, x: Any, scale: Any = 1) -> Any:
        return self.where(self.lt(x, -40), 0, scale * self.erfc(-x / self.sqrt(2)) / 2)


def masked(part: Any) -> Masked:
    if part is None:
        return Masked(0, 0)
    return part if isinstance(part, Masked) else Masked(part, 1)


def scripted(operations: Iterable[tuple[str, int]]) -> tuple[list[Scripted], str]:
    """The operations, each a name and a number of operands, and the script of their functions."""
    found: list[Scripted] = []
    functions: list[Function] = []
    for index, (name, count) in enumerate(operations):
        op = operation(name)
        kinks = [f"k{index}_{number}" for number in range(len(op.kinks))]
        own = Scripted(op, count, f"v{index}", f"d{index}", kinks)
        x = [Node(INPUT, label=f"x{i}") for i in range(1, count + 1)]
        y = Node(INPUT, label="y")
        functions.append(function(own.value, x, [Node(op, x)]))
        functions.append(function(own.slopes, [y, *x], slopes(op, y, x)))
        for kink, label in zip(op.kinks, kinks, strict=True):
            functions.append(function(label, x, [condition(kink.at, x)]))
        found.append(own)
    return found, module_text(language("javascript"), functions)


def condition(rule: Callable[..., Any], x: Sequence[Node]) -> Node:
    """The node of a kink's condition."""
    algebra = Stepwise()
    return algebra.node(rule(algebra, *[Number(algebra, leaf) for leaf in x]))


def slopes(op: Op, y: Node, x: Sequence[Node]) -> list[Node]:
    """The nodes of the partials; if one may be nothing, also those that say which of them flow."""
    algebra = Stepwise()
    found = op.partials(algebra, *[Number(algebra, leaf) for leaf in (y, *x)])
    parts = [masked(part) for part in found]
    nodes = [algebra.node(part.number) for part in parts]
    if all(part.flows == 1 for part in parts):
        return nodes
    return nodes + [algebra.node(part.flows) for part in parts]


def function(name: str, inputs: Sequence[Node], outputs: Sequence[Node]) -> Function:
    labelled = [(f"{name}{index}", node) for index, node in enumerate(outputs)]
    return Function(
        name, [(leaf.label, leaf) for leaf in inputs], labelled, topological_order(*outputs)
    )
