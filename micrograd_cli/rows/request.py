"""What `mgrad map` is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from micrograd_cli.compiled import Compiled
from micrograd_cli.language.program import Program


class MapRequest(NamedTuple):
    """A program, the numbers and the tables that bind its inputs, and the options of `mgrad map`.

    `tables` are words of the command line: files, globs and folders.
    """

    program: Program
    numbers: Mapping[str, float]
    tables: Sequence[str]
    wrt: Sequence[str] | None = None
    source_format: str | None = None
    target_format: str | None = None
    output: str | None = None
    files_from: str | None = None
    file_column: str | None = None
    skip_existing: bool = False
    overwrite: bool = False
    cluster: str | None = None
    storage: Sequence[str] = ()
    delimiter: str | None = None
    decimal: str = "."
    na: Sequence[str] = ()
    no_header: bool = False
    columns: str | None = None
    only_results: bool = False
    prefix: str = ""
    digits: int | None = None  # of the results; None is all
    override: bool = False
    on_error: str = "stop"
    nonfinite: str = "null"
    csv_safe: bool = False
    strict: bool = False
    engine: str = "auto"
    head: int | None = None
    dry_run: bool = False
    reduce: str | None = None  # "mean" or "sum": one row instead of all
    color: str = "auto"
    function: Compiled | None = None  # in place of the program's own
    bind: Sequence[str] = ()
    how_to_give: Callable[[str], str] = "--{} NUMBER".format  # an input on the command line

    @property
    def preview(self) -> bool:
        """Whether a few rows are shown, and none is written."""
        return self.head is not None or self.dry_run

    @property
    def folder(self) -> bool:
        """Whether the output is a folder, with a file in it for each table."""
        return self.output is not None and (
            self.output.endswith(("/", os.sep)) or os.path.isdir(self.output)
        )

    @property
    def records_errors(self) -> bool:
        """Whether the results have a column of errors."""
        return self.on_error == "record"
