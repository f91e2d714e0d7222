"""The workers of a cluster as those who read tables, keep their rows, and add up over them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, NamedTuple
from warnings import catch_warnings, simplefilter

from micrograd_cli.errors import UsageError
from micrograd_cli.estimation.shares import UNIT
from micrograd_cli.rows.cluster.client import check_workers, client_of
from micrograd_cli.rows.cluster.outcomes import Outcome, Place, all_outcomes, outcome_of
from micrograd_cli.rows.cluster.parts import parts_of
from micrograd_cli.rows.cluster.waiting import gathered
from micrograd_cli.rows.counts import RunCounts
from micrograd_cli.rows.numbers import NumberTable
from micrograd_cli.rows.sources import Source
from micrograd_cli.terminal.progress import progress

Read = Callable[[Source], tuple[Any, RunCounts]]


@contextmanager
def crew_of(address: str | None) -> Iterator[Crew | None]:
    """The workers of a cluster, None without an address. Raises MgradError."""
    if address is None:
        yield None
        return
    with client_of(address) as client:
        check_workers(client)
        yield Crew(client)


class Crew:
    """The workers, by a client of Dask."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def read(self, read: Read, table: NumberTable) -> tuple[WorkersShares, RunCounts]:
        """The rows of tables, which the workers read and keep, and their counts.

        A task is a table, or a range of a large binary one. Raises MgradError.
        """
        if any(source.path == "-" for source in table.sources):
            raise UsageError("with --cluster the workers read the tables, and standard input is"
                             " here", hint="name a FILE that they see")  # fmt: skip
        place = Place.here()
        parts = [part for source in table.sources
                 for part in parts_of(source, table.dialect) or [source]]  # fmt: skip
        held = [self.submit(partial(read_part, place, read, part), priority=-number)
                for number, part in enumerate(parts)]  # fmt: skip
        told = [[self.submit(outcome_alone, part, priority=1)] for part in held]
        with progress("tasks", len(told)) as tell:
            names = [part.name for part in parts]
            outcomes = all_outcomes(self.client, told, names, tell)
        total = RunCounts(table.name if len(table.sources) == 1 else "")
        for outcome in outcomes:
            total.add(outcome.counts)
        heights = [outcome.height for outcome in outcomes]
        before = [*accumulate((each.counts.rows for each in outcomes), initial=0)]
        threads = sum(self.client.nthreads().values())
        shares = [self.share(pieces, held, before) for pieces in cuts(heights, UNIT, threads)]
        return WorkersShares(self, shares, sum(heights)), total

    def share(self, pieces: Sequence[Piece], held: Sequence[Any], before: Sequence[int]) -> Any:
        """Rows of one part or of several, at a worker."""
        cut = [
            self.submit(cut_part, held[each.part], *each[1:], before[each.part]) for each in pieces
        ]
        return cut[0] if len(cut) == 1 else self.submit(join_pieces, cut)

    def submit(self, work: Callable[..., Any], *args: Any, priority: int = 0) -> Any:
        """The future of a task. What a lost worker had done, another does again."""
        with catch_warnings():
            simplefilter("ignore")  # of Dask, that a program is large
            return self.client.submit(work, *args, pure=False, priority=priority)


class WorkersShares:
    """See `estimation/shares.py`. The shares are futures."""

    def __init__(self, crew: Crew, futures: list[Any], height: int) -> None:
        self.crew = crew
        self.futures = futures
        self.height = height

    def made(self, make: Callable[[Any], Any]) -> WorkersShares:
        made = [self.crew.submit(make, future) for future in self.futures]
        return WorkersShares(self.crew, made, self.height)

    def each(self, work: Callable[..., Any], *args: Any) -> Iterator[Any]:
        asked = [self.crew.submit(work, future, *args) for future in self.futures]
        yield from gathered(self.crew.client, asked)


class Piece(NamedTuple):
    """Rows `start` to `stop` of a part of the tables; `at` is the index of the first among all."""

    part: int
    start: int
    stop: int
    at: int


def cuts(heights: Sequence[int], unit: int, count: int) -> list[list[Piece]]:
    """Shares of the rows of parts, of whole units, so that about `count` of them are busy.

    A share is what a part begins of units: the rows that the last of them lacks come from the parts
    behind it. A part that has more rows than a worker's due is several shares.
    """
    starts = [*accumulate(heights, initial=0)]
    total = starts.pop()
    most = max(1, -(-total // unit // count)) * unit
    begins = sorted({-(-start // unit) * unit for start in starts if start < total})
    begins = [begin for begin in begins if begin < total]
    edges = [edge for begin, end in pairwise([*begins, total]) for edge in range(begin, end, most)]
    found = []
    for first, last in pairwise([*edges, total]):
        pieces = []
        for part in range(bisect_right(starts, first) - 1, len(starts)):
            start = max(first, starts[part])
            stop = min(last, starts[part] + heights[part])
            if starts[part] >= last:
                break
            if start < stop:
                pieces.append(Piece(part, start - starts[part], stop - starts[part], start))
        found.append(pieces)
    return found


class Held(NamedTuple):
    """What a worker keeps of a part: its rows, None where it failed."""

    rows: Any
    outcome: Outcome


def read_part(place: Place, read: Read, source: Source) -> Held:
    """Read a part. Never raises MgradError."""
    kept = []

    def work() -> RunCounts:
        rows, counts = read(source)
        kept.append(rows)
        return counts

    outcome = outcome_of(place, source, work)
    if not kept:
        return Held(None, outcome)
    return Held(kept[0], outcome._replace(height=kept[0].height))


def outcome_alone(part: Held) -> Outcome:
    return part.outcome


def cut_part(part: Held, start: int, stop: int, at: int, before: int) -> Any:
    return part.rows.cut(start, stop, at, before)


def join_pieces(pieces: Sequence[Any]) -> Any:
    return type(pieces[0]).joined(pieces)
