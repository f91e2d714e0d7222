"""What a plot shows of a program: an output and its derivatives along one input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from micrograd_cli.algebra.branches import branch, piecewise
from micrograd_cli.analysis.intervals import Sample
from micrograd_cli.analysis.matrices import evaluate_roots, slopes
from micrograd_cli.analysis.scales import Scale
from micrograd_cli.analysis.sweep import dependents
from micrograd_cli.engine import backward, gradient
from micrograd_cli.language.program import Output, Program
from micrograd_cli.language.run import Run, bind
from micrograd_cli.nodes import topological_order


class Quantity(NamedTuple):
    """The output itself (order 0), or its first or second derivative by an input."""

    order: int
    wrt: str = ""

    @property
    def name(self) -> str:
        """The column that has it in a table."""
        return ("value", f"d_{self.wrt}", f"d2_{self.wrt}")[self.order]


class Line(NamedTuple):
    """What is sampled: an output along an input, with the numbers of the others.

    The first two quantities are the output and its derivative by the input.
    """

    program: Program
    output: Output
    along: str
    numbers: Mapping[str, float]
    quantities: Sequence[Quantity]


def sampler(line: Line, across: Scale, up: Scale) -> Callable[[float], Sample]:
    """The function from a place on the axis of the input to a Sample; `up` is the output's axis."""
    program, root = line.program, line.output.node
    order = program.order_to(root)
    moved = dependents(program, [line.along])
    deciding = [node for node in order if node in moved and piecewise(node.op)]
    names = list(dict.fromkeys(each.wrt for each in line.quantities if each.wrt))
    leaves = [program.inputs[name] for name in names]
    curvature = {q.wrt: second(line, q.wrt) for q in line.quantities if q.order == 2}

    def at(place: float) -> Sample:
        x = across.number(place)
        run = bind(program, {**line.numbers, line.along: x})
        value = run.value(root)
        found = gradient(backward(order, run.values, root, 1.0), leaves)
        grads = dict(zip(names, found, strict=True))
        numbers = tuple(
            (value, grads.get(q.wrt, 0.0), 0.0)[q.order] if q.order < 2 else curvature[q.wrt](run)
            for q in line.quantities
        )
        slope = numbers[1] / across.stretch(x) if x else numbers[1]
        slope = slope * up.stretch(value) if up.place(value) == up.place(value) else slope
        places = (up.place(value), *numbers[1:])
        piece = tuple(branch(node.op, *run.operands(node)) for node in deciding)
        return Sample(x, place, numbers, places, slope, piece)

    return at


def second(line: Line, name: str) -> Callable[[Run], float]:
    """The second derivative of the output by an input, as a function of a run."""
    graph, leaves, (root,) = slopes(line.program, line.output, [name])
    order = topological_order(root)

    def at(run: Run) -> float:
        values = evaluate_roots(graph, run, [root])
        found: float = gradient(backward(order, values, root, 1.0), leaves)[0]
        return found

    return at
