"""A comparison, and the words of the commands that are compared."""

import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
PYTHON = sys.executable
MGRAD = [PYTHON, "-m", "micrograd_cli"]


class Row(NamedTuple):
    """Two commands, timed as whole processes; with `inner` they print what they measured.

    An inner command may print a number behind that, of what it computed: both must agree on it.
    """

    name: str
    ours: list[str]
    peer: list[str]
    reach: float  # of ours/peer: at most
    needs: str = ""  # the peer's module, or its program with `!` before it
    inner: bool = False
    pairs: int = 3
    unit: str = "s"


def inside(script, name, *arguments):
    """The command that runs a function of a script here."""
    return [PYTHON, str(HERE / script), name, *map(str, arguments)]
