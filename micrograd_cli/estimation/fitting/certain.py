"""Digits of a fit that are certain: the optimum enclosed by an interval Newton method, in balls.

Where the Newton operator maps a box into itself, the box holds exactly one zero of the gradient
(Krawczyk 1969, Moore 1977), and every digit that its two ends share is one of the optimum. Data
and numbers are read as they are typed: 0.1 is a tenth.

A parameter at a bound is held there, and it is proven that the sum of squares falls beyond it: the
conditions of Karush, Kuhn and Tucker. The others must be certain to lie within their bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flint import arb, arb_mat, ctx

from micrograd_cli.algebra.ball import BALL
from micrograd_cli.algebra.ball.decimals import decimals, typed
from micrograd_cli.algebra.ball.numbers import UNIT, Ball, ball, enclosed
from micrograd_cli.analysis.certain import Wanted, constant_ball, reading
from micrograd_cli.analysis.matrices import slopes
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.language.program import Output, Program
from micrograd_cli.nodes import Constant, topological_order
from micrograd_cli.numbers import UNDECIDED
from micrograd_cli.symbolic.graph import Graph

STEPS = 60  # of Newton's method, at one precision
WIDER = 8  # the box beside the last step

Texts = Sequence[Mapping[str, str]]  # for each row the cells of its columns


class CertainFit(NamedTuple):
    """The parameters and their standard errors as decimals; UNDECIDED where none is certain."""

    params: dict[str, str]
    stderr: dict[str, str | None]  # None at a bound


class Exact(NamedTuple):
    """A fit as it is typed: the model, its parameters and fixed numbers, and the rows.

    `bounds` are the least and the greatest value of a parameter, which may be infinite.
    """

    program: Program
    parameters: Sequence[str]
    fixed: Mapping[str, float]
    targets: Sequence[Program]
    sigmas: Sequence[Program]
    rows: Texts
    absolute: bool
    bounds: Mapping[str, tuple[float, float]]


def certain_fit(fit: Exact, near: Sequence[float], wanted: Wanted) -> CertainFit:
    """The optimum near a point, at ever more bits, until its digits are decided."""
    point = dict(zip(fit.parameters, near, strict=True))
    held = {name: end for name, x in point.items() for end in fit.bounds[name] if end == x}
    names = [name for name in point if name not in held]
    start = [arb(point[name]) for name in names]
    inner = fit._replace(parameters=names, fixed={**fit.fixed, **held})
    models = [Curved(fit.program, output, names) for output in fit.program.outputs]
    beyond = [Curved(fit.program, output, list(held)) for output in fit.program.outputs]
    found: list[str | None] = [None] * (2 * len(names) + len(held))
    for bits in wanted.precisions():
        with ctx.workprec(bits):
            start, box = enclosure(inner, models, start)
            if box is None or not feasible(inner, box) or not pressed(inner, held, beyond, box):
                continue
            results = [*box, *errors(inner, models, box)]
            found = [decimals(enclosed(x), wanted.digits) for x in results]
            found += [decimals(reading(x)(), wanted.digits) for x in held.values()]
            if None not in found:
                break
    texts = [each or UNDECIDED for each in found]
    params = dict(zip([*names, *held], texts[: len(names)] + texts[2 * len(names) :], strict=True))
    errors_ = dict(zip(names, texts[len(names) : 2 * len(names)], strict=True))
    return CertainFit({name: params[name] for name in fit.parameters},
                      {name: errors_.get(name) for name in fit.parameters})  # fmt: skip


def feasible(fit: Exact, box: Sequence[arb]) -> bool:
    """Whether all of a box is within the bounds."""
    return all(
        reading(low)().lo < x < reading(high)().hi
        for x, (low, high) in zip(box, [fit.bounds[name] for name in fit.parameters], strict=True)
    )


def pressed(
    fit: Exact, held: Mapping[str, float], beyond: Sequence[Curved], box: Sequence[arb]
) -> bool:
    """Whether the sum of squares is certain to fall beyond each bound that holds a parameter."""
    gradient = Sums(fit, beyond, box, curved=False).gradient
    uppers = [held[name] == fit.bounds[name][1] for name in held]
    return all(slope < 0 if upper else slope > 0
               for slope, upper in zip(gradient, uppers, strict=True))  # fmt: skip


def enclosure(
    fit: Exact, models: Sequence[Curved], start: list[arb]
) -> tuple[list[arb], list[arb] | None]:
    """The best point that Newton's method finds, and a box that is certain; or None."""
    x, last, step = start, None, start
    if not start:
        return [], []
    for _ in range(STEPS):  # pragma: no branch: a bound that nothing known reaches
        total = Sums(fit, models, x, curved=True)
        found = solved(total.curvature, total.gradient)
        if found is None:
            return start, None
        step = found
        size = max(abs(each).mid() for each in step)
        x = [(a - b).mid() for a, b in zip(x, step, strict=True)]
        if last is not None and not size < last / 2:
            break
        last = size
    radii = [WIDER * (abs(each).upper() + abs(a).upper() * arb(2) ** (8 - ctx.prec))
             for each, a in zip(step, x, strict=True)]  # fmt: skip
    gradient = Sums(fit, models, x, curved=False).gradient
    box = [a + arb(0, radius) for a, radius in zip(x, radii, strict=True)]
    found = solved(Sums(fit, models, box, curved=True).curvature, gradient)
    if found is None:
        return x, None
    image = [a - b for a, b in zip(x, found, strict=True)]
    inside = all(each in outer for each, outer in zip(image, box, strict=True))
    return x, image if inside else None


