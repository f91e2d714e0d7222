"""The bytes of a text table, wherever it is."""

from __future__ import annotations

from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.sources import is_remote


def open_input(path: str, dialect: Dialect) -> Input:
    """A file, standard input for `-`, or what is at an address. Raises DataError."""
    if not is_remote(path):
        return Input(path)
    found: Input = load("frames.remote:RemoteInput")(path, dict(dialect.storage))
    return found
