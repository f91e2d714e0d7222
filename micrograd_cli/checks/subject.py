"""An output of a program as a subject of checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from micrograd_cli.checks import obstacles
from micrograd_cli.checks.numerical import Estimate
from micrograd_cli.checks.obstacles import Reason
from micrograd_cli.checks.probe import Local, Probe


class Place(Local):
    """A probe at a point that can say why a verdict is what it is; see `checking.Place`."""

    def reason(self, key: str, estimate: Estimate) -> Reason:
        """What stands in the way of an estimate, and at which node."""
        return obstacles.reason(self, key, estimate)

    def convention(self, key: str) -> Reason | None:
        """The kink at the point, if there is one: the gradient is then that of a convention."""
        return obstacles.convention(self, key)


class OutputSubject(NamedTuple):
    """See `checking.Subject`."""

    probe: Probe

    def at(self, point: Mapping[str, float]) -> Place:
        """The output at a point, which has a number for each input."""
        return Place(self.probe, point)
