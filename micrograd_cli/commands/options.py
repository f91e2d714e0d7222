"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

nonfinite_option: Decorator = click.option(
    "--nonfinite",
    type=click.Choice(["null", "string"]),
    default="null",
    show_default=True,
    help="What JSON has for inf and nan.",
)


def color_option(help_text: str = "Colour the table.") -> Decorator:
    return click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help=help_text,
    )
