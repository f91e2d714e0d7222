"""The graph of an output: a tree on the terminal, or a picture of all outputs in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from micrograd_cli.render.graph.dot import USUAL, Look, dot
from micrograd_cli.render.graph.drawing import Drawing
from micrograd_cli.render.graph.mermaid import mermaid
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console

    from micrograd_cli.terminal.colours import Scale


class GraphView(View[Drawing]):
    """The drawing of one of `several` outputs, with the look that is asked for."""

    spaced = True

    def __init__(self, several: bool, look: Look = USUAL) -> None:
        self.several = several
        self.look = look
        self.scale: Scale | None = None  # of the trees that are drawn

    def draw(self, drawing: Drawing, screen: Console) -> None:
        from micrograd_cli.render.graph.tree import draw

        draw(drawing, screen, self.several)
        self.scale = drawing.scale if drawing.numbers else None

    def draw_end(self, screen: Console) -> None:
        """One legend for all trees: their drawings have one scale (`drawing.with_one_scale`)."""
        from micrograd_cli.render.graph.tree import legend

        if self.scale and self.look.legend and screen.color_system:
            if self.several:
                screen.print()
            screen.print(legend(self.scale))

    def document(self, drawings: Sequence[Drawing], format_: str) -> bytes:
        """All drawings as `dot`, `mermaid`, `svg`, `png` or `pdf`. Raises MgradError."""
        if format_ == "mermaid":
            return mermaid(drawings, self.look).encode()
        source = dot(drawings, self.look)
        if format_ == "dot":
            return source.encode()
        from micrograd_cli.render.graph.picture import picture

        return picture(source, format_, sum(len(drawing.nodes) for drawing in drawings))
