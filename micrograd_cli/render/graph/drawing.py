"""A graph to draw: the nodes that an output depends on, each with the text and colour it gets."""

from __future__ import annotations

from typing import NamedTuple

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.numbers import rounded
from micrograd_cli.terminal.colours import Colour, Scale

LEAVES = ("input", "const")
NAME_LENGTH = 26  # of a name in a box
DIGITS = 4  # of a number in a box
FAR = 8  # steps: an input is drawn again for uses that are further apart


class Drawing(NamedTuple):
    """The graph of one output. Without `numbers` it is the structure alone."""

    title: str
    nodes: dict[int, NodeRow]  # operands before results
    root: int
    numbers: bool
    scale: Scale
    cut: set[int]  # nodes whose operands are left out, being too deep

    def colour(self, row: NodeRow) -> Colour:
        """The colour of a node."""
        return self.scale.colour(row.grad)


def drawing(report: Report, numbers: bool = True, depth: int | None = None) -> Drawing:
    """What to draw of a report that holds all its nodes: those within `depth` steps of the root."""
    rows = {row.id: row for row in report.nodes}
    needed, level, steps = {report.root}, [report.root], 0
    while level and steps != depth:
        level = list(dict.fromkeys(a for n in level for a in rows[n].args if a not in needed))
        needed.update(level)
        steps += 1
    nodes = {number: row for number, row in rows.items() if number in needed}
    cut = {n for n, row in nodes.items() if not needed.issuperset(row.args)}
    scale = Scale(row.grad for row in nodes.values())
    return Drawing(report.output or report.expr, nodes, report.root, numbers, scale, cut)


def edges(drawing: Drawing) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """The edges from operand to result, in operand order, between names of boxes; `a*a` has two.

    An edge across half the picture helps nobody: a leaf that is used there too is drawn once more.
    The dictionary has the names of those copies, each with the id of its leaf.
    """
    depths: dict[int, int] = {}
    for number, row in drawing.nodes.items():
        depths[number] = 1 + max((depths.get(arg, 0) for arg in row.args), default=0)
    arrows: list[tuple[str, str]] = []
    copies: dict[str, int] = {}
    latest: dict[int, tuple[str, int]] = {}  # of a leaf: its last box, and the depth of its use
    for number, row in drawing.nodes.items():
        for arg in [arg for arg in row.args if arg in drawing.nodes]:
            box, used = latest.get(arg, (f"n{arg}", depths[number]))
            if drawing.nodes[arg].op in LEAVES and abs(depths[number] - used) > FAR:
                box, used = f"n{arg}_{len(copies)}", depths[number]
                copies[box] = arg
            latest[arg] = box, used
            arrows.append((box, f"n{number}"))
    return arrows, copies


def short_name(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 3] + "..."


def captions(drawing: Drawing, row: NodeRow) -> list[list[str]]:
    """The text of a box, as lines of one or two fields: its name and op, its data and grad."""
    first = [short_name(row.name), row.op][: 1 if row.op in LEAVES else 2]
    if row.shape:
        first.insert(1, " x ".join(map(str, row.shape)))
        if row.grad is None or not drawing.numbers:
            return [first]
        return [first, [f"|grad| {rounded(row.grad, DIGITS)}"]]
    if not drawing.numbers or (row.op == "const" and row.grad is None):
        return [first]
    second = [f"data {rounded(row.data, DIGITS)}"]
    if row.grad is not None:
        second.append(f"grad {rounded(row.grad, DIGITS)}")
    return [first, second]


def tooltip(row: NodeRow, numbers: bool) -> str:
    """What a box has no room for: the whole name, and every digit."""
    if row.shape:
        what = f"{row.name}: array of shape {row.shape}"
        return what if row.grad is None or not numbers else f"{what}, |grad| {row.grad!r}"
    grad = "" if row.grad is None else f", grad {row.grad!r}"
    return f"{row.name}: data {row.data!r}{grad}" if numbers else row.name
