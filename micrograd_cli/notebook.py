"""What a notebook shows of a Value and of a Program: text, a table, a picture of few nodes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from html import escape
from typing import Any

from micrograd_cli.analysis.report import NodeRow, reports, structures
from micrograd_cli.engine import Value
from micrograd_cli.errors import MgradError
from micrograd_cli.language.program import Program
from micrograd_cli.nodes import topological_order
from micrograd_cli.numbers import exact
from micrograd_cli.render.graph.dot import dot
from micrograd_cli.render.graph.drawing import Drawing, drawing, with_one_scale
from micrograd_cli.terminal.colours import Scale

MOST_DRAWN = 200  # nodes of a picture
MOST_ROWS = 200  # of a table


def install() -> None:
    """Give both classes what IPython asks for."""
    Value._repr_mimebundle_ = bundle_of_value  # type: ignore[attr-defined]
    Program._repr_mimebundle_ = bundle_of_program  # type: ignore[attr-defined]


def bundle_of_value(self: Value, include: Any = None, exclude: Any = None) -> dict[str, str]:
    """A graph of Values, with the data and the gradients that it has now."""
    inner = topological_order(self)
    nodes = list(dict.fromkeys([arg for node in inner for arg in node.args if arg.left is None]))
    nodes += inner or ([] if nodes else [self])
    numbers = {node: number for number, node in enumerate(nodes)}
    rows = [
        NodeRow(
            number, node.label or f"v{number}", node.op.name,
            [numbers[arg] for arg in node.args], node.data, node.grad,
        )
        for node, number in numbers.items()
    ]  # fmt: skip
    scale = Scale(row.grad for row in rows)
    whole = Drawing(
        self.label or repr(self), dict(enumerate(rows)), numbers[self], True, scale, set()
    )
    return bundle(repr(self), rows, [whole])


def bundle_of_program(self: Program, include: Any = None, exclude: Any = None) -> dict[str, str]:
    """A program at its defaults, or without numbers where an input has none."""
    bound = all(name in self.defaults for name in self.inputs)
    found = list(reports(self) if bound else structures(self))
    rows = list(dict.fromkeys(row.name for report in found for row in report.nodes))
    first = {row.name: row for report in reversed(found) for row in report.nodes}
    return bundle(repr(self), [first[name] for name in rows], [drawing(r, bound) for r in found])


def bundle(text: str, rows: Sequence[NodeRow], drawings: Sequence[Drawing]) -> dict[str, str]:
    """The text, a table of the rows, and the drawings where Graphviz is there to make them."""
    found = {"text/plain": text, "text/html": table(rows)}
    nodes = sum(len(each.nodes) for each in drawings)
    if nodes <= MOST_DRAWN:
        from micrograd_cli.render.graph.picture import picture

        drawings = with_one_scale(drawings)
        with suppress(MgradError):  # without Graphviz the table says it all
            found["image/svg+xml"] = picture(dot(drawings), "svg", nodes).decode()
    return found


def table(rows: Sequence[NodeRow]) -> str:
    """The rows as HTML: name, op, data and gradient."""
    lines = ["<table><thead><tr><th>node<th>op<th>data<th>grad</thead><tbody>"]
    for row in rows[:MOST_ROWS]:
        data = "" if row.data != row.data and row.grad is None else exact(row.data)
        words = [escape(word) for word in (row.name, row.op, data, exact(row.grad))]
        lines.append("<tr><td>" + "<td>".join(words))
    left = len(rows) - MOST_ROWS
    more = f"<caption>{left:,} more nodes</caption>" if left > 0 else ""
    return "\n".join([*lines, f"</tbody>{more}</table>"])
