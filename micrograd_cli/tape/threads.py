"""Work on several cores: how many there are, and how to keep the results in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, local
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")


OWN = (
    local()
)  # `ends` of a thread of `in_order`: its own, and those of the threads that wait for it
MAX_CORES = 8  # threads: more would hold more blocks in memory than they are worth


class StoppedError(Exception):
    """Nobody waits for the work of this thread."""


def cores() -> int:
    """The number of cores that this process may use, at most MAX_CORES."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(count or 1, MAX_CORES)


def never(item: object) -> bool:
    """No item is wanted at once."""
    return False


def in_order(
    work: Callable[[Item], Found],
    items: Iterable[Item],
    at_once: Callable[[Item], bool] = never,
    threads: int | None = None,
) -> Iterator[Found]:
    """`map(work, items)`, a few items ahead; none is held back after one that is wanted at once.

    Where an exception such as Ctrl-C ends it, what runs stops at the next `require_wanted`.
    """
    threads = threads or cores()
    queue: deque[Future[Found]] = deque()
    end = Event()
    ends = (*getattr(OWN, "ends", ()), end)
    with ThreadPoolExecutor(threads, initializer=setattr, initargs=(OWN, "ends", ends)) as pool:
        try:
            for item in items:
                queue.append(pool.submit(work, item))
                while len(queue) > (0 if at_once(item) else threads):
                    yield queue.popleft().result()
            while queue:
                yield queue.popleft().result()
        finally:
            end.set()
            pool.shutdown(wait=False, cancel_futures=True)


def require_wanted() -> None:
    """Raise StoppedError where nobody waits for what this thread of `in_order` works on."""
    if any(end.is_set() for end in getattr(OWN, "ends", ())):
        raise StoppedError
