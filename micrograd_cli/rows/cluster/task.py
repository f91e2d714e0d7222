"""What a worker does: a table, or a part of one, with the engines here, and its output."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from functools import lru_cache
from pkgutil import resolve_name
from threading import Lock
from typing import Any, NamedTuple

from micrograd_cli.errors import MgradError, UsageError
from micrograd_cli.language.arrays import Shape
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse
from micrograd_cli.rows.cluster.parts import join
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.dialect import dialects
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source
from micrograd_cli.rows.writing import write_tables

VERSION = "micrograd_cli:__version__"  # where every worker finds its own
ONE_AT_A_TIME = Lock()  # in a process: a task uses all its cores, and the folder is the process's


class Task(NamedTuple):
    """A table for a worker, with all that the run is asked for; graphs are sent as texts.

    Of a part of a table `source` has its own output, in the format `written`.
    """

    version: str
    folder: str  # in which paths begin
    text: str
    inputs: tuple[str, ...]
    sizes: tuple[tuple[str, float], ...]
    arrays: tuple[tuple[str, Shape], ...]
    options: dict[str, Any]  # of the MapRequest
    source: Source
    size: int | None  # of all tables: it decides on the engine
    written: str | None = None


class Outcome(NamedTuple):
    """What became of a task: its counts, what it said on standard error, and why it failed."""

    counts: RunCounts
    said: str = ""
    error: tuple[int, str, str] | None = None  # exit status, message, hint


def run_task(task: Task) -> Outcome:
    """Compute a table and write its output, whole or not at all. Never raises MgradError."""
    return outcome_of(task, answer)


def join_parts(task: Task, parts: Sequence[Source], outcomes: Sequence[Outcome]) -> Outcome:
    """Write a table's output of those of its parts. Never raises MgradError."""

    def joined(task: Task, request: MapRequest) -> RunCounts:
        _, writing = dialects(request, [task.source])
        return join(task.source, parts, [each.counts for each in outcomes], writing)

    found = outcome_of(task, joined)
    said = dict.fromkeys(each.said for each in outcomes)  # of a table's parts alike
    return found._replace(said="".join([*said, found.said]))


def outcome_of(task: Task, work: Callable[[Task, MapRequest], RunCounts]) -> Outcome:
    """What becomes of the work, with what it says."""
    said = io.StringIO()
    with ONE_AT_A_TIME, redirect_stderr(said):
        try:
            return Outcome(work(task, prepared(task)), said.getvalue())
        except MgradError as error:
            failed = (error.status, error.message, error.hint)
            return Outcome(RunCounts(task.source.name), said.getvalue(), failed)


def answer(task: Task, request: MapRequest) -> RunCounts:
    """Raises MgradError."""
    source = task.source
    if source.rows is not None:
        request = request._replace(target_format=task.written)
    reading, writing = dialects(request, [source])
    if source.before:
        writing = writing._replace(header=False)
    return write_tables(request, [source], task.size, reading, writing)


def prepared(task: Task) -> MapRequest:
    """The request of a task, in its folder. Raises MgradError."""
    if task.version != resolve_name(VERSION):
        raise UsageError(f"a worker has mgrad {resolve_name(VERSION)}, not {task.version}")
    try:
        os.chdir(task.folder)
    except OSError:
        hint = "tables and outputs must be where all workers see them"
        raise UsageError(f"a worker does not see the folder '{task.folder}'", hint=hint) from None
    return MapRequest(program_of(*task[2:6]), **task.options)


@lru_cache(8)
def program_of(
    text: str,
    inputs: tuple[str, ...],
    sizes: tuple[tuple[str, float], ...],
    arrays: tuple[tuple[str, Shape], ...],
) -> Program:
    """The program once more, for all tables of a worker."""
    return parse(text, inputs, sys.maxsize, dict(sizes), dict(arrays))
