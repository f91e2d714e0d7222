"""Curves and fields: on the terminal, as rows, and as pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_cli.analysis.plotting import Field, Plot
from micrograd_cli.render.plot.figure import figure
from micrograd_cli.render.plot.layout import Cells, Look
from micrograd_cli.render.view import View

if TYPE_CHECKING:
    from rich.console import Console


class CurvesView(View[Plot]):
    """Curves along one input; a row of the table is a sample of one of them.

    `look` is for text, `size` in pixels for pictures.
    """

    def __init__(self, plot: Plot, look: Look | None, size: tuple[int, int]) -> None:
        self.look = look
        self.size = size
        settings = plot.curves[0].setting if plot.curves else {}
        self.header = [plot.along, *settings, "output", *(q.name for q in plot.columns)]

    def rows(self, plot: Plot) -> Iterable[Sequence[Any]]:
        for curve in plot.curves:
            for sample in curve.trace.samples:
                yield [sample.at, *curve.setting.values(), curve.output,
                       *(sample.numbers[q] for q in plot.shown)]  # fmt: skip

    def fields(self, plot: Plot) -> Any:
        return {
            "input": plot.along,
            "curves": [
                {
                    "output": curve.output,
                    "inputs": dict(curve.setting),
                    "events": [{"kind": e.kind, "at": e.at} for e in curve.trace.events],
                    "complete": curve.trace.complete,
                    "columns": [plot.along, *(q.name for q in plot.columns)],
                    "samples": [
                        [s.at, *(s.numbers[q] for q in plot.shown)] for s in curve.trace.samples
                    ],
                }
                for curve in plot.curves
            ],
        }

    def draw(self, plot: Plot, screen: Console) -> None:
        from micrograd_cli.render.plot.terminal import figure_lines

        assert self.look is not None
        show(figure_lines(figure(plot), self.look), screen)

    def document(self, plots: Sequence[Plot], format_: str) -> bytes:
        from micrograd_cli.render.plot.picture import curves_picture

        return curves_picture(figure(plots[0]), self.size, format_)


class FieldView(View[Field]):
    """An output of two inputs; a row of the table is a point of the grid."""

    def __init__(self, field: Field, look: Look | None, size: tuple[int, int]) -> None:
        self.look = look
        self.size = size
        self.header = [*field.names, "output", "value"]

    def rows(self, field: Field) -> Iterable[Sequence[Any]]:
        for x, y, value in field.points():
            yield [x, y, field.output, value]

    def fields(self, field: Field) -> Any:
        names = field.names
        return {
            "inputs": list(names),
            "output": field.output,
            "samples": [list(point) for point in field.points()],
            "gradients": [list(arrow) for arrow in field.arrows],
        }

    def draw(self, field: Field, screen: Console) -> None:
        from micrograd_cli.render.plot.heat import field_lines

        assert self.look is not None
        show(field_lines(field, self.look), screen)

    def document(self, fields: Sequence[Field], format_: str) -> bytes:
        from micrograd_cli.render.plot.picture import field_picture

        return field_picture(fields[0], self.size, format_)


def show(lines: Iterable[Cells], screen: Console) -> None:
    """Print lines of styled text."""
    from rich.text import Text

    for line in lines:
        screen.print(Text.assemble(*line), soft_wrap=True)
