"""How the workers of a cluster are reached."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pkgutil import resolve_name
from tempfile import TemporaryDirectory
from threading import current_thread, main_thread
from typing import Any

from micrograd_cli.errors import DataError, MgradError, UsageError
from micrograd_cli.files.output import leaving_on_signals
from micrograd_cli.rows.cluster.outcomes import VERSION
from micrograd_cli.rows.cluster.waiting import PATIENCE
from micrograd_cli.terminal.saying import say

PACKAGES = {"micrograd_cli": "mgrad", "numpy": "NumPy", "polars": "Polars"}
LOCAL = re.compile(r"local:([1-9]\d{0,3})")


def check_workers(client: Any) -> None:
    """Raises UsageError where there is no worker, or one without mgrad or with another version.

    Tells of another NumPy or Polars, which may differ in the last bit.
    """
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise UsageError("the cluster has no workers") from None
    for package, name in PACKAGES.items():
        # by a function of the standard library, which a worker without mgrad has too
        place = f"{package}:__version__"
        versions = client.run(resolve_name, place, on_error="return")
        own = resolve_name(place)
        for worker, version in versions.items():
            if isinstance(version, ImportError):
                raise UsageError(f"the worker {worker} has no {name}",
                                 hint=f"install {name} {own} there")  # fmt: skip
            if isinstance(version, Exception) or version == own:  # one that is lost is told later
                continue
            told = f"the worker {worker} has {name} {version}, and this is {own}"
            if place == VERSION:
                raise UsageError(told)
            say(f"note: {told}: last digits may differ")


@contextmanager
def client_of(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address, or of `local:N` processes. Raises MgradError."""
    if find_spec("distributed") is None:
        raise UsageError("--cluster needs Dask.distributed", hint="pip install 'mgrad[cluster]'")
    from logging import CRITICAL, getLogger

    import dask
    from distributed import Client, LocalCluster

    local = LOCAL.fullmatch(address)
    if local is None and "://" not in address:
        raise UsageError(f"--cluster '{address}' is no address",
                         hint="such as tcp://host:8786, or local:4")  # fmt: skip
    for name in ("distributed", "distributed.client", "asyncio"):  # they tell of all that ends
        getLogger(name).setLevel(CRITICAL)
    if local is None:
        try:
            client = Client(address, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise unreachable(address, next(iter(str(error).splitlines()), "")) from None
        except Exception:  # whatever Dask makes of what a server of another kind answers
            raise unreachable(address, "what answers there is no scheduler of Dask") from None
        with leaving_on_signals(), client:
            yield client
        return
    with (
        leaving_on_signals(),
        TemporaryDirectory() as scratch,
        dask.config.set(temporary_directory=scratch),
    ):
        try:
            with interrupts_ignored():  # by the processes that are begun; this one stops them
                cluster = LocalCluster(n_workers=int(local[1]), threads_per_worker=1,
                                       dashboard_address=":0", local_directory=scratch,
                                       silence_logs=CRITICAL)  # fmt: skip
        except Exception as error:  # too many processes, too little time
            raise DataError(f"cannot begin the processes of --cluster {address}: "
                            f"{str(error) or type(error).__name__}") from None  # fmt: skip
        with cluster, Client(cluster) as client:
            yield client


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Processes that are begun meanwhile are deaf to Ctrl-C, which a terminal sends to all."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def unreachable(address: str, reason: str) -> MgradError:
    return DataError(f"cannot reach the cluster at {address}: {reason}")
