"""An explanation: as fields, as text for a terminal, as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from micrograd_cli.analysis.explanation import Explanation, Share, Step
from micrograd_cli.language.block_values import by_name
from micrograd_cli.render.explain.markdown import page
from micrograd_cli.render.explain.phrases import Phrases
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console


class ExplanationView(View[Explanation]):
    """The explanation of one of `several` outputs, with numbers rounded to some digits."""

    spaced = True

    def __init__(self, digits: int, several: bool) -> None:
        self.phrases = Phrases(digits)
        self.several = several

    def fields(self, explanation: Explanation) -> dict[str, Any]:
        report = explanation.report
        grad = {step.name: step.grad for step in explanation.gradients}
        return {
            "output": report.output,
            "expr": report.expr,
            "name": explanation.name,
            "value": report.value,
            "forward": [
                {"node": step.name, "op": step.op, "formula": step.formula, "data": step.data}
                for step in explanation.forward
            ],
            "backward": [step_fields(step) for step in explanation.backward],
            "grad": by_name(report.arrays, grad),
            "warnings": [warning._asdict() for warning in report.warnings],
        }

    def markdown(self, explanation: Explanation) -> Iterable[str]:
        return page(explanation, self.phrases)

    def draw(self, explanation: Explanation, screen: Console) -> None:
        from micrograd_cli.render.explain.text import draw

        draw(explanation, screen, self.phrases, self.several)


def step_fields(step: Step) -> dict[str, Any]:
    return {
        "node": step.name,
        "grad": step.grad,
        "sum_of": [{"from": share.node, "product": share.product} for share in step.received],
        "passed": [share_fields(share) for share in step.passed],
    }


def share_fields(share: Share) -> dict[str, Any]:
    return {
        "to": share.operand,
        "formula": share.formula.text,
        "derivative": share.derivative,
        "product": share.product,
    }
