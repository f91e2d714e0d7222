"""A run whose tables are computed by the workers of a cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pkgutil import resolve_name
from shutil import rmtree
from typing import Any

from micrograd_cli.errors import DataError, ProgramError, UsageError
from micrograd_cli.files.opening import writing as writing_to
from micrograd_cli.files.output import remove_leftovers
from micrograd_cli.rows.cluster.client import check_workers, client_of
from micrograd_cli.rows.cluster.parts import folder_of, format_of_parts, parts_of
from micrograd_cli.rows.cluster.task import VERSION, Outcome, Task, join_parts, run_task
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import dialects
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.terminal.progress import progress

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
                    tuple(program.sizes.items()), tuple(program.arrays.items()), options, source,
                    size)  # fmt: skip
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
