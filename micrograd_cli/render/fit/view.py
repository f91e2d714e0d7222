"""A fit: its parameters, how sure they are, and why it stopped. The manual documents the fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.estimation.fitting.result import Fit
from micrograd_cli.language.block_values import by_name
from micrograd_cli.language.program import Program
from micrograd_cli.numbers import exact
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console

NUMBERS = ("rss", "rows", "dof", "reduced_chi2", "r2", "aic", "bic")


class FitView(View[Fit]):
    """A fit of a program to targets, which are known by their texts."""

    header = ("parameter", "value", "stderr", "low", "high", "relative")

    def __init__(self, program: Program, targets: Sequence[str], digits: int) -> None:
        self.program = program
        self.targets = targets
        self.digits = digits

    def fields(self, fit: Fit) -> dict[str, Any]:
        names = [each.name for each in fit.parameters]
        found = {
            "params": self.folded({**fit.values, **fit.fixed}),
            "stderr": self.folded({each.name: each.stderr for each in fit.parameters}),
            "interval": self.folded({each.name: each.interval for each in fit.parameters}),
            "coverage": fit.coverage,
            "correlation": {"names": names, "matrix": fit.correlation},
            **{name: getattr(fit, name) for name in NUMBERS},
            "converged": fit.converged,
            "stop": fit.stop,
            "evaluations": fit.evaluations,
            "warnings": [each._asdict() for each in fit.warnings],
        }
        if fit.absolute:
            found["absolute_sigma"] = True
        if fit.loss != "linear":
            found |= {"loss": fit.loss, "loss_scale": fit.loss_scale}
        if fit.starts[0] > 1:
            found["starts"] = {"tried": fit.starts[0], "alike": fit.starts[1]}
        if fit.certain is not None:
            found["certain"] = {key: self.folded(texts) for key, texts in fit.certain.items()}
        if any(each.profile for each in fit.parameters):
            found["profile"] = self.folded({each.name: each.profile for each in fit.parameters})
        return found

    def folded(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """What is told of each parameter, with arrays as nested lists."""
        return by_name(self.program.arrays, numbers)

    def rows(self, fit: Fit) -> Iterator[Sequence[Any]]:
        for each in fit.parameters:
            low, high = each.interval or (None, None)
            yield each.name, each.value, each.stderr, low, high, each.relative
        for name, value in fit.fixed.items():
            yield name, value, None, None, None, None

    def lines(self, fit: Fit) -> Iterator[str]:
        for name, value in {**fit.values, **fit.fixed}.items():
            yield f"{name} {exact(value)}"
        for each in fit.parameters:
            if each.stderr is not None:
                yield f"stderr.{each.name} {exact(each.stderr)}"
        for name in NUMBERS:
            if getattr(fit, name) is not None:
                yield f"{name} {exact(getattr(fit, name))}"

    def draw(self, fit: Fit, screen: Console) -> None:
        from micrograd_cli.render.fit.table import draw

        outputs = [self.program.expression(output) for output in self.program.outputs]
        draw(fit, list(zip(outputs, self.targets, strict=True)), screen, self.digits)
