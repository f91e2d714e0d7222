"""How a report looks: one file per kind of output. Nothing here knows the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from micrograd_cli.analysis.report import Report

FORMATS = ["table", "json", "jsonl", "csv", "tsv", "plain"]


class Style(NamedTuple):
    """What the options ask of a rendering."""

    color: str = "auto"
    nonfinite: str = "null"  # what JSON has for inf and nan: null, or a string
    selectors: tuple[str, ...] = ()  # print these numbers alone
    ranked: bool = False  # the inputs are in order of what they matter


class Renderer(Protocol):
    """Writes reports to standard output, one after another."""

    def write(self, report: Report) -> None: ...


def renderer(format_: str, style: Style) -> Renderer:
    """The renderer of a format. Only the table's imports Rich."""
    if style.selectors:
        from micrograd_cli.render.records import Selected

        return Selected(style.selectors)
    if format_ == "table" and style.ranked:
        from micrograd_cli.render.bars import Ranking

        return Ranking(style.color)
    if format_ == "table":
        from micrograd_cli.render.table import Tables

        return Tables(style.color)
    from micrograd_cli.render.records import RECORDS

    return RECORDS[format_](format_, style)
