"""The law of propagation of uncertainty (JCGM 100:2008, the GUM), with exact derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, isnan, sqrt

from micrograd_cli.analysis.matrices import jacobian, output_name
from micrograd_cli.estimation.estimate import Estimate, Share
from micrograd_cli.estimation.quantities import Measured
from micrograd_cli.estimation.second_order import second_order
from micrograd_cli.estimation.student_t import coverage_factor
from micrograd_cli.language.run import Run
from micrograd_cli.numbers import rounded_sum

Vector = Sequence[float]


def propagate(run: Run, measured: Measured, coverage: float) -> list[Estimate]:
    """An Estimate for each output of a run, whose inputs have the values of `measured`."""
    program = run.program
    inputs = list(program.inputs)
    grads = [dict(zip(inputs, row, strict=True)) for row in jacobian(run, inputs).entries]
    parts = [
        [grad[name] * measured.quantities[name].u for name in measured.names] for grad in grads
    ]
    names = [output_name(program, output) for output in program.outputs]
    found = []
    for output, name, grad, part in zip(program.outputs, names, grads, parts, strict=True):
        u = norm(measured.matrix, part)
        dof = effective_dof(measured, part)
        k = coverage_factor(coverage, dof)
        found.append(Estimate(
            output.name, program.expression(output), name, run.value(output.node),
            u, dof, coverage, k, k * u, grad,
            budget(measured, grad, part),
            {other: correlation(measured.matrix, part, each)
             for other, each in zip(names, parts, strict=True)},
            second_order(run, output, measured, grad),
        ))  # fmt: skip
    return found


def scaled(vector: Vector) -> tuple[float, list[float]]:
    """The size of a vector, and the vector in units of it: its squares do not underflow."""
    size = max(map(abs, vector), key=lambda x: inf if isnan(x) else x, default=0.0) or 1.0
    return size, [x / size for x in vector]


def product(a: Vector, matrix: Sequence[Vector], b: Vector) -> float:
    """aᵀ·matrix·b."""
    return rounded_sum([x * r * y for x, row in zip(a, matrix, strict=True)
                        for r, y in zip(row, b, strict=True)])  # fmt: skip


def norm(matrix: Sequence[Vector], part: Vector) -> float:
    """U of an output (JCGM 100, 13 and 16) by the correlations and the parts c·u of its inputs."""
    size, shape = scaled(part)
    return size * sqrt(max(0.0, product(shape, matrix, shape))) if isfinite(size) else size


def correlation(matrix: Sequence[Vector], a: Vector, b: Vector) -> float | None:
    """The coefficient of correlation of two outputs; None where one of them has no uncertainty."""
    if a == b and any(a):
        return 1.0
    (_, a), (_, b) = scaled(a), scaled(b)
    both = norm(matrix, a) * norm(matrix, b)
    return max(-1.0, min(1.0, product(a, matrix, b) / both)) if both else None


def budget(measured: Measured, grad: dict[str, float], part: Vector) -> list[Share]:
    """The inputs with their parts of u²: cᵢuᵢ·Σⱼ rᵢⱼcⱼuⱼ/u²; they add up to 1."""
    _, shape = scaled(part)
    whole = product(shape, measured.matrix, shape)
    rows = []
    for i, name in enumerate(measured.names):
        quantity = measured.quantities[name]
        mine = product([shape[i]], [measured.matrix[i]], shape)
        rows.append(Share(name, quantity.value, quantity.u, grad[name], abs(part[i]),
                          mine / whole if whole > 0 else None))  # fmt: skip
    return rows


def effective_dof(measured: Measured, part: Vector) -> float:
    """The Welch–Satterthwaite formula (JCGM 100, G.2b).

    Inputs that are correlated were observed together and count as one (Willink 2007).
    """
    _, shape = scaled(part)
    whole = product(shape, measured.matrix, shape)
    place = {name: i for i, name in enumerate(measured.names)}
    total = []
    for group in measured.groups():
        chosen = [place[name] for name in group]
        mine = [shape[i] for i in chosen]
        variance = product(mine, [[measured.matrix[i][j] for j in chosen] for i in chosen], mine)
        total.append((variance / whole) ** 2 / measured.dof(group) if whole > 0 else 0.0)
    return 1 / rounded_sum(total) if any(total) else inf
