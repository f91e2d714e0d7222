"""A run whose tables are computed by the workers of a cluster."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Any

from micrograd_cli.errors import UsageError
from micrograd_cli.files.opening import writing as writing_to
from micrograd_cli.files.output import remove_leftovers
from micrograd_cli.rows.cluster.client import check_workers, client_of
from micrograd_cli.rows.cluster.crew import crew_of
from micrograd_cli.rows.cluster.outcomes import Place, all_outcomes
from micrograd_cli.rows.cluster.parts import folder_of, format_of_parts, parts_of, remove_parts
from micrograd_cli.rows.cluster.task import Task, join_parts, run_task
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import Dialect, dialects
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.terminal.progress import progress


def run_cluster(
    request: MapRequest,
    sources: Sequence[Source],
    size: int | None,
    reading: Dialect,
    writing: Dialect,
) -> RunCounts:
    """Have the tables computed, and the outputs written, by the workers. Raises MgradError.

    The engines are those that one machine would choose for all tables, so the outputs are the same
    to the last bit.
    """
    if request.folder:
        return run_tables(request, sources, size)
    if request.reduce is not None:
        return reduce_tables(request, sources, reading, writing)
    raise UsageError("with --cluster the workers write an output for each table",
                     hint="name a folder for them: -o FOLDER/")  # fmt: skip


def run_tables(request: MapRequest, sources: Sequence[Source], size: int | None) -> RunCounts:
    """An output for each table."""
    assert request.cluster is not None
    jobs = jobs_of(request, sources, size)
    try:
        with client_of(request.cluster) as client:
            check_workers(client)
            with progress("tasks", sum(map(len, jobs))) as tell:
                futures = [submit(client, job, place) for place, job in enumerate(jobs)]
                names = [source.name for source in sources]
                outcomes = all_outcomes(client, futures, names, tell)
    finally:
        for source in sources:
            remove_parts(source)
    for folder in {os.path.dirname(source.target) for source in sources}:
        remove_leftovers(folder, {os.path.basename(source.target) for source in sources})
    total = RunCounts(sources[0].name if len(sources) == 1 else "")
    for outcome in outcomes:
        total.add(outcome.counts)
    return total


def reduce_tables(
    request: MapRequest, sources: Sequence[Source], reading: Dialect, writing: Dialect
) -> RunCounts:
    """One row of all tables: the workers add up over their rows, and their sums are added here."""
    from micrograd_cli.rows.numbers import NumberTable
    from micrograd_cli.rows.reduction import Reduction, sums_of, write_row

    reduction = Reduction(request, NumberTable(sources, reading))
    with crew_of(request.cluster) as crew:
        assert crew is not None
        shares, reduction.counts = crew.read(reduction.reading.read, reduction.table)
        numbers = reduction.results(chain.from_iterable(shares.each(sums_of, reduction.sums)))
    write_row(reduction, numbers, writing, request.output)
    return reduction.counts


def jobs_of(request: MapRequest, sources: Sequence[Source], size: int | None) -> list[list[Task]]:
    """For each table the tasks of its parts, if it has some, and last that of the whole table."""
    reading, writing = dialects(request, sources)
    place = Place.here()
    sent = request._replace(how_to_give=MapRequest._field_defaults["how_to_give"], cluster=None)
    jobs = []
    for source in sources:
        task = Task(place, sent, source, size)
        parts = [] if request.reduce else parts_of(source, reading)
        if parts:
            with writing_to(folder_of(source)):
                os.mkdir(folder_of(source))
        written = format_of_parts(writing)
        jobs.append([*(task._replace(source=part, written=written) for part in parts), task])
    return jobs


def submit(client: Any, job: Sequence[Task], place: int) -> list[Any]:
    """The futures of a job's tasks; the last one waits for those of the parts."""
    begin = partial(client.submit, pure=False, priority=-place)
    *parts, whole = job
    if not parts:
        return [begin(run_task, whole)]
    begun = [begin(run_task, part) for part in parts]
    return [*begun, begin(join_parts, whole, [part.source for part in parts], begun)]
