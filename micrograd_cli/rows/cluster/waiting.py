"""Waiting for workers: what they give as it comes, and a clear error where none is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic, sleep
from typing import Any

from micrograd_cli.errors import DataError, MgradError

PULSE = 2.0  # seconds between two looks whether there are workers
STEP = 0.01
PATIENCE = 10.0  # seconds for a scheduler to answer, and for it to have workers


class Pulse:
    """Whether the cluster lives, looked at now and then."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.looked = self.seen = monotonic()

    def look(self) -> None:
        """Raises DataError where the scheduler is gone, or for a while all workers are."""
        now = monotonic()
        if now < self.looked + PULSE:
            return
        self.looked = now
        try:
            workers = self.client.nthreads() if self.client.status == "running" else None
        except (OSError, ValueError):
            workers = None
        if workers is None:
            raise scheduler_lost()
        if workers:
            self.seen = now
        elif now > self.seen + PATIENCE:
            raise DataError("the cluster has lost all its workers")


def completed(client: Any, futures: Sequence[Any]) -> Iterator[Any]:
    """The futures as they end, in any order. Raises DataError where the cluster is lost."""
    from distributed import as_completed

    pulse = Pulse(client)
    waiting = as_completed(futures)
    while not waiting.is_empty():
        found = waiting.next_batch(block=False)
        yield from found
        if not found:
            pulse.look()
            sleep(STEP)


def gathered(client: Any, futures: Sequence[Any]) -> list[Any]:
    """What the futures give, in their order. Raises DataError where the cluster is lost."""
    from distributed import CancelledError, KilledWorker, wait

    pulse = Pulse(client)
    try:
        while True:
            try:
                wait(futures, timeout=PULSE)
                break
            except TimeoutError:
                pulse.look()
        return list(client.gather(futures))
    except CancelledError:
        raise scheduler_lost() from None
    except KilledWorker:
        raise workers_lost() from None


def scheduler_lost() -> MgradError:
    return DataError("the connection to the scheduler of the cluster is lost")


def workers_lost(where: str = "") -> MgradError:
    return DataError(f"{where}the workers of the cluster were lost, again and again",
                     hint="they may have too little memory")  # fmt: skip
