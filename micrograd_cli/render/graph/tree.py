"""A graph as a tree on the terminal, drawn by Rich: the output above, its operands below it."""

from __future__ import annotations

from collections import Counter, deque

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from micrograd_cli.analysis.report import NodeRow
from micrograd_cli.numbers import rounded
from micrograd_cli.render.graph.drawing import LEAVES, Drawing
from micrograd_cli.terminal.colours import NONE, ZERO, Scale
from micrograd_cli.terminal.console import cell

DIGITS = 6
STEP = 4  # columns by which an operand is indented
DEEPEST = 20  # levels of one tree, or fewer on a narrow terminal: what is deeper begins another


def draw(drawing: Drawing, screen: Console, several: bool) -> None:
    """Print a drawing, below its title if there are several.

    A node that is shared appears once, and is referred to after that.
    """
    if several:
        screen.print(Text(f"{cell(drawing.title)}:"))
    Forest(drawing, screen).print()


class Forest:
    """One drawing as trees: that of the output, and those of nodes that lie too deep in it."""

    def __init__(self, drawing: Drawing, screen: Console) -> None:
        self.drawing = drawing
        self.digits = drawing.digits or DIGITS
        self.screen = screen
        uses = Counter(arg for row in drawing.nodes.values() for arg in row.args)
        self.shared = {number for number, n in uses.items() if n > 1}
        self.levels = max(2, min(DEEPEST, screen.width // 2 // STEP))
        self.seen: set[int] = set()
        self.roots = deque([drawing.root])

    def print(self) -> None:
        while self.roots:
            root = self.roots.popleft()
            if root not in self.seen:
                self.screen.print(self.tree(root))

    def tree(self, root: int) -> Tree:
        """The tree of a node. Depth first: a shared node is shown where it is read first."""
        top = Tree("", hide_root=True, guide_style="dim")
        stack = [(top, root, 0)]
        while stack:
            parent, number, level = stack.pop()
            row = self.drawing.nodes[number]
            again, note = number in self.seen, self.note(row, level)
            branch = parent.add((cell(row.name) if again else self.label(row)).append(note, "dim"))
            if again:
                continue
            if row.args and level == self.levels:
                self.roots.append(number)
                continue
            if row.op != "const":
                self.seen.add(number)
            kept = [arg for arg in row.args if arg in self.drawing.nodes]
            stack += [(branch, arg, level + 1) for arg in reversed(kept)]
        return top

    def note(self, row: NodeRow, level: int) -> str:
        """Where the rest of a node is; a number by which it is referred to."""
        mark = f" #{row.id}" if row.args else ""
        if row.id in self.seen:
            return f"  (above{mark})"
        if row.args and level == self.levels:
            return f"  (below{mark})"
        if row.id in self.drawing.cut:
            return "  ..."
        begins = level == 0 and row.id != self.drawing.root
        return f" {mark}" if mark and (begins or row.id in self.shared) else ""

    def label(self, row: NodeRow) -> Text:
        """A line of the tree: the node's name and op, its data and grad."""
        style = "bold cyan" if row.op == "input" else "dim" if row.op == "const" else "bold"
        label = Text.assemble((cell(row.name).plain, style))
        if row.op not in LEAVES:
            label.append(f"  {row.op}", "dim")
        if self.drawing.numbers and row.op != "const":
            if row.shape:
                label.append(f"  {' x '.join(map(str, row.shape))}")
            else:
                label.append(f"  data {rounded(row.data, self.digits)}")
            if row.grad is not None:
                word = "|grad|" if row.shape else "grad"
                grad = rounded(row.grad, self.digits)
                label.append(f"  {word} {grad}", self.drawing.colour(row).style)
        return label


def legend(scale: Scale) -> Text:
    """The meaning of the colours, each in its colour."""
    line = Text.assemble(("colour: ", "dim"))
    entries = [e for e in scale.legend() if e[0].key not in (ZERO.key, NONE.key)]
    for index, (colour, meaning) in enumerate(entries):
        line.append(", " if index else "", "dim").append(meaning, colour.style)
    return line
