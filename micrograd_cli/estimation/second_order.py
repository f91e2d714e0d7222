"""The second order of the Taylor series, by the exact Hessian and its derivative.

    mean      f + ½·tr(HΣ)
    variance  gᵀΣg + ½·tr(HΣHΣ) + gᵀΣ·∇tr(HΣ)      (JCGM 100:2008, note to 5.1.2)

holds for normal inputs; a shape with another fourth moment than the normal one adds
κσ⁴(¼f² + ⅓f′·f‴) for its input alone, where κ is its excess kurtosis.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, sqrt

from micrograd_cli.analysis.matrices import evaluate_roots, slopes
from micrograd_cli.engine import backward, gradient
from micrograd_cli.estimation.estimate import SecondOrder
from micrograd_cli.estimation.quantities import DISTRIBUTIONS, Measured
from micrograd_cli.language.program import Output
from micrograd_cli.language.run import Run
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.symbolic.derivative import derivatives

LARGEST = 300_000  # nodes, times the inputs that have an uncertainty: beyond, it takes too long


def second_order(
    run: Run, output: Output, measured: Measured, grad: Mapping[str, float]
) -> SecondOrder | None:
    """The value and u of an output; None for a program that is too large.

    u is None where the series gives no variance: the terms beyond outweigh it.
    """
    names = measured.names
    if len(run.program.order_to(output.node)) * len(names) > LARGEST:
        return None
    scale = [measured.quantities[name].u for name in names]
    hessian, third, trace = curvature(run, output, measured)
    slope = [grad[name] * u for name, u in zip(names, scale, strict=True)]
    n = range(len(names))
    r = measured.matrix
    size = max(
        map(abs, (*slope, *trace, *third, *(x for row in hessian for x in row))), default=0.0
    )
    size = size or 1.0  # in units of it squares do not overflow
    slope, trace, third = ([x / size for x in vector] for vector in (slope, trace, third))
    turned = [[sum(hessian[i][k] / size * r[k][j] for k in n) for j in n] for i in n]
    variance = sum(slope[i] * r[i][j] * (slope[j] + trace[j]) for i in n for j in n)
    variance += sum(turned[i][j] * turned[j][i] for i in n for j in n) / 2
    for i, name in enumerate(names):
        excess = DISTRIBUTIONS[measured.quantities[name].distribution].excess
        variance += excess * ((hessian[i][i] / size) ** 2 / 4 + slope[i] * third[i] / 3)
    value = run.value(output.node) + size * sum(turned[i][i] for i in n) / 2
    return SecondOrder(
        value if isfinite(value) else None,
        size * sqrt(variance) if isfinite(variance) and variance >= 0 else None,
    )


Vector = list[float]


def curvature(run: Run, output: Output, measured: Measured) -> tuple[list[Vector], Vector, Vector]:
    """In units of the inputs' u: the Hessian, the third derivative by each input, ∇tr(HΣ)."""
    names = measured.names
    scale = [measured.quantities[name].u for name in names]
    graph, leaves, roots = slopes(run.program, output, names)
    second: dict[tuple[int, int], Node] = {}
    for i, root in enumerate(roots):
        found = derivatives(root, leaves[i:], graph)
        second |= {(i, j): found[leaf] for j, leaf in enumerate(leaves[i:], i)}
    values = evaluate_roots(graph, run, list(second.values()))
    hessian = [[0.0] * len(names) for _ in names]
    third, trace = [0.0] * len(names), [0.0] * len(names)
    for (i, j), node in second.items():
        hessian[i][j] = hessian[j][i] = float(values[node.index]) * scale[i] * scale[j]
        if i != j and not measured.matrix[i][j]:
            continue
        grads = gradient(backward(topological_order(node), values, node, 1.0), leaves)
        slope = [x * scale[i] * scale[j] * u for x, u in zip(grads, scale, strict=True)]
        third[i] = slope[i] if i == j else third[i]
        weight = measured.matrix[i][j] * (1 if i == j else 2)
        trace = [x + weight * y for x, y in zip(trace, slope, strict=True)]
    return hessian, third, trace
