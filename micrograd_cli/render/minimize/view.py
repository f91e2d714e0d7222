"""A minimum: the point, the value, and why the search stopped. The manual documents the fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.estimation.minimizing.result import Minimum
from micrograd_cli.language.block_values import by_name
from micrograd_cli.language.program import Program
from micrograd_cli.numbers import exact
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console


class MinimumView(View[Minimum]):
    """A minimum of a program."""

    header = ("input", "value", "grad")

    def __init__(self, program: Program) -> None:
        self.program = program

    def fields(self, found: Minimum) -> dict[str, Any]:
        fields = {
            "params": self.folded({**found.params, **found.fixed}),
            "value": found.value,
            "grad": self.folded(found.grad),
            "grad_norm": found.grad_norm,
            "kind": found.kind,
            "converged": found.converged,
            "stop": found.stop,
            "steps": found.steps,
            "evaluations": found.evaluations,
            "method": found.method,
            "warnings": [each._asdict() for each in found.warnings],
        }
        if found.starts[0] > 1:
            fields["starts"] = {"tried": found.starts[0], "alike": found.starts[1]}
        if found.state is not None:
            names = list(found.params)
            fields["state"] = {
                "method": found.method,
                "step": found.state.step,
                "first": dict(zip(names, found.state.first.tolist(), strict=True)),
                "second": dict(zip(names, found.state.second.tolist(), strict=True)),
            }
        return fields

    def folded(self, numbers: Any) -> dict[str, Any]:
        """Numbers by name, with arrays as nested lists."""
        return by_name(self.program.arrays, numbers)

    def rows(self, found: Minimum) -> Iterator[Sequence[Any]]:
        for name, x in found.params.items():
            yield name, x, found.grad[name]

    def lines(self, found: Minimum) -> Iterator[str]:
        for name, x in found.params.items():
            yield f"{name} {exact(x)}"
        yield f"value {exact(found.value)}"
        yield f"grad_norm {exact(found.grad_norm)}"

    def draw(self, found: Minimum, screen: Console) -> None:
        from micrograd_cli.render.minimize.table import draw

        draw(found, screen)
