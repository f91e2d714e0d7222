"""The phrases of an explanation: its numbers, rules, products and sums as text."""

from __future__ import annotations

from collections import Counter

from micrograd_cli.analysis.explanation import Share, Step
from micrograd_cli.numbers import rounded

TERMS = 6  # of a sum that are written out
LONG = 160  # characters: of a longer formula the beginning is shown


class Phrases:
    """Numbers rounded to some digits, and what is made of them."""

    def __init__(self, digits: int) -> None:
        self.digits = digits

    def number(self, x: float | None) -> str:
        return rounded(x, self.digits)

    def factor(self, x: float | None) -> str:
        """A number on the right of a sign."""
        text = self.number(x)
        return f"({text})" if text.startswith("-") else text

    def rule(self, share: Share) -> str:
        """The local derivative, as a formula and as a number."""
        number = self.number(share.derivative)
        formula, words = share.formula
        if formula == repr(share.derivative).removesuffix(".0"):
            return number
        if formula == words:
            return f"{formula} = {number}"
        return f"{number} = {words if len(words) <= LONG else words[: LONG - 3] + '...'}"

    def product(self, step: Step, share: Share) -> str:
        return f"{self.number(step.grad)} · {self.factor(share.derivative)}"

    def sum(self, step: Step) -> str:
        """`3 + 3 = ` of a node that several pass a share to, or nothing."""
        terms = [self.number(share.product) for share in step.received[:1]]
        terms += [self.factor(share.product) for share in step.received[1:]]
        if len(terms) < 2:
            return ""
        if len(terms) > TERMS:
            terms = [*terms[: TERMS - 2], f"... ({len(terms)} in all)"]
        return " + ".join(terms) + " = "

    def operands(self, step: Step) -> list[str]:
        """The operands that a node passes a share to; one that occurs twice is numbered."""
        uses = Counter(share.operand for share in step.passed)
        seen: Counter[str] = Counter()
        names = []
        for share in step.passed:
            name = share.operand
            seen[name] += 1
            names.append(f"{name} ({seen[name]})" if uses[name] > 1 else name)
        return names
