"""A graph in Mermaid's language, which Markdown pages draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_cli.analysis.report import NodeRow
from micrograd_cli.errors import printable
from micrograd_cli.render.graph.dot import USUAL, Look
from micrograd_cli.render.graph.drawing import Drawing, captions, edges
from micrograd_cli.terminal.colours import Scale

PLAIN = " .,+-*/=()_%^:!?|"  # characters that stand for themselves between quotes


def mermaid(drawings: Sequence[Drawing], look: Look = USUAL) -> str:
    """The drawings as one flowchart; each output is a subgraph if there are several."""
    head = ["---", f"title: {text(look.title)}", "---"] if look.title else []
    lines = [*head, f"flowchart {look.direction}"]
    for index, drawing in reversed([*enumerate(drawings)]):  # left to right, the last is on top
        prefix = f"g{index}" if len(drawings) > 1 else ""
        body = list(statements(drawing, prefix, look.color and drawing.numbers))
        if prefix:
            title = f'subgraph {prefix}["{text(drawing.title)}"]'
            body = [title, f"  direction {look.direction}", *indent(body), "end"]
        lines += indent(body)
    if look.color and any(drawing.numbers for drawing in drawings):
        lines += indent(list(legend(drawings[0].scale, look.legend)))
    return "\n".join([*lines, ""])


def statements(drawing: Drawing, prefix: str, color: bool) -> Iterator[str]:
    for row in drawing.nodes.values():
        label = "<br>".join("&nbsp; ".join(map(text, line)) for line in captions(drawing, row))
        yield box(f"{prefix}n{row.id}", label, drawing, row, color)
    arrows, copies = edges(drawing)
    for name, number in copies.items():
        row = drawing.nodes[number]
        yield box(prefix + name, text(row.name), drawing, row, color)
    for operand, result, place in arrows:
        yield f"{prefix}{operand} -->{f'|{place}|' if place else ''} {prefix}{result}"


def legend(scale: Scale, shown: bool) -> Iterator[str]:
    """The colours, and if `shown` a box for each with its meaning."""
    colours = scale.legend()
    if shown:
        yield 'subgraph legend["colour: gradient"]'
        for colour, meaning in colours:
            yield f'  {colour.key}["{text(meaning)}"]:::{colour.key}'
        yield "end"
        yield "style legend fill:none,stroke:#b0b0b0"
    for colour, _ in colours:
        yield f"classDef {colour.key} fill:{colour.fill},stroke:#707070,color:#1a1a1a"


def box(name: str, label: str, drawing: Drawing, row: NodeRow, color: bool) -> str:
    opening, closing = ('(["', '"])') if row.op == "input" else ('["', '"]')
    return f"{name}{opening}{label}{closing}" + (f":::{drawing.colour(row).key}" if color else "")


def text(name: str) -> str:
    """Text between quotes; what Mermaid or HTML could read otherwise is a character reference."""
    return "".join(
        each if each.isalnum() or each in PLAIN else f"#{ord(each)};" for each in printable(name)
    )


def indent(lines: Sequence[str]) -> Iterator[str]:
    return ("  " + line for line in lines)
