"""What commands say on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from micrograd_cli.errors import MgradError, block
from micrograd_cli.terminal.saying import say

if TYPE_CHECKING:
    from micrograd_cli.analysis.warnings import Finding
    from micrograd_cli.language.program import Program

WARNINGS_SHOWN = 10


class Told(Protocol):
    """What has warnings, and how many more there are than those that are listed."""

    @property
    def warnings(self) -> Sequence[Finding]: ...

    @property
    def unlisted(self) -> int: ...


def fail(error: MgradError) -> int:
    """Tell an error, after what standard output already holds; its exit status."""
    sys.stdout.flush()
    say(error)
    return error.status


def warn_of(program: Program, line: int = 1) -> None:
    """Tell what is odd about a program, whatever its numbers; `line` is the text's first."""
    for message, span in program.warnings:
        say(block("warning", message, program.text, [(span, "")], line))


def warn(report: Told, text: str, line: int = 1) -> None:
    """Tell the warnings of a result, the first few of them in full; `line` is the text's first."""
    if report.warnings:
        sys.stdout.flush()
    for warning in report.warnings[:WARNINGS_SHOWN]:
        say(block("warning", warning.message, text, [(warning.span, "")], line))
    hidden = len(report.warnings) + report.unlisted - WARNINGS_SHOWN
    if hidden > 0:
        say(f"warning: {hidden:,} more (--format json has their places)")
