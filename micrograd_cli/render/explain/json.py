"""An explanation as JSON: an object for each output."""

from __future__ import annotations

from typing import Any

from micrograd_cli.analysis.explanation import Explanation, Share, Step
from micrograd_cli.render import Style
from micrograd_cli.render.records import Json


class ExplanationJson(Json):
    """Json's layout and numbers, for the fields of an explanation."""

    def __init__(self) -> None:
        super().__init__("json", Style())

    def tell(self, explanation: Explanation, several: bool) -> None:
        """Print one explanation."""
        report, number = explanation.report, self.number
        fields = {
            "output": report.output,
            "expr": report.expr,
            "name": explanation.name,
            "value": number(report.value),
            "forward": [
                {"node": s.name, "op": s.op, "formula": s.formula, "data": number(s.data)}
                for s in explanation.forward
            ],
            "backward": [self.step(step) for step in explanation.backward],
            "grad": {step.name: number(step.grad) for step in explanation.gradients},
            "warnings": [warning._asdict() for warning in report.warnings],
        }
        print(self.laid_out(fields))

    def step(self, step: Step) -> dict[str, Any]:
        return {
            "node": step.name,
            "grad": self.number(step.grad),
            "sum_of": [
                {"from": share.node, "product": self.number(share.product)}
                for share in step.received
            ],
            "passed": [self.share(share) for share in step.passed],
        }

    def share(self, share: Share) -> dict[str, Any]:
        return {
            "to": share.operand,
            "formula": share.formula.text,
            "derivative": self.number(share.derivative),
            "product": self.number(share.product),
        }
