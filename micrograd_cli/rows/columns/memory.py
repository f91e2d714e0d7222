"""Memory between blocks: the system's allocator is asked to keep what it would give back."""

from __future__ import annotations

import ctypes
from contextlib import suppress

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
KEPT = 1 << 26  # bytes: more than the largest array of a block


def keep_memory() -> None:
    """Let arrays of one block take the pages of the last one, where the C library is glibc.

    It would return large pieces to the system and fetch them anew, a page fault each 4096 bytes.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        for parameter in (MMAP_THRESHOLD, TRIM_THRESHOLD):
            mallopt(parameter, KEPT)
