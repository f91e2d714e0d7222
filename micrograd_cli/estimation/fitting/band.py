"""The rows of a fit: the fitted value of each, its residual, and the band that the curve is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from micrograd_cli.compiled import Compiled, output_names
from micrograd_cli.engine import backward, forward, gradient
from micrograd_cli.estimation.fitting.result import Fit
from micrograd_cli.language.program import Program
from micrograd_cli.tape.instructions import Tape
from micrograd_cli.tape.tracing import Result


class Band(Compiled):
    """A function of rows as `mgrad map` runs it, of a fitted model and the programs of its targets.

    It gives `fitted`, `residual`, `lower` and `upper` for each output, and `used`, 1 or 0, where a
    condition chose the rows. The band is that of the curve: of its mean, not of single points.
    """

    of_arrays = False

    def __init__(
        self,
        program: Program,
        fit: Fit,
        numbers: Mapping[str, float],
        targets: Sequence[Program],
        where: Program | None,
    ) -> None:
        super().__init__(program, (), {**numbers, **fit.values})
        self.fit = fit
        self.others = [*targets, *([] if where is None else [where])]
        self.inputs += [
            name
            for name in dict.fromkeys(name for other in self.others for name in other.inputs)
            if name not in self.inputs
        ]
        self.results = [
            Result("_".join(filter(None, (word, name))), index, None)
            for index, name in enumerate(output_names(program) if len(targets) > 1 else [""])
            for word in ("fitted", "residual", "lower", "upper")
        ] + ([] if where is None else [Result("used", 0, None)])

    @cached_property
    def tape(self) -> tuple[Tape, list[int]]:
        """The calculation, and which of its instructions give the results."""
        tape = Tape()
        m = tape.algebra
        values = run(self.program, tape, self.numbers)
        found: list[Any] = []
        others = [run(other, tape, {})[other.outputs[0].node.index] for other in self.others]
        for output, target in zip(self.program.outputs, others, strict=False):
            value = values[output.node.index]
            order = self.program.order_to(output.node)
            grads = backward(order, values, output.node, 1.0, m)
            leaves = [self.program.inputs[each.name] for each in self.fit.parameters]
            slopes = gradient(grads, leaves)
            columns = zip(*self.fit.root, strict=True)
            parts = [
                sum((slope * x for slope, x in zip(slopes, column, strict=True) if x), 0.0)
                for column in columns
            ]
            reach = m.hypot(*parts, 0.0) * self.fit.factor
            found += [value, target - value, value - reach, value + reach]
        if len(others) > len(self.program.outputs):
            found.append(m.ne(others[-1], 0.0))
        return tape, [tape.symbol(each).number for each in found]


def run(program: Program, tape: Tape, numbers: Mapping[str, float]) -> list[Any]:
    """A program's values on a tape, by node; inputs without a number are columns."""
    values: list[Any] = list(program.start)
    for name, leaf in program.inputs.items():
        values[leaf.index] = numbers[name] if name in numbers else tape.input(name)
    forward(program.order, values, tape.algebra)
    return values
