"""An explanation as a person reads it: panels on a terminal, plain text in a pipe; by Rich."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from micrograd_cli.analysis.explanation import Explanation, Share, Step
from micrograd_cli.render.explain.phrases import Words
from micrograd_cli.terminal.colours import NEGATIVE, POSITIVE
from micrograd_cli.terminal.console import cell, console

WIDEST = 100  # columns of a line, if the terminal has as many
FRAME = 4  # columns that a panel takes
NARROW = 6  # columns by which the right column is indented where it does not fit
RIGHT = 33  # columns that a product takes: two factors and what they give
ASCII = str.maketrans({"∂": "d", "·": "*"})
Line = tuple[Text, Text]  # its left and right column


class Teller:
    """Tells explanations, with numbers rounded to some digits."""

    def __init__(self, color: str, digits: int) -> None:
        self.console = console(color)
        self.words = Words(digits)
        self.framed = sys.stdout.isatty()
        self.told = 0

    def tell(self, explanation: Explanation, several: bool) -> None:
        """Print one explanation, under its expression if there are several."""
        if self.told:
            self.console.print()
        self.told += 1
        if several:
            self.console.print(cell(explanation.report.expr + ":"), style="bold")
        parts = {
            "Forward": [*self.forward(explanation.forward)],
            "Backward": [*self.backward(explanation)] if explanation.backward else [],
            "Gradient": [*self.gradients(explanation)],
        }
        for index, title in enumerate(title for title, lines in parts.items() if lines):
            self.part(title, parts[title], gap=index > 0)

    def part(self, title: str, lines: list[Line], gap: bool) -> None:
        if gap and not self.framed:
            self.console.print()
        heading, body = Text(title, "bold"), self.laid_out(lines)
        if self.framed:
            self.console.print(Panel(Group(*body), title=heading, title_align="left"))
        elif self.console.color_system:
            self.console.print(heading, *body, sep="\n")
        else:
            print(title, *(text.plain for text in body), sep="\n")

    def laid_out(self, lines: list[Line]) -> Iterator[Text]:
        """The lines in two columns; what is too long for them has its right one line below."""
        indent = "" if self.framed else "  "
        room = min(self.console.width, WIDEST) - FRAME
        most = max(RIGHT, room - RIGHT)
        widths = [left.cell_len for left, right in lines if right]
        width = max((n for n in widths if n <= most), default=0)
        for left, right in lines:
            start = width + 2
            if right and (left.cell_len > width or start + right.cell_len > room):
                yield Text.assemble(indent, left)
                start = start if start + right.cell_len <= room else NARROW
                left = Text()
            gap = " " * (start - left.cell_len) if right else ""
            yield self.plain(Text.assemble(indent, left, gap, right))

    def plain(self, text: Text) -> Text:
        """The text without symbols where the terminal knows only ASCII."""
        if self.console.options.ascii_only:
            text.plain = text.plain.translate(ASCII)
        return text

    # --- lines --------------------------------------------------------------------------------

    def forward(self, steps: Iterable[Step]) -> Iterator[Line]:
        for step in steps:
            style = "bold" if step.formula else "bold cyan"
            left = Text.assemble((shown(step.name), style), " = ", shown(step.formula))
            value = self.words.number(step.data)
            if step.formula:
                yield left, Text(f"= {value}")
            else:
                yield left.append(value), Text()

    def backward(self, explanation: Explanation) -> Iterator[Line]:
        dim = "dim italic"
        yield Text("node", dim), Text("its gradient", dim)
        yield Text("  by operand: local derivative", dim), Text("gradient · local derivative", dim)
        for step in explanation.backward:
            left = Text.assemble((shown(step.name), "bold"), " = ", shown(step.formula))
            yield left, self.gradient(explanation.name, step, self.words.number(step.grad))
            for share, operand in zip(step.passed, self.words.operands(step), strict=True):
                left = Text(f"  by {shown(operand)}: {shown(self.words.rule(share))}")
                yield left, self.product(step, share)

    def product(self, step: Step, share: Share) -> Text:
        text = Text(self.words.product(step, share) + " = ")
        return text.append(self.words.number(share.product), tint(share.product))

    def gradients(self, explanation: Explanation) -> Iterator[Line]:
        for step in explanation.gradients:
            yield self.gradient(explanation.name, step, repr(step.grad)), Text()

    def gradient(self, result: str, step: Step, total: str) -> Text:
        """`∂f/∂a = 3 + 3 = 6`: the sum of what the node has been passed."""
        text = Text(f"∂{shown(result)}/∂{shown(step.name)} = {self.words.sum(step)}")
        return text.append(total, f"bold {tint(step.grad)}")


def shown(text: str) -> str:
    return cell(text).plain


def tint(x: float | None) -> str:
    return "" if not x else (POSITIVE if x > 0 else NEGATIVE)[1].style
