"""Jacobians and Hessians at a point, and their products with a vector, as plain rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import Value, apply, backward, const, evaluate, forward, topological_order
from micrograd_cli.language.program import Output, Program
from micrograd_cli.ops import OPS
from micrograd_cli.symbolic.derivative import derivatives
from micrograd_cli.symbolic.graph import Graph


class Matrix(NamedTuple):
    """A matrix with names for its rows and columns; `corner` says what the rows are."""

    corner: str
    rows: list[str]
    columns: list[str]
    entries: list[list[float]]


def output_name(program: Program, output: Output) -> str:
    """The assigned name of an output, or its own text."""
    start, end = output.span
    return output.name or " ".join(program.text[start:end].split())


def jacobian(program: Program, names: Sequence[str]) -> Matrix:
    """The derivatives of every output (a row) by the named inputs (columns), one backward a row."""
    leaves = [program.inputs[name] for name in names]
    rows = [gradient(output.node, leaves) for output in program.outputs]
    outputs = [output_name(program, output) for output in program.outputs]
    return Matrix("output", outputs, list(names), rows)


def jacobian_product(program: Program, vector: Mapping[str, float]) -> Matrix:
    """The derivatives of every output along a vector, by one forward sweep of tangents."""
    tangents = {leaf: vector.get(name, 0.0) for name, leaf in program.inputs.items()}
    for value in program.order():
        args = value.args
        partials = evaluate(FLOAT, value.op.partials, value.data, *[arg.data for arg in args])
        tangents[value] = sum(
            partial * tangents[arg]
            for arg, partial in zip(args, partials, strict=True)
            if partial is not None and tangents.get(arg)
        )
    outputs = [output_name(program, output) for output in program.outputs]
    products = [[float(tangents.get(output.node, 0.0))] for output in program.outputs]
    return Matrix("output", outputs, ["product"], products)


def hessian(program: Program, output: Output, names: Sequence[str]) -> Matrix:
    """The second derivatives of an output; each is computed once, so it is symmetric to the bit."""
    leaves = [program.inputs[name] for name in names]
    entries = [[0.0] * len(leaves) for _ in leaves]
    for i, slope in enumerate(slopes(output, leaves)):
        for j, entry in enumerate(gradient(slope, leaves[i:]), i):
            entries[i][j] = entries[j][i] = entry
    return Matrix("input", list(names), list(names), entries)


def hessian_product(program: Program, output: Output, vector: Mapping[str, float]) -> Matrix:
    """The product of an output's Hessian with a vector: the gradient of grad·vector (reverse over
    reverse, Pearlmutter 1994), without the matrix.
    """
    leaves = list(program.inputs.values())
    along = const(0.0)
    for name, slope in zip(program.inputs, slopes(output, leaves), strict=True):
        if vector.get(name):
            share = apply(OPS["*"], slope, const(vector[name]))
            along = apply(OPS["+"], along, share)
    products = [[entry] for entry in gradient(along, leaves)]
    return Matrix("input", list(program.inputs), ["product"], products)


def slopes(output: Output, leaves: Sequence[Value]) -> list[Value]:
    """The first derivatives as graphs, with their numbers."""
    found = derivatives(output.node, leaves, Graph())
    roots = [found[leaf] for leaf in leaves]
    forward(topological_order(*roots))
    return roots


def gradient(root: Value, leaves: Sequence[Value]) -> list[float]:
    """The derivatives of a node by these leaves."""
    for leaf in leaves:
        leaf.grad = 0.0
    backward(topological_order(root), 1.0)
    if root.left is None:
        root.grad = 1.0
    return [float(leaf.grad) for leaf in leaves]


class Spectrum(NamedTuple):
    """The eigenvalues of a symmetric matrix, ascending, and what they say of it."""

    eigenvalues: list[float]
    definiteness: str


def spectrum(entries: Sequence[Sequence[float]]) -> Spectrum:
    """By NumPy's `eigvalsh`; an eigenvalue within its rounding of 0 counts as 0.

    Raises ImportError without NumPy, ValueError where an entry is not finite.
    """
    import numpy

    matrix = numpy.array(entries, dtype=float)
    if not numpy.isfinite(matrix).all():
        raise ValueError("an entry is not finite")
    found = [float(each) for each in numpy.linalg.eigvalsh(matrix)]
    tolerance = len(found) * 2.3e-16 * max(map(abs, found), default=0.0)
    signs = {0 if abs(each) <= tolerance else 1 if each > 0 else -1 for each in found}
    return Spectrum(found, DEFINITENESS[frozenset(signs)])


DEFINITENESS = {
    frozenset({1}): "positive definite",
    frozenset({1, 0}): "positive semidefinite",
    frozenset({-1}): "negative definite",
    frozenset({-1, 0}): "negative semidefinite",
    frozenset({0}): "zero",
    frozenset(): "empty",
    frozenset({1, -1}): "indefinite",
    frozenset({1, 0, -1}): "indefinite",
}
