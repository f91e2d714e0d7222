"""An explanation as Markdown: a heading for each output, and three tables."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from micrograd_cli.analysis.explanation import Explanation, Step
from micrograd_cli.render.explain.phrases import Words
from micrograd_cli.render.markdown import code, table


class Page:
    """Writes explanations one below the other."""

    def __init__(self, digits: int) -> None:
        self.words = Words(digits)
        self.written = 0

    def tell(self, explanation: Explanation, several: bool) -> None:
        """Print one explanation."""
        lines = [""] if self.written else []
        self.written += 1
        title = f"{explanation.name} = {explanation.report.expr}"
        lines += [f"## {code(title)}", "", "### Forward", ""]
        lines += table(("node", "formula", "value"), self.forward(explanation.forward))
        if explanation.backward:
            header = ("node", "its gradient", "operand", "local derivative", "product")
            lines += ["", "### Backward", "", *table(header, self.backward(explanation))]
        if explanation.gradients:
            lines += ["", "### Gradient", ""]
            lines += table(("by", "gradient"), self.gradients(explanation.gradients))
        page = "\n".join([*lines, ""])
        sys.stdout.buffer.write(page.encode())

    def forward(self, steps: Iterable[Step]) -> Iterator[Sequence[str]]:
        for step in steps:
            yield code(step.name), code(step.formula), self.words.number(step.data)

    def backward(self, explanation: Explanation) -> Iterator[Sequence[str]]:
        words = self.words
        for step in explanation.backward:
            node = code(f"{step.name} = {step.formula}")
            gradient = words.sum(step) + words.number(step.grad)
            for share, operand in zip(step.passed, words.operands(step), strict=True):
                product = f"{words.product(step, share)} = {words.number(share.product)}"
                yield node, gradient, code(operand), code(words.rule(share)), product
                node = gradient = ""

    def gradients(self, steps: Iterable[Step]) -> Iterator[Sequence[str]]:
        for step in steps:
            yield code(step.name), self.words.sum(step) + repr(step.grad)
