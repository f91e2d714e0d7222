"""Jacobians and Hessians at a point, and their products with a vector, as plain rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.beyond_range import completed
from micrograd_cli.analysis.report import Certain
from micrograd_cli.analysis.sweep import dependents, sweep
from micrograd_cli.engine import backward, forward, gradient, tangents
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import Run
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.symbolic.curvature import CurvedGraph
from micrograd_cli.symbolic.derivative import derivatives
from micrograd_cli.symbolic.graph import Graph
from micrograd_cli.symbolic.nodes import DERIVED_NODES, NUMBER


class Arithmetic(NamedTuple):
    """An algebra, how it reads a number of the program, and the graphs for second derivatives."""

    m: Any
    literal: Callable[[Constant], Any]
    graph: type[Graph]


FLOATS = Arithmetic(FLOAT, NUMBER, CurvedGraph)


class Spectrum(NamedTuple):
    """The eigenvalues of a symmetric matrix, ascending, and what they say of it."""

    eigenvalues: list[Any]  # floats, or texts of certain digits
    definiteness: str


class Matrix(NamedTuple):
    """A matrix with names for its rows and columns.

    `name` is `jacobian` or `hessian`, `corner` what the rows are: outputs or inputs. A product with
    a vector has one column. A Hessian belongs to one `output`; `spectrum` is None unless asked for.
    """

    name: str
    corner: str
    rows: list[str]
    columns: list[str]
    entries: list[list[float]]
    product: bool = False
    output: str | None = None
    spectrum: Spectrum | None = None
    certain: Certain | None = None  # then the entries are texts


def output_name(program: Program, output: Output) -> str:
    """The assigned name of an output, or its own text."""
    return output.name or program.expression(output)


def jacobian(run: Run, names: Sequence[str], numbers: Arithmetic = FLOATS) -> Matrix:
    """The derivatives of every output (a row) by the named inputs (columns), one backward a row."""
    program = run.program
    rows = [slope(run, output, names, numbers) for output in program.outputs]
    outputs = [output_name(program, output) for output in program.outputs]
    return Matrix("jacobian", "output", outputs, list(names), rows)


def slope(run: Run, output: Output, names: Sequence[str], numbers: Arithmetic) -> list[Any]:
    """The derivatives of an output by the named inputs."""
    program = run.program
    if numbers is FLOATS:
        done = completed(sweep(run, output, names, dependents(program, names)))
        return list(map(done.grad, done.leaves))
    root, leaves = output.node, [program.inputs[name] for name in names]
    return gradient(backward(program.order_to(root), run.values, root, 1.0, numbers.m), leaves)


def jacobian_product(run: Run, vector: Mapping[str, float]) -> Matrix:
    """The derivatives of every output along a vector, by one forward sweep of tangents."""
    program = run.program
    seeds = {program.inputs[name].index: x for name, x in vector.items() if x}
    found = tangents(program.order, run.values, seeds)
    outputs = [output_name(program, output) for output in program.outputs]
    products = [[float(found[output.node.index] or 0.0)] for output in program.outputs]
    return Matrix("jacobian", "output", outputs, ["product"], products, product=True)


def hessian(
    run: Run,
    output: Output,
    names: Sequence[str],
    numbers: Arithmetic = FLOATS,
    max_nodes: int = DERIVED_NODES,
) -> Matrix:
    """The second derivatives of an output; each is computed once, so it is symmetric to the bit.

    Raises ProgramError where the graph of the first derivatives has more than `max_nodes`.
    """
    graph, leaves, roots = slopes(run.program, output, names, numbers.graph(max_nodes))
    values = evaluate_roots(graph, run, roots, numbers)
    entries = [[0.0] * len(names) for _ in names]
    for i, root in enumerate(roots):
        grads = backward(topological_order(root), values, root, 1.0, numbers.m)
        for j, entry in enumerate(gradient(grads, leaves[i:]), i):
            entries[i][j] = entries[j][i] = entry
    name = output_name(run.program, output)
    return Matrix("hessian", "input", list(names), list(names), entries, output=name)


def hessian_product(
    run: Run, output: Output, vector: Mapping[str, float], max_nodes: int = DERIVED_NODES
) -> Matrix:
    """The product of an output's Hessian with a vector: the gradient of grad·vector (reverse over
    reverse, Pearlmutter 1994), without the matrix.
    """
    names = list(run.program.inputs)
    graph, leaves, roots = slopes(run.program, output, names, CurvedGraph(max_nodes))
    along = graph.number(0)
    for name, root in zip(names, roots, strict=True):
        if vector.get(name):
            along = along + graph.number(root) * vector[name]
    root = along.node
    values = evaluate_roots(graph, run, [root])
    grads = backward(topological_order(root), values, root, 1.0)
    products = [[entry] for entry in gradient(grads, leaves)]
    name = output_name(run.program, output)
    return Matrix("hessian", "input", names, ["product"], products, product=True, output=name)


def slopes(
    program: Program, output: Output, names: Sequence[str], graph: Graph | None = None
) -> tuple[Graph, list[Node], list[Node]]:
    """A graph of the first derivatives of an output: the graph, its leaves, its roots."""
    graph = graph or CurvedGraph()
    inputs = [program.inputs[name] for name in names]
    found = derivatives(output.node, inputs, graph)
    return graph, [graph.leaf(leaf) for leaf in inputs], [found[leaf] for leaf in inputs]


def evaluate_roots(
    graph: Graph, run: Run, roots: Sequence[Node], numbers: Arithmetic = FLOATS
) -> list[Any]:
    """The values of a graph's nodes, by index, at the point of a run."""
    leaves = run.program.inputs.values()
    values = graph.start({leaf: run.values[leaf.index] for leaf in leaves}, numbers.literal)
    forward(topological_order(*roots), values, numbers.m)
    return values


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
