"""The example programs that come with mgrad."""

from __future__ import annotations

from micrograd_cli import resources
from micrograd_cli.errors import UsageError, suggestion


def names() -> list[str]:
    """The names of the example programs."""
    return [name[:-3] for name in resources.names("examples") if name.endswith(".mg")]


def text(name: str) -> str:
    """The text of an example; of a file that is not a program by its whole name: `loss.c`.

    Raises UsageError for an unknown name.
    """
    files = [file for file in resources.names("examples") if not file.startswith("_")]
    file = name if name in files else f"{name}.mg"
    if file not in files:
        known = names()
        raise UsageError(f"there is no example '{name}'", hint=suggestion(name, known))
    return resources.text("examples", file)
