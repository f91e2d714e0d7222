"""Work on several cores: how many there are, and how to keep the results in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")


MAX_CORES = 8  # threads: more would hold more blocks in memory than they are worth


def cores() -> int:
    """The number of cores that this process may use, at most MAX_CORES."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(count or 1, MAX_CORES)


def in_order(
    work: Callable[[Item], Found], items: Iterable[Item], at_once: Callable[[Item], bool]
) -> Iterator[Found]:
    """`map(work, items)`, a few items ahead; none is held back after one that is wanted at once."""
    queue: deque[Future[Found]] = deque()
    with ThreadPoolExecutor(cores()) as pool:
        for item in items:
            queue.append(pool.submit(work, item))
            while len(queue) > (0 if at_once(item) else cores()):
                yield queue.popleft().result()
        while queue:
            yield queue.popleft().result()
