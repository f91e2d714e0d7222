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
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import current_thread, main_thread
from typing import Any

from micrograd_cli.errors import DataError, MgradError, ProgramError, UsageError
from micrograd_cli.files.opening import writing as writing_to
from micrograd_cli.files.output import remove_leftovers
from micrograd_cli.rows.cluster.parts import folder_of, format_of_parts, parts_of
from micrograd_cli.rows.cluster.task import VERSION, Outcome, Task, join_parts, run_task
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import dialects
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
    jobs = jobs_of(request, sources, size)
    try:
        with client_of(request.cluster) as client:
            check_workers(client)
            with progress("tasks", sum(map(len, jobs))) as tell:
                outcomes = run_jobs(client, jobs, tell)
    finally:
        for source in sources:
            rmtree(folder_of(source), ignore_errors=True)
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


def jobs_of(request: MapRequest, sources: Sequence[Source], size: int | None) -> list[list[Task]]:
    """For each table the tasks of its parts, if it has some, and last that of the whole table."""
    reading, writing = dialects(request, sources)
    options = {name: value for name, value in request._asdict().items() if name not in NOT_SENT}
    program = request.program
    jobs = []
    for source in sources:
        task = Task(resolve_name(VERSION), os.getcwd(), program.text, tuple(program.inputs),
                    tuple(program.sizes.items()), options, source, size)  # fmt: skip
        parts = parts_of(source, reading)
        if parts:
            with writing_to(folder_of(source)):
                os.mkdir(folder_of(source))
        written = format_of_parts(writing)
        jobs.append([*(task._replace(source=part, written=written) for part in parts), task])
    return jobs


def submit(client: Any, job: Sequence[Task], place: int) -> list[Any]:
    """The futures of a job's tasks; the last one waits for those of the parts."""
    *parts, whole = job
    begun = [client.submit(run_task, part, pure=False, priority=-place) for part in parts]
    if not parts:
        return [client.submit(run_task, whole, pure=False, priority=-place)]
    sources = [part.source for part in parts]
    joined = client.submit(join_parts, whole, sources, begun, pure=False, priority=-place)
    return [*begun, joined]


def run_jobs(client: Any, jobs: Sequence[Sequence[Task]], tell: Any) -> list[Outcome]:
    """The outcomes of the jobs in order, up to the first error: that of the last task, or an error.

    What comes after a task that fails is not begun any more; what comes before it is.
    """
    from distributed import CancelledError, KilledWorker, as_completed

    futures = [submit(client, job, place) for place, job in enumerate(jobs)]
    places = {each.key: (place, index) for place, job in enumerate(futures)
              for index, each in enumerate(job)}  # fmt: skip
    order = [each for job in futures for each in job]
    found: dict[int, tuple[int, Outcome]] = {}
    try:
        for future in as_completed(order):
            place, index = places[future.key]
            try:
                outcome = future.result()
            except CancelledError:
                continue
            except KilledWorker:
                outcome = lost(jobs[place][-1].source.name)
            tell(1)
            is_last = index == len(jobs[place]) - 1
            if outcome.error is None and not is_last:
                continue
            if place not in found or index < found[place][0]:
                found[place] = index, outcome
            if outcome.error is not None:
                client.cancel(order[order.index(future) + 1 :])
    except BaseException:
        client.cancel(order)
        raise
    outcomes = [found[place][1] for place in sorted(found)]
    bad = next((i for i, each in enumerate(outcomes) if each.error is not None), len(outcomes))
    return outcomes[: bad + 1]


def lost(name: str) -> Outcome:
    """That of a table whose workers died."""
    error = (DataError.status, f"'{name}': its worker was lost, again and again",
             "it may have too little memory")  # fmt: skip
    return Outcome(RunCounts(name), "", error)


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
