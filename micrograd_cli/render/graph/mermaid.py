"""A graph in Mermaid's language, which Markdown pages draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd_cli.analysis.report import NodeRow
from micrograd_cli.render.graph.drawing import Drawing, captions, edges

PLAIN = " .,+-*/=()_%^:!?|"  # characters that stand for themselves between quotes


def mermaid(drawings: Sequence[Drawing], color: bool = True) -> str:
    """The drawings as one flowchart; each output is a subgraph if there are several."""
    lines = ["flowchart LR"]
    for index, drawing in reversed([*enumerate(drawings)]):  # left to right, the last is on top
        prefix = f"g{index}" if len(drawings) > 1 else ""
        body = list(statements(drawing, prefix, color and drawing.numbers))
        if prefix:
            title = f'subgraph {prefix}["{text(drawing.title)}"]'
            body = [title, "  direction LR", *indent(body), "end"]
        if color and drawing.numbers:
            body += legend(drawing, prefix)  # beside the graph: a nested one is drawn badly
        lines += indent(body)
    return "\n".join([*lines, ""])


def statements(drawing: Drawing, prefix: str, color: bool) -> Iterator[str]:
    for row in drawing.nodes.values():
        label = "<br>".join("&nbsp; ".join(map(text, line)) for line in captions(drawing, row))
        yield box(f"{prefix}n{row.id}", label, drawing, row, color)
    arrows, copies = edges(drawing)
    for name, number in copies.items():
        row = drawing.nodes[number]
        yield box(prefix + name, text(row.name), drawing, row, color)
    for operand, result in arrows:
        yield f"{prefix}{operand} --> {prefix}{result}"


def legend(drawing: Drawing, prefix: str) -> Iterator[str]:
    """A box for each colour that occurs, with its meaning."""
    colours = drawing.scale.legend()
    title = f"colour: gradient of {drawing.title}" if prefix else "colour: gradient"
    yield f'subgraph {prefix}legend["{text(title)}"]'
    for colour, meaning in colours:
        yield f'  {prefix}{colour.key}["{text(meaning)}"]:::{colour.key}'
    yield "end"
    yield f"style {prefix}legend fill:none,stroke:#b0b0b0"
    for colour, _ in colours:
        yield f"classDef {colour.key} fill:{colour.fill},stroke:#707070,color:#1a1a1a"


def box(name: str, label: str, drawing: Drawing, row: NodeRow, color: bool) -> str:
    opening, closing = ('(["', '"])') if row.op == "input" else ('["', '"]')
    return f"{name}{opening}{label}{closing}" + (f":::{drawing.colour(row).key}" if color else "")


def text(name: str) -> str:
    """Text between quotes; what Mermaid or HTML could read otherwise is a character reference."""
    return "".join(each if each.isalnum() or each in PLAIN else f"#{ord(each)};" for each in name)


def indent(lines: Sequence[str]) -> Iterator[str]:
    return ("  " + line for line in lines)
