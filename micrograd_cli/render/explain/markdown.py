"""An explanation as a page of Markdown: a heading, and three tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from micrograd_cli.analysis.explanation import Explanation, Step
from micrograd_cli.numbers import exact
from micrograd_cli.render.explain.phrases import Phrases
from micrograd_cli.render.markdown import code, table

Row = Sequence[str]


def page(explanation: Explanation, phrases: Phrases) -> Iterator[str]:
    """The lines of the page."""
    title = f"{explanation.name} = {explanation.report.expr}"
    yield from (f"## {code(title)}", "", "### Forward", "")
    yield from table(("node", "formula", "value"), forward(explanation.forward, phrases))
    if explanation.backward:
        header = ("node", "its gradient", "operand", "local derivative", "product")
        yield from ("", "### Backward", "")
        yield from table(header, backward(explanation.backward, phrases))
    if explanation.gradients:
        yield from ("", "### Gradient", "")
        yield from table(("by", "gradient"), gradients(explanation.gradients, phrases))


def forward(steps: Iterable[Step], phrases: Phrases) -> Iterator[Row]:
    for step in steps:
        yield code(step.name), code(step.formula), phrases.number(step.data)


def backward(steps: Iterable[Step], phrases: Phrases) -> Iterator[Row]:
    for step in steps:
        node = code(f"{step.name} = {step.formula}")
        gradient = phrases.sum(step) + phrases.number(step.grad)
        for share, operand in zip(step.passed, phrases.operands(step), strict=True):
            product = f"{phrases.product(step, share)} = {phrases.number(share.product)}"
            yield node, gradient, code(operand), code(phrases.rule(share)), product
            node = gradient = ""


def gradients(steps: Iterable[Step], phrases: Phrases) -> Iterator[Row]:
    for step in steps:
        yield code(step.name), phrases.sum(step) + exact(step.grad)
