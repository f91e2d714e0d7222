"""A run over tables, from their first byte to the last warning."""

from __future__ import annotations

import os
from collections.abc import Sequence

from micrograd_cli.errors import UsageError, counted
from micrograd_cli.files.opening import writing as writing_to
from micrograd_cli.files.output import remove_leftovers
from micrograd_cli.rows.counts import RunCounts, report
from micrograd_cli.rows.dialect import Dialect, dialects
from micrograd_cli.rows.request import MapRequest
from micrograd_cli.rows.sources import Source, find_sources, total_size, with_targets
from micrograd_cli.rows.writing import write_tables
from micrograd_cli.terminal.saying import say


def run_map(request: MapRequest) -> None:
    """Run `mgrad map`. Raises MgradError; the rows before a bad one have been written."""
    report(write_rows(request), request)


def write_rows(request: MapRequest, sources: Sequence[Source] | None = None) -> RunCounts:
    """Write the rows with their results. Raises MgradError."""
    sources = find_sources(request) if sources is None else sources
    reading, writing = dialects(request, sources)
    size = total_size(sources)
    if request.folder:
        sources = outputs_to_write(request, sources, reading, writing)
        if not sources:
            return RunCounts("")
    if request.cluster is not None and not request.preview:
        from micrograd_cli.rows.cluster.run import run_cluster

        return run_cluster(request, sources, size, reading, writing)
    return write_tables(request, sources, size, reading, writing)


def outputs_to_write(
    request: MapRequest, sources: Sequence[Source], reading: Dialect, writing: Dialect
) -> list[Source]:
    """The tables whose outputs are to be written to the folder, which is made.

    Raises UsageError for an output that is there already, unless it may be left or overwritten.
    """
    assert request.output is not None
    targets = with_targets(sources, request.output, reading.format, writing.format)
    there = {source.target for source in targets if os.path.lexists(source.target)}
    if there and request.skip_existing:
        said = f"{len(there):,} of {counted(len(targets), 'output')}"
        say(f"note: {said} {'is' if len(there) == 1 else 'are'} there already")
        targets = [source for source in targets if source.target not in there]
    elif there and not request.overwrite and not request.preview:
        first = next(source.target for source in targets if source.target in there)
        more = f", and {counted(len(there) - 1, 'other output')}" if len(there) > 1 else ""
        raise UsageError(f"'{first}' is there already{more}",
                         hint="--skip-existing leaves it, --overwrite replaces it")  # fmt: skip
    if not request.preview:
        make_folders([os.path.split(source.target) for source in targets])
    return targets


def make_folders(targets: Sequence[tuple[str, str]]) -> None:
    """Make the folders of outputs, without the halves that a killed run has left there."""
    folders: dict[str, set[str]] = {}
    for folder, name in targets:
        folders.setdefault(folder, set()).add(name)
    for folder, names in folders.items():
        with writing_to(folder):
            os.makedirs(folder, exist_ok=True)
            remove_leftovers(folder, names)
