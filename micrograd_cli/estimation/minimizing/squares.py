"""Sums of squares are recognized: they are residuals, and the solver of `fit` is made for them."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from micrograd_cli.language.program import Output, Program
from micrograd_cli.nodes import Constant, Node


class Residual(NamedTuple):
    """A node whose square is added, times the square of a weight."""

    node: Node
    weight: float


def residuals_of(root: Node) -> list[Residual] | None:
    """The residuals of a node that is a sum of squares with factors that are not negative."""
    found: list[Residual] = []
    stack: list[tuple[Node, float]] = [(root, 1.0)]
    while stack:
        node, factor = stack.pop()
        name, args = node.op.name, node.args
        if (
            name == "square"
            or (name in ("^", "**") and number(args[1]) == 2.0)
            or (name == "*" and args[0] is args[1])
        ):
            found.append(Residual(args[0], sqrt(factor)))
        elif name in ("+", "sum"):
            stack += [(arg, factor) for arg in reversed(args)]
        elif name == "mean":
            stack += [(arg, factor / len(args)) for arg in reversed(args)]
        elif name == "*" and (number(args[0]) or -1.0) > 0:
            stack.append((args[1], factor * (number(args[0]) or 0.0)))
        elif name in ("*", "/") and (number(args[1]) or -1.0) > 0:
            by = number(args[1]) or 1.0
            stack.append((args[0], factor * by if name == "*" else factor / by))
        else:
            return None
    return found


def number(node: Node) -> float | None:
    """The number of a constant."""
    return node.number if isinstance(node, Constant) else None


def program_of(program: Program, nodes: list[Node]) -> Program:
    """The program with these nodes as its outputs."""
    span = program.outputs[0].span
    outputs = [Output(f"r{i}", node, span) for i, node in enumerate(nodes)]
    return program._replace(outputs=outputs)
