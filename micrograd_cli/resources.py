"""The texts that come with the package, in a folder or in a zip archive (`python -m zipapp`)."""

from __future__ import annotations

import os
from typing import Any

FOLDER = os.path.dirname(os.path.abspath(__file__))


def text(*path: str) -> str:
    """A file of the package as text: `text("manual", "diff.md")`. Raises OSError for a wrong name.

    The loader of the package reads it, as PEP 302 has it: importlib.resources takes as long to
    import as an evaluation.
    """
    loader: Any = __spec__.loader
    data: bytes = loader.get_data(os.path.normpath(os.path.join(FOLDER, *path)))
    return data.decode("utf-8").replace("\r\n", "\n")


def names(folder: str) -> list[str]:
    """The names of the files of one of the package's folders, sorted."""
    path = os.path.join(FOLDER, folder)
    if os.path.isdir(path):
        return sorted(os.listdir(path))
    from importlib.resources import files

    return sorted(each.name for each in files("micrograd_cli").joinpath(folder).iterdir())
