"""What a worker does: a table, or a part of one, with the engines here, and its output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from micrograd_cli.errors import UsageError
from micrograd_cli.rows.cluster.outcomes import SHARED, Outcome, Place, outcome_of
from micrograd_cli.rows.cluster.parts import join
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import dialects
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.writing import write_tables


class Task(NamedTuple):
    """A table for a worker, with all that the run is asked for.

    Of a part of a table `source` has its own output, in the format `written`.
    """

    place: Place
    request: MapRequest
    source: Source
    size: int | None  # of all tables: it decides on the engine
    written: str | None = None

    @property
    def folder(self) -> str:
        """That of the output."""
        return os.path.dirname(self.source.target) or os.curdir


def run_task(task: Task) -> Outcome:
    """Compute a table and write its output, whole or not at all. Never raises MgradError."""
    return outcome_of(task.place, task.source, lambda: answer(task))


def join_parts(task: Task, parts: Sequence[Source], outcomes: Sequence[Outcome]) -> Outcome:
    """Write a table's output of those of its parts. Never raises MgradError."""

    def joined() -> RunCounts:
        _, writing = dialects(task.request, [task.source])
        return join(task.source, parts, [each.counts for each in outcomes], writing)

    found = outcome_of(task.place, task.source, joined)
    said = dict.fromkeys(each.said for each in outcomes)  # of a table's parts alike
    return found._replace(said="".join([*said, found.said]))


def answer(task: Task) -> RunCounts:
    """Raises MgradError."""
    source, request = task.source, task.request
    if not os.path.isdir(task.folder):
        raise UsageError(f"a worker does not see the folder '{task.folder}'", hint=SHARED)
    if source.rows is not None:
        request = request._replace(target_format=task.written)
    reading, writing = dialects(request, [source])
    if source.before:
        writing = writing._replace(header=False)
    return write_tables(request, [source], task.size, reading, writing)
