"""What becomes of the tasks of a cluster: at the workers, and when they are gathered here."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from pkgutil import resolve_name
from threading import Lock
from typing import Any, NamedTuple

from micrograd_cli.errors import DataError, MgradError, ProgramError, UsageError
from micrograd_cli.rows.cluster.waiting import completed, scheduler_lost, workers_lost
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.sources import Source

VERSION = "micrograd_cli:__version__"  # where every worker finds its own
ONE_AT_A_TIME = Lock()  # in a process: a task uses all its cores, and the folder is the process's
CLASSES = {each.status: each for each in (UsageError, ProgramError, DataError)}
SHARED = "tables and outputs must be where all workers see them"


class Place(NamedTuple):
    """What a task needs around it: mgrad of this version, and the folder in which paths begin."""

    version: str
    folder: str

    @staticmethod
    def here() -> Place:
        return Place(resolve_name(VERSION), os.getcwd())

    def enter(self, source: Source) -> None:
        """Go there. Raises UsageError where a worker has or sees something else."""
        own = resolve_name(VERSION)
        if self.version != own:
            raise UsageError(f"a worker has mgrad {own}, not {self.version}")
        try:
            os.chdir(self.folder)
        except OSError:
            raise UsageError(
                f"a worker does not see the folder '{self.folder}'", hint=SHARED
            ) from None
        if not (source.remote or os.path.lexists(source.path)):
            raise UsageError(f"a worker does not see the table '{source.path}'", hint=SHARED)


class Outcome(NamedTuple):
    """What became of a task: its counts, what it said on standard error, and why it failed.

    `height` is how many rows its worker keeps.
    """

    counts: RunCounts
    said: str = ""
    error: tuple[int, str, str] | None = None  # exit status, message, hint
    height: int = 0


def outcome_of(place: Place, source: Source, work: Callable[[], RunCounts]) -> Outcome:
    """What becomes of the work on a table, with what it says. Never raises MgradError."""
    said = io.StringIO()
    with ONE_AT_A_TIME, redirect_stderr(said):
        try:
            place.enter(source)
            return Outcome(work(), said.getvalue())
        except MgradError as error:
            failed = (error.status, error.message, error.hint)
        except ImportError as error:
            failed = (UsageError.status, f"a worker lacks the package '{error.name}'",
                      "pip install 'mgrad[cluster]' there")  # fmt: skip
        except MemoryError:
            failed = (DataError.status, f"'{source.name}': a worker has too little memory", "")
        return Outcome(RunCounts(source.name), said.getvalue(), failed)


def all_outcomes(
    client: Any, jobs: Sequence[Sequence[Any]], names: Sequence[str], tell: Callable[[int], None]
) -> list[Outcome]:
    """The outcomes of the jobs, whose messages are said. Raises the first of their errors."""
    outcomes = up_to_error(client, jobs, names, tell)
    for outcome in outcomes:
        sys.stderr.write(outcome.said)
        if outcome.error is not None:
            status, message, hint = outcome.error
            raise CLASSES.get(status, DataError)(message, hint=hint)
    return outcomes


def up_to_error(
    client: Any, jobs: Sequence[Sequence[Any]], names: Sequence[str], tell: Callable[[int], None]
) -> list[Outcome]:
    """The outcomes of the jobs in order, up to the first error: that of the last task, or an error.

    A job is the futures of its tasks. What comes after a task that fails is not begun any more;
    what comes before it is.
    """
    from distributed import CancelledError, KilledWorker

    places = {each.key: (place, index) for place, job in enumerate(jobs)
              for index, each in enumerate(job)}  # fmt: skip
    order = [each for job in jobs for each in job]
    ranks = {each.key: rank for rank, each in enumerate(order)}
    found: dict[int, tuple[int, Outcome]] = {}
    end = len(order)
    try:
        for future in completed(client, order):
            place, index = places[future.key]
            try:
                outcome = future.result()
            except CancelledError:
                if ranks[future.key] < end:
                    raise scheduler_lost() from None
                continue
            except KilledWorker:
                outcome = lost(names[place])
            tell(1)
            is_last = index == len(jobs[place]) - 1
            if outcome.error is None and not is_last:
                continue
            if place not in found or index < found[place][0]:
                found[place] = index, outcome
            if outcome.error is not None:
                end = min(end, ranks[future.key] + 1)
                client.cancel(order[end:])
    except BaseException:
        client.cancel(order)
        raise
    outcomes = [found[place][1] for place in sorted(found)]
    bad = next((i for i, each in enumerate(outcomes) if each.error is not None), len(outcomes))
    return outcomes[: bad + 1]


def lost(name: str) -> Outcome:
    """That of a table whose workers died."""
    error = workers_lost(f"'{name}': ")
    return Outcome(RunCounts(name), "", (error.status, error.message, error.hint))
