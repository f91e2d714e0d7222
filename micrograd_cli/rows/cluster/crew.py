"""The workers of a cluster as those who add up over rows, for `fit` and `minimize`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from warnings import catch_warnings, simplefilter

from micrograd_cli.errors import DataError
from micrograd_cli.rows.cluster.client import check_workers, client_of


@contextmanager
def crew_of(address: str | None) -> Iterator[ClusterCrew | None]:
    """The workers of a cluster, None without an address. Raises MgradError."""
    if address is None:
        yield None
        return
    with client_of(address) as client:
        check_workers(client)
        yield ClusterCrew(client)


class ClusterCrew:
    """See `estimation/crew.py`. What a worker that is lost has had, another is given."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.count = sum(client.nthreads().values())

    def send(self, shares: Sequence[Any]) -> list[Any]:
        """Give the shares to the workers, in turn."""
        with catch_warnings():
            simplefilter("ignore")  # of Dask, that they are large
            # as tasks, which the scheduler can give out again, and not as data
            return [self.client.submit(keep, share, pure=False) for share in shares]

    def ask(self, sent: list[Any], method: str, *args: Any) -> Iterator[Any]:
        """What a method of each share returns, in their order. Raises DataError."""
        from distributed import KilledWorker

        asked = [self.client.submit(call, share, method, *args, pure=False) for share in sent]
        try:
            yield from self.client.gather(asked)
        except KilledWorker:
            raise DataError("the workers of the cluster were lost, again and again",
                            hint="they may have too little memory") from None  # fmt: skip


def keep(share: Any) -> Any:
    return share


def call(share: Any, method: str, *args: Any) -> Any:
    return getattr(share, method)(*args)
