"""First derivatives that know their own: what a Hessian differentiates once more, by numbers.

The engine would go back through a partial as it is written. Of 1/sqrt((1 - x)*(1 + x)) that gives
two shares that cancel near 0; a row whose partials lose digits in this way has a `curvature`.
"""

from __future__ import annotations

from typing import Any

from micrograd_cli.nodes import Node
from micrograd_cli.ops import OPS, Op
from micrograd_cli.symbolic.graph import Graph
from micrograd_cli.symbolic.nodes import POWER
from micrograd_cli.symbolic.number import Number, Operand
from micrograd_cli.symbolic.product import Product


class CurvedGraph(Graph):
    """A derivation to be evaluated and differentiated by numbers; it cannot be printed."""

    def row(self, op: Op) -> Op:
        return CURVED[op.name] if op is OPS.get(op.name) and op.curvature else op

    def overflows(self, product: Product, base: Node) -> bool:
        return True

    def slope(self, op: Op, i: int, partial: Operand, y: Number, *x: Number) -> Number:
        """Partial i of an operation, as a node that passes its gradient straight to `x`."""
        numbers = (self.number(partial), y, *x)
        return self.number(self.make(slope_row(op, i), *[number.node for number in numbers]))


def slope_row(op: Op, i: int) -> Op:
    """The operation (partial, y, *x) -> partial, with the curvature of `op` as its partials."""
    curvature: Any = op.curvature
    return Op(
        f"{op.name}'{i}",
        lambda m, partial, y, *x: partial,
        lambda m, z, partial, y, *x: (m.nothing, m.nothing, *curvature(m, i, y, *x)),
        parameters="partial, y, x, ...",
    )


def curved(op: Op) -> Op:
    """The row of an operation whose partials are such slopes."""

    def partials(m: CurvedGraph, y: Number, *x: Number) -> Any:
        if op is POWER and (m.value(x[1].node) or 0.5).is_integer():
            return op.partials(m, y, *x)  # x³ loses nothing, and its terms may be collected
        return tuple(
            m.slope(op, i, partial, y, *x) for i, partial in enumerate(op.partials(m, y, *x))
        )

    return op._replace(partials=partials)


CURVED = {op.name: curved(op) for op in OPS.values() if op.curvature}
