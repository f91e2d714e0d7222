"""The context of a command line: its help is as wide as the terminal, within limits."""

from __future__ import annotations

from typing import Any

import click

NARROWEST, WIDEST = 20, 100  # columns of a help


class Help(click.HelpFormatter):
    """Folds at the width of the terminal, which click does not for less than 50 columns."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        import shutil  # whose import takes longer than to parse and evaluate an expression

        columns = shutil.get_terminal_size().columns
        settings["width"] = max(NARROWEST, min(columns, WIDEST)) - 2
        super().__init__(*arguments, **settings)


class Context(click.Context):
    """What click knows while it reads a command line."""

    formatter_class = Help
