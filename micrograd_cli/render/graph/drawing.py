"""A graph to draw: the nodes that an output depends on, each with the text and colour it gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd_cli.analysis.report import NodeRow, Report
from micrograd_cli.numbers import rounded
from micrograd_cli.ops import OPS
from micrograd_cli.terminal.colours import Colour, Scale

LEAVES = ("input", "const")
NAME_LENGTH = 26  # of a name in a box
DIGITS = 4  # of a number in a box, unless asked for others
SYMMETRIC = ("+", "*", "==", "!=")  # infix operators whose operands may change places
FAR = 8  # steps: an input is drawn again for uses that are further apart


class Drawing(NamedTuple):
    """The graph of one output. Without `numbers` it is the structure alone."""

    title: str
    nodes: dict[int, NodeRow]  # operands before results
    root: int
    numbers: bool
    scale: Scale
    cut: set[int]  # nodes whose operands are left out, being too deep
    digits: int | None = None  # of the numbers; None is what the format has
    whole: bool = True  # whether a node's operands are those of its operation

    def colour(self, row: NodeRow) -> Colour:
        """The colour of a node."""
        return self.scale.colour(row.grad)


def drawing(
    report: Report, numbers: bool = True, depth: int | None = None, digits: int | None = None
) -> Drawing:
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
    title = report.output or report.expr
    return Drawing(title, nodes, report.root, numbers, scale, cut, digits)


def with_one_scale(drawings: Sequence[Drawing]) -> list[Drawing]:
    """The drawings with the colours of all their gradients together, for one legend."""
    rows = (row for each in drawings for row in each.nodes.values())
    scale = Scale(row.grad for row in rows)
    return [each._replace(scale=scale) for each in drawings]


class Arrow(NamedTuple):
    """An edge between names of boxes; `place` says which operand it is, where that matters."""

    operand: str
    result: str
    place: int = 0


def edges(drawing: Drawing) -> tuple[list[Arrow], dict[str, int]]:
    """The edges from operand to result, in operand order; `a*a` has two.

    An edge across half the picture helps nobody: a leaf that is used there too is drawn once more.
    The dictionary has the names of those copies, each with the id of its leaf.
    """
    depths: dict[int, int] = {}
    for number, row in drawing.nodes.items():
        depths[number] = 1 + max((depths.get(arg, 0) for arg in row.args), default=0)
    arrows: list[Arrow] = []
    copies: dict[str, int] = {}
    latest: dict[int, tuple[str, int]] = {}  # of a leaf: its last box, and the depth of its use
    for number, row in drawing.nodes.items():
        marked = drawing.whole and has_order(row)
        for place, arg in enumerate(row.args, 1):
            if arg not in drawing.nodes:
                continue
            box, used = latest.get(arg, (f"n{arg}", depths[number]))
            if drawing.nodes[arg].op in LEAVES and abs(depths[number] - used) > FAR:
                box, used = f"n{arg}_{len(copies)}", depths[number]
                copies[box] = arg
            latest[arg] = box, used
            arrows.append(Arrow(box, f"n{number}", place if marked else 0))
    return arrows, copies


def has_order(row: NodeRow) -> bool:
    """Whether the operands of a node may not change places, as those of `-`, `/` and `^`."""
    if row.shape or len(set(row.args)) < 2 or row.op in SYMMETRIC:
        return False
    op = OPS.get(row.op)
    return op is not None and not op.variadic


def short_name(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 3] + "..."


def captions(drawing: Drawing, row: NodeRow) -> list[list[str]]:
    """The text of a box, as lines of one or two fields: its name and op, its data and grad."""
    digits = drawing.digits or DIGITS
    first = [short_name(row.name), row.op][: 1 if row.op in LEAVES else 2]
    if row.shape:
        first.insert(1, " x ".join(map(str, row.shape)))
        if row.grad is None or not drawing.numbers:
            return [first]
        return [first, [f"|grad| {rounded(row.grad, digits)}"]]
    if not drawing.numbers or (row.op == "const" and row.grad is None):
        return [first]
    second = [f"data {rounded(row.data, digits)}"]
    if row.grad is not None:
        second.append(f"grad {rounded(row.grad, digits)}")
    return [first, second]


def tooltip(row: NodeRow, numbers: bool) -> str:
    """What a box has no room for: the whole name, and every digit."""
    if row.shape:
        what = f"{row.name}: array of shape {row.shape}"
        return what if row.grad is None or not numbers else f"{what}, |grad| {row.grad!r}"
    grad = "" if row.grad is None else f", grad {row.grad!r}"
    return f"{row.name}: data {row.data!r}{grad}" if numbers else row.name
