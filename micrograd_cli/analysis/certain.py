"""Values and gradients with digits that are certain: balls at ever more bits, until it is decided.

Numbers are read as they are typed: 0.1 is a tenth, not the float next to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from math import ceil
from operator import add
from typing import Any, NamedTuple, cast

from flint import ctx

from micrograd_cli.algebra.ball import BALL
from micrograd_cli.algebra.ball.decimals import BITS, constant, decimals, typed
from micrograd_cli.algebra.ball.numbers import NOUGHT, UNIT, Ball, ball
from micrograd_cli.analysis.eigenvalues import certain_spectrum
from micrograd_cli.analysis.matrices import Arithmetic, Matrix
from micrograd_cli.analysis.report import Certain, Report, node_rows, output_label
from micrograd_cli.analysis.sweep import Sweep, check_names, dependents
from micrograd_cli.analysis.undecided import cautions
from micrograd_cli.engine import backward, forward
from micrograd_cli.language.block_values import by_element
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import Run
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.numbers import UNDECIDED
from micrograd_cli.symbolic.graph import ExactGraph

GUARD = 32  # bits beyond those that the digits need, at first
MAX_BITS = 16_384  # at least; more for very many digits. The gamma functions' take a second there


class Wanted(NamedTuple):
    """How many significant digits, and at how many bits to give up."""

    digits: int
    max_bits: int | None = None

    def precisions(self) -> Iterator[int]:
        """The bits to try: what the digits need, and twice as many each time, at last the most.

        The last step is up to four times the one before: a step that is nearly the last costs as
        much as that, and seldom decides what is undecided before it.
        """
        bits = ceil(self.digits * BITS) + GUARD
        most = max(MAX_BITS, 8 * bits) if self.max_bits is None else self.max_bits
        while bits <= most / 2:
            yield bits
            bits *= 2
        yield most


# --- a program at a point -------------------------------------------------------------------------

Reading = Callable[[], Ball]  # a number, at the precision of the moment


def reading(number: float) -> Reading:
    """A number as it was typed; a float that nobody typed as it is."""
    text = getattr(number, "text", None)
    if text is None:
        exact = ball(number)
        return lambda: exact
    if typed(text) is not None:
        return lambda: typed(text) or UNIT
    expression = Point(parse(text), {})
    root = expression.program.outputs[0].node
    return lambda: expression.values()[root.index]


class Point:
    """A program with a number for each of its inputs, or else its default."""

    def __init__(self, program: Program, numbers: Mapping[str, Any]) -> None:
        self.program = program
        given = {**program.defaults, **by_element(program.arrays, numbers)}
        self.leaves = {leaf.index: reading(given[name]) for name, leaf in program.inputs.items()}
        self.constants = [node for node in program.nodes if isinstance(node, Constant)]

    def start(self) -> list[Any]:
        """The balls of the leaves by index, at the precision of the moment."""
        values: list[Any] = [None] * len(self.program.nodes)
        literals: dict[str, Ball] = {}
        for node in self.constants:  # the same one is the same object: it is equal to itself
            text = node.label or node.text
            literals[text] = values[node.index] = literals.get(text) or constant_ball(node)
        for index, read in self.leaves.items():
            values[index] = read()
        return values

    def values(self) -> list[Any]:
        """The ball of each node by index."""
        values = self.start()
        forward(self.program.order, values, BALL)
        return values


def constant_ball(node: Constant) -> Ball:
    """A literal or a named constant."""
    return constant(node.label) or typed(node.text) or constant(node.text) or ball(node.number)


def swept(point: Point, output: Output, wrt: list[str], active: Collection[Node]) -> Sweep:
    """The sweep of one output, forward and backward, in balls."""
    values = point.values()
    order = point.program.order_to(output.node)
    grads = backward(order, values, output.node, UNIT, BALL)
    return Sweep(point.program, output, order, values, grads, wrt, active)


# --- reports --------------------------------------------------------------------------------------


def certain_reports(
    program: Program,
    numbers: Mapping[str, Any],
    wrt: Iterable[str] | None,
    nodes: str,
    wanted: Wanted,
) -> Iterator[Report]:
    """A report for each output; `wrt` and `nodes` are as in `report.reports`."""
    point = Point(program, numbers)
    names = list(program.inputs) if wrt is None else check_names(program, wrt, named=True)
    active = dependents(program, names)
    for number, output in enumerate(program.outputs, 1):
        for bits in wanted.precisions():
            with ctx.workprec(bits):
                done = swept(point, output, names, active)
                found = [decimals(each, wanted.digits) for each in results(done)]
                if None not in found:
                    break
        with ctx.workprec(bits):
            label = output_label(program, output, number)
            yield report(done, found, nodes, wanted.digits, bits)._replace(label=label)


def results(done: Sweep) -> list[Ball]:
    """The value and the gradients, in the order of `wrt`."""
    nodes = done.program.labelled()
    return [
        as_ball(number)
        for number in (done.value(done.root), *map(done.grad, [nodes[name] for name in done.wrt]))
    ]


def as_ball(number: Any) -> Ball:
    """A ball; a float is the grad of what nothing flows to."""
    return number if isinstance(number, Ball) else ball(number)


def report(done: Sweep, found: Sequence[str | None], nodes: str, digits: int, bits: int) -> Report:
    def text(number: Any) -> Any:
        return None if number is None else decimals(as_ball(number), digits) or UNDECIDED

    rows = node_rows(done, nodes)
    value, *grads = (each or UNDECIDED for each in found)
    results: dict[str, Any] = dict(zip(done.wrt, grads, strict=True))
    return Report(
        done.output.name,
        done.program.expression(done.output),
        cast(Any, value),
        results,
        [row._replace(data=text(row.data), grad=text(row.grad)) for row in rows],
        len(done.listing) - len(rows) if nodes == "auto" else 0,
        list(cautions(done, dict(zip(("value", *done.wrt), found, strict=True)), digits, bits)),
        done.number(done.root),
        arrays=done.program.arrays,
        certain=Certain(digits, bits),
    )


# --- matrices -------------------------------------------------------------------------------------

BALLS = Arithmetic(BALL, constant_ball, ExactGraph)


def certain_matrix(
    program: Program,
    numbers: Mapping[str, Any],
    make: Callable[[Run], Matrix],
    wanted: Wanted,
    vector: Mapping[str, float] | None = None,
    eigen: bool = False,
) -> Matrix:
    """A matrix of decimals, from the one that `make` gives of a run in balls.

    With a vector, its product with that: a number for each column, or 0. `eigen` adds the
    eigenvalues, but for a matrix with an entry that is not finite.
    """
    point = Point(program, numbers)
    for bits in wanted.precisions():
        with ctx.workprec(bits):
            matrix = make(Run(program, point.values()))
            if vector is not None:
                matrix = multiplied(matrix, vector)
            entries = [list(map(as_ball, row)) for row in matrix.entries]
            texts: Any = [
                [decimals(entry, wanted.digits) or UNDECIDED for entry in row] for row in entries
            ]
            spectrum = certain_spectrum(entries, wanted.digits) if eigen else None
        if not any(UNDECIDED in row for row in (*texts, spectrum.eigenvalues if spectrum else ())):
            break
    return matrix._replace(entries=texts, spectrum=spectrum, certain=Certain(wanted.digits, bits))


def multiplied(matrix: Matrix, vector: Mapping[str, float]) -> Matrix:
    """The product of a matrix with a vector."""
    factors = [reading(vector.get(name, 0.0))() for name in matrix.columns]
    products: Any = [
        [reduce(add, [x * y for x, y in zip(row, factors, strict=True)], NOUGHT)]
        for row in matrix.entries
    ]
    return matrix._replace(entries=products, columns=["product"], product=True)
