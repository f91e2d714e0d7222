"""A run whose tables are computed by the workers of a cluster."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pkgutil import resolve_name
from tempfile import TemporaryDirectory
from threading import current_thread, main_thread
from typing import Any

from micrograd_cli.errors import DataError, MgradError, ProgramError, UsageError
from micrograd_cli.files.output import remove_leftovers
from micrograd_cli.rows.cluster.task import VERSION, Outcome, Task, run_task
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.terminal.progress import progress

LOCAL = re.compile(r"local:([1-9]\d{0,3})")
PATIENCE = 10  # seconds for a scheduler to answer, and for it to have workers
CLASSES = {each.status: each for each in (UsageError, ProgramError, DataError)}


def run_cluster(request: MapRequest, sources: Sequence[Source], size: int | None) -> RunCounts:
    """Have the tables computed, and the outputs written, by the workers. Raises MgradError.

    The engines are those that one machine would choose for all tables, so the outputs are the same
    to the last bit.
    """
    assert request.cluster is not None
    if not request.folder:
        raise UsageError("with --cluster the workers write an output for each table",
                         hint="name a folder for them: -o FOLDER/")  # fmt: skip
    if find_spec("distributed") is None:
        raise UsageError("--cluster needs Dask.distributed", hint="pip install 'mgrad[cluster]'")
    options = {name: value for name, value in request._asdict().items() if name not in NOT_SENT}
    program = request.program
    tasks = [
        Task(resolve_name(VERSION), os.getcwd(), program.text, tuple(program.inputs),
             tuple(program.sizes.items()), options, source, size)
        for source in sources
    ]  # fmt: skip
    with client_of(request.cluster) as client, progress("tables", len(tasks)) as tell:
        check_workers(client)
        outcomes = run_tasks(client, tasks, tell)
    for folder in {os.path.dirname(source.target) for source in sources}:
        remove_leftovers(folder, {os.path.basename(source.target) for source in sources})
    total = RunCounts(sources[0].name if len(sources) == 1 else "")
    for outcome in outcomes:
        sys.stderr.write(outcome.said)
        if outcome.error is not None:
            status, message, hint = outcome.error
            raise CLASSES.get(status, DataError)(message, hint=hint)
        total.add(outcome.counts)
    return total


NOT_SENT = ("program", "how_to_give", "cluster", "color", "function")


def run_tasks(client: Any, tasks: Sequence[Task], tell: Any) -> list[Outcome]:
    """The outcomes in order, up to the first error. Raises DataError for a table whose worker dies.

    The tables after one that fails are not begun any more; those before it are.
    """
    from distributed import CancelledError, KilledWorker, as_completed

    futures = [client.submit(run_task, task, pure=False, priority=-i)
               for i, task in enumerate(tasks)]  # fmt: skip
    places = {future.key: place for place, future in enumerate(futures)}
    found: dict[int, Outcome] = {}
    last = len(tasks) - 1
    try:
        for future in as_completed(futures):
            place = places[future.key]
            try:
                outcome = future.result()
            except CancelledError:
                continue
            except KilledWorker:
                name = tasks[place].source.name
                lost = (DataError.status, f"'{name}': its worker was lost, again and again",
                        "it may have too little memory")  # fmt: skip
                outcome = Outcome(RunCounts(name), "", lost)
            found[place] = outcome
            tell(1)
            if outcome.error is not None and place < last:
                client.cancel(futures[place + 1 : last + 1])
                last = place
    except BaseException:
        client.cancel(futures)
        raise
    return [found[place] for place in sorted(found) if place <= last]


def check_workers(client: Any) -> None:
    """Raises UsageError where there is no worker, or one without mgrad or with another version."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise UsageError("the cluster has no workers") from None
    # by a function of the standard library, which a worker without mgrad has too
    versions = client.run(resolve_name, VERSION, on_error="return")
    own = resolve_name(VERSION)
    for worker, version in versions.items():
        if isinstance(version, ImportError):
            raise UsageError(f"the worker {worker} has no mgrad",
                             hint=f"install mgrad {own} there")  # fmt: skip
        if version != own:
            raise UsageError(f"the worker {worker} has mgrad {version}, and this is {own}")


@contextmanager
def client_of(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address, or of `local:N` processes. Raises MgradError."""
    from logging import CRITICAL, getLogger

    import dask
    from distributed import Client, LocalCluster

    local = LOCAL.fullmatch(address)
    if local is None and "://" not in address:
        raise UsageError(f"--cluster '{address}' is no address",
                         hint="such as tcp://host:8786, or local:4")  # fmt: skip
    getLogger("distributed").setLevel(CRITICAL)  # it would tell of each worker that ends
    if local is None:
        try:
            client = Client(address, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise unreachable(address, reason) from None
        with client:
            yield client
        return
    with TemporaryDirectory() as scratch, dask.config.set(temporary_directory=scratch):
        with interrupts_ignored():  # by the processes that are begun; this one stops them
            cluster = LocalCluster(n_workers=int(local[1]), threads_per_worker=1,
                                   dashboard_address=":0", local_directory=scratch,
                                   silence_logs=CRITICAL)  # fmt: skip
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
