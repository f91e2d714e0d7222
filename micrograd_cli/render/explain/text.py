"""An explanation as people read it: panels on a terminal, plain text in a pipe; by Rich."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from micrograd_cli.analysis.explanation import Explanation, Share, Step
from micrograd_cli.numbers import exact
from micrograd_cli.render.explain.phrases import Phrases
from micrograd_cli.terminal.colours import sign_style
from micrograd_cli.terminal.console import cell

WIDEST = 100  # columns of a line, if the terminal has as many
FRAME = 4  # columns that a panel takes
NARROW = 6  # columns by which the right column is indented where it does not fit
RIGHT = 33  # columns that a product takes: two factors and what they give
ASCII = str.maketrans({"∂": "d", "·": "*"})
Line = tuple[Text, Text]  # its left and right column


def draw(explanation: Explanation, screen: Console, phrases: Phrases, several: bool) -> None:
    """Print an explanation, under its expression if there are several."""
    if several:
        screen.print(cell(explanation.report.expr + ":"), style="bold")
    lines = Lines(explanation, phrases)
    parts = {
        "Forward": lines.forward(),
        "Backward": lines.backward(),
        "Gradient": lines.gradients(),
    }
    layout = Layout(screen)
    for title, part in parts.items():
        layout.print(title, list(part))


class Layout:
    """Prints the parts of an explanation, each in two columns: framed on a terminal."""

    def __init__(self, screen: Console) -> None:
        self.screen = screen
        self.framed = screen.file.isatty()
        self.first = True

    def print(self, title: str, lines: list[Line]) -> None:
        """Print a part under its title, if it has any lines."""
        if not lines:
            return
        if not (self.first or self.framed):
            self.screen.print()
        self.first = False
        heading, body = Text(title, "bold"), self.columns(lines)
        if self.framed:
            self.screen.print(Panel(Group(*body), title=heading, title_align="left"))
        elif self.screen.color_system:
            self.screen.print(heading, *body, sep="\n")
        else:
            print(title, *(text.plain for text in body), sep="\n")

    def columns(self, lines: list[Line]) -> Iterator[Text]:
        """The lines in two columns; what is too long for them has its right one line below."""
        indent = "" if self.framed else "  "
        room = min(self.screen.width, WIDEST) - FRAME
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
            yield self.without_symbols(Text.assemble(indent, left, gap, right))

    def without_symbols(self, text: Text) -> Text:
        """The text in ASCII where the terminal has no other characters."""
        if self.screen.options.ascii_only:
            text.plain = text.plain.translate(ASCII)
        return text


class Lines:
    """The lines of an explanation's parts."""

    def __init__(self, explanation: Explanation, phrases: Phrases) -> None:
        self.explanation = explanation
        self.phrases = phrases

    def forward(self) -> Iterator[Line]:
        for step in self.explanation.forward:
            name = escaped(step.name), "bold" if step.formula else "bold cyan"
            left = Text.assemble(name, " = ", escaped(step.formula))
            value = self.phrases.number(step.data)
            if step.formula:
                yield left, Text(f"= {value}")
            else:
                yield left.append(value), Text()

    def backward(self) -> Iterator[Line]:
        if not self.explanation.backward:
            return
        dim = "dim italic"
        yield Text("node", dim), Text("its gradient", dim)
        yield Text("  by operand: local derivative", dim), Text("gradient · local derivative", dim)
        for step in self.explanation.backward:
            left = Text.assemble((escaped(step.name), "bold"), " = ", escaped(step.formula))
            yield left, self.gradient(step, self.phrases.number(step.grad))
            for share, operand in zip(step.passed, self.phrases.operands(step), strict=True):
                left = Text(f"  by {escaped(operand)}: {escaped(self.phrases.rule(share))}")
                yield left, self.product(step, share)

    def product(self, step: Step, share: Share) -> Text:
        text = Text(self.phrases.product(step, share) + " = ")
        return text.append(self.phrases.number(share.product), style(share.product))

    def gradients(self) -> Iterator[Line]:
        for step in self.explanation.gradients:
            yield self.gradient(step, exact(step.grad)), Text()

    def gradient(self, step: Step, total: str) -> Text:
        """`∂f/∂a = 3 + 3 = 6`: the sum of what the node has been passed."""
        result = escaped(self.explanation.name)
        text = Text(f"∂{result}/∂{escaped(step.name)} = {self.phrases.sum(step)}")
        return text.append(total, f"bold {style(step.grad)}")


def escaped(text: str) -> str:
    """The text as the stream can show it."""
    return cell(text).plain


def style(x: float | None) -> str:
    """The colour of a number's sign; 0 has none."""
    return sign_style(x) if x else ""
