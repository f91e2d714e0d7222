"""The one table of formats, each with its writer, whose module is imported when it is needed."""

from __future__ import annotations

from importlib import import_module

from micrograd_cli.render import Style
from micrograd_cli.render.view import Result, View
from micrograd_cli.render.writers.base import Writer

WRITERS = {
    "table": "screen.Screen",
    "text": "screen.Screen",
    "tree": "screen.Screen",
    "json": "json.Json",
    "jsonl": "json.Json",
    "csv": "delimited.Delimited",
    "tsv": "delimited.Delimited",
    "plain": "plain.Plain",
    "markdown": "markdown.Markdown",
    "tap": "tap.Tap",
    "junit": "junit.JUnit",
    "github": "github.GitHub",
    "dot": "document.Document",
    "mermaid": "document.Document",
    "svg": "document.Document",
    "png": "document.Document",
    "pdf": "document.Document",
}


def writer(view: View[Result], style: Style) -> Writer[Result]:
    """What writes results with this view in the format of the style."""
    module, _, name = WRITERS[style.format].partition(".")
    home = import_module(f"{__name__}.{module}")
    make: type[Writer[Result]] = getattr(home, name)
    return make(view, style)
