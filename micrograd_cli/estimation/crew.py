"""Sums over rows elsewhere: shares of the rows are sent out once, and asked at each point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol


class Crew(Protocol):
    """Workers, `count` of them. What is sent to them can be pickled."""

    count: int

    def send(self, shares: Sequence[Any]) -> Any:
        """Give the shares to the workers; what is needed to ask them."""
        ...

    def ask(self, sent: Any, method: str, *args: Any) -> Iterator[Any]:
        """What a method of each share returns, in their order. Raises DataError."""
        ...


def cuts(length: int, unit: int, count: int) -> list[slice]:
    """About so many shares of rows, each of whole units; none where there are too few rows."""
    units = -(-length // unit)
    if count < 1 or units < 2:
        return []
    size = -(-units // count) * unit
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]
