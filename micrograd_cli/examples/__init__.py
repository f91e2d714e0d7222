"""The example programs that come with mgrad."""

from __future__ import annotations

import os

from micrograd_cli.errors import UsageError, suggestion

FOLDER = os.path.dirname(os.path.abspath(__file__))


def names() -> list[str]:
    """The names of the example programs."""
    return sorted(name[:-3] for name in os.listdir(FOLDER) if name.endswith(".mg"))


def text(name: str) -> str:
    """The text of an example; of a file that is not a program by its whole name: `loss.c`.

    Raises UsageError for an unknown name.
    """
    files = [file for file in os.listdir(FOLDER) if not file.startswith("_")]
    file = name if name in files else f"{name}.mg"
    if file not in files:
        known = names()
        raise UsageError(f"there is no example '{name}'", hint=suggestion(name, known))
    with open(os.path.join(FOLDER, file), encoding="utf-8") as stream:
        return stream.read()
