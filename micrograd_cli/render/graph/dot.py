"""A graph in Graphviz's language, DOT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from micrograd_cli.analysis.report import NodeRow
from micrograd_cli.errors import printable
from micrograd_cli.render.graph.drawing import (
    Drawing,
    captions,
    edges,
    tooltip,
)
from micrograd_cli.terminal.colours import Scale

# Transparent, with grey lines and dark text on light boxes: it reads on a light and a dark page.
# nslimit keeps the time to lay out a large graph within reason.
HEAD = """\
digraph mgrad {
  graph [rankdir=%s, ordering=in, bgcolor=transparent, nodesep=0.2, ranksep=0.4, nslimit=2,
         nslimit1=2, fontname="Helvetica,Arial,sans-serif", fontsize=11, fontcolor="#808080"]
  node [shape=Mrecord, style=filled, fillcolor="#ffffff", color="#707070", height=0.3,
        fontname="Helvetica,Arial,sans-serif", fontsize=11, fontcolor="#1a1a1a",
        margin="0.1,0.05"]
  edge [color="#808080", arrowsize=0.6, fontname="Helvetica,Arial,sans-serif", fontsize=9,
        fontcolor="#808080", labeldistance=1.2]"""


class Look(NamedTuple):
    """What is asked of a picture."""

    color: bool = True
    legend: bool = True
    title: str = ""
    direction: str = "LR"  # from left to right; TB, RL, BT


USUAL = Look()


def dot(drawings: Sequence[Drawing], look: Look = USUAL) -> str:
    """The drawings, of one scale, as one digraph; each output is a cluster if there are several."""
    lines = [HEAD % look.direction]
    if look.title:
        lines.append(f"  graph [label={quote(look.title)}, labelloc=t, fontsize=16]")
    if look.color and look.legend and any(drawing.numbers for drawing in drawings):
        lines += ["  " + line for line in legend(drawings[0].scale)]  # at the foot
    for index, drawing in reversed([*enumerate(drawings)]):  # left to right, the last is on top
        prefix = f"g{index}" if len(drawings) > 1 else ""
        body = list(statements(drawing, prefix, look.color))
        if prefix:
            label = f'  label={quote(drawing.title)}; color="#b0b0b0"'
            body = [f"subgraph cluster_{prefix} {{", label, *("  " + line for line in body), "}"]
        lines += ["  " + line for line in body]
    return "\n".join([*lines, "}", ""])


def statements(drawing: Drawing, prefix: str, color: bool) -> Iterator[str]:
    color = color and drawing.numbers
    for row in drawing.nodes.values():
        fill = drawing.colour(row).fill if color else ""
        yield f"{prefix}n{row.id} [{', '.join(attributes(drawing, row, fill))}]"
    arrows, copies = edges(drawing)
    for name, number in copies.items():
        row = drawing.nodes[number]
        fill = f', fillcolor="{drawing.colour(row).fill}"' if color else ""
        yield f'{prefix}{name} [label="{field(row.name)}", style="filled,dashed"{fill}]'
    for operand, result, place in arrows:
        mark = f' [headlabel="{place}"]' if place else ""
        yield f"{prefix}{operand} -> {prefix}{result}{mark}"


def attributes(drawing: Drawing, row: NodeRow, fill: str) -> Iterator[str]:
    label = "|".join("{" + "|".join(map(field, line)) + "}" for line in captions(drawing, row))
    yield f'label="{label}"'
    if fill:
        yield f'fillcolor="{fill}"'
    if row.op == "input" or row.id == drawing.root:
        yield "penwidth=2"
    if row.id in drawing.cut:
        yield 'style="filled,dashed"'
    yield f"tooltip={quote(tooltip(row, drawing.numbers))}"


def legend(scale: Scale) -> Iterator[str]:
    """A small box for each colour that occurs, with its meaning."""
    yield "subgraph cluster_legend {"
    yield '  label="colour: gradient"; labelloc=t; fontsize=11; style=dotted; color="#b0b0b0"'
    yield "  node [shape=box, style=filled, fontsize=9, height=0.2, penwidth=0.5]"
    colours = scale.legend()
    for index, (colour, meaning) in enumerate(colours):
        yield f'  legend{index} [label="{meaning}", fillcolor="{colour.fill}"]'
    chain = " -> ".join(f"legend{index}" for index in reversed(range(len(colours))))
    yield f"  {{ rank=same; edge [style=invis]; {chain} }}"
    yield "}"


def quote(text: str) -> str:
    """A string of DOT. A backslash is doubled, or Graphviz would read an escape."""
    return '"' + plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def field(text: str) -> str:
    """Text in a field of a record, where more characters have a meaning."""
    return "".join("\\" + each if each in '\\"{}|<> ' else each for each in plain(text))


def plain(text: str) -> str:
    """Text on one line, without controls and what Graphviz would read as an entity of HTML."""
    return printable(" ".join(text.split())).replace("&", "&amp;")
