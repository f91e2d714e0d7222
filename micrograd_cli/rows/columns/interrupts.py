"""Ctrl-C beside Polars."""

from __future__ import annotations

import signal


def hear_interrupts() -> None:
    """Let Ctrl-C end a read that waits: Polars, once imported, has the system begin it again."""
    if hasattr(signal, "siginterrupt"):  # pragma: no branch: Windows has none
        signal.siginterrupt(signal.SIGINT, True)