def errors(fit: Exact, models: Sequence[Curved], box: list[arb]) -> Iterator[arb]:
    """The standard errors of the parameters in a box."""
    total = Sums(fit, models, box, curved=False)
    dof = len(fit.rows) * len(models) - len(box)
    inverse = inverted(total.normal)
    for i in range(len(box)):
        if inverse is None or (dof <= 0 and not fit.absolute):
            yield arb("nan")
            continue
        variance = inverse[i, i] if fit.absolute else inverse[i, i] * total.rss / dof
        yield variance.sqrt()


def solved(matrix: arb_mat, vector: list[arb]) -> list[arb] | None:
    """The solution of a system, scaled by the diagonal; None where the matrix may be singular."""
    scale = [abs(matrix[i, i]).mid().sqrt() or arb(1) for i in range(matrix.nrows())]
    size = len(scale)
    rows = arb_mat([[matrix[i, j] / scale[i] / scale[j] for j in range(size)]
                    for i in range(size)])  # fmt: skip
    try:
        found = rows.solve(arb_mat([[v / s] for v, s in zip(vector, scale, strict=True)]))
    except ZeroDivisionError:
        return None
    return [found[i, 0] / scale[i] for i in range(size)]


def inverted(matrix: arb_mat) -> Any:
    """The inverse, by columns; None where the matrix may be singular."""
    size = matrix.nrows()
    columns = [solved(matrix, [arb(i == j) for i in range(size)]) for j in range(size)]
    if any(column is None for column in columns):
        return None
    return {(i, j): column[i] for j, column in enumerate(columns) if column for i in range(size)}


class Curved:
    """An output of a model with its first and second derivatives by the parameters."""

    def __init__(self, program: Program, output: Output, names: Sequence[str]) -> None:
        self.program = program
        self.root = output.node
        self.order = program.order_to(output.node)
        self.leaves = [program.inputs[name] for name in names]
        self.graph, self.inner, self.roots = slopes(program, output, names, Graph())
        self.whole = topological_order(*self.roots)
        self.each = [topological_order(root) for root in self.roots]
        self.constants = {node.index: node for node in self.graph.nodes
                          if isinstance(node, Constant)}  # fmt: skip
        self.own = {node.index: node for node in program.nodes if isinstance(node, Constant)}

    def first(self, given: Mapping[str, Ball]) -> tuple[arb, list[arb]]:
        """The value and the gradient."""
        values: list[Any] = [None] * len(self.program.nodes)
        for index, node in self.own.items():
            values[index] = constant_ball(node)
        for name, leaf in self.program.inputs.items():
            values[leaf.index] = given[name]
        forward(self.order, values, BALL)
        grads = gradient(backward(self.order, values, self.root, UNIT, BALL), self.leaves)
        return as_arb(values[self.root.index]), [as_arb(each) for each in grads]

    def second(self, given: Mapping[str, Ball]) -> list[list[arb]]:
        """The lower triangle of the Hessian."""
        start: dict[Any, Any] = {leaf: given[name] for name, leaf in self.program.inputs.items()}
        values = self.graph.start(start)
        for index, node in self.constants.items():
            values[index] = constant_ball(node)
        forward(self.whole, values, BALL)
        rows = []
        for i, (root, order) in enumerate(zip(self.roots, self.each, strict=True)):
            grads = backward(order, values, root, UNIT, BALL)
            rows.append([as_arb(each) for each in gradient(grads, self.inner[: i + 1])])
        return rows


def as_arb(x: Any) -> arb:
    """A ball as Arb has it; a float is the gradient of what nothing flows to."""
    if not isinstance(x, Ball):
        x = ball(x)
    whole: arb = x.lo.union(x.hi) if x.short is None else x.short
    return whole


class Sums:
    """What all rows give at a point or a box: gradient and curvature of half the sum of squares."""

    def __init__(
        self, fit: Exact, models: Sequence[Curved], x: Sequence[arb], curved: bool
    ) -> None:
        size = len(models[0].leaves)
        self.rss = arb(0)
        self.gradient = [arb(0)] * size
        self.normal, self.curvature = arb_mat(size, size), arb_mat(size, size)
        numbers = {name: enclosed(each) for name, each in zip(fit.parameters, x, strict=True)}
        numbers |= {name: reading(number)() for name, number in fit.fixed.items()}
        for row in fit.rows:
            cells = {name: typed(text) or ball(float(text)) for name, text in row.items()}
            given = {**numbers, **cells}
            for i, model in enumerate(models):
                sigmas = fit.sigmas[i : i + 1] or fit.sigmas[:1]
                weight = 1 / of_row(sigmas[0], cells) ** 2 if sigmas else arb(1)
                self.add(model, given, of_row(fit.targets[i], cells), weight, curved)

    def add(
        self, model: Curved, given: Mapping[str, Ball], target: arb, weight: arb, curved: bool
    ) -> None:
        """Add a residual."""
        value, grad = model.first(given)
        r = value - target
        self.rss += weight * r * r
        self.gradient = [a + weight * r * g for a, g in zip(self.gradient, grad, strict=True)]
        second = model.second(given) if curved else []
        for i in range(len(grad)):
            for j in range(i + 1):
                plain = weight * grad[i] * grad[j]
                bent = plain + weight * r * second[i][j] if curved else plain
                for a, b in {(i, j), (j, i)}:
                    self.normal[a, b] = self.normal[a, b] + plain
                    self.curvature[a, b] = self.curvature[a, b] + bent


def of_row(program: Program, cells: Mapping[str, Ball]) -> arb:
    """An expression of a row's cells."""
    values: list[Any] = [None] * len(program.nodes)
    for node in program.nodes:
        if isinstance(node, Constant):
            values[node.index] = constant_ball(node)
    for name, leaf in program.inputs.items():
        values[leaf.index] = cells[name]
    forward(program.order, values, BALL)
    return as_arb(values[program.outputs[0].node.index])
