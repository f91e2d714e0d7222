"""Rows in shares, here or on other machines: what is computed of them goes to where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

Found = TypeVar("Found")

UNIT = 1 << 16  # rows: all blocks that are added up are parts of it, and a share is whole units


class Shares(Protocol):
    """`height` rows, or objects made of them, in shares that follow each other.

    The sums over them are added up by block, in the order of the rows: they are the same numbers
    however many shares there are. Functions given to shares elsewhere, and what they return, can
    be pickled.
    """

    height: int

    def made(self, make: Callable[[Any], Any]) -> Shares:
        """What `make` makes of each share, kept where the share is."""
        ...

    def each(self, work: Callable[..., Found], *args: Any) -> Iterator[Found]:
        """What `work(share, *args)` gives for each share, in their order. Raises DataError."""
        ...


class Here:
    """All rows in this process, as one share."""

    def __init__(self, share: Any, height: int | None = None) -> None:
        self.share = share
        self.height: int = share.height if height is None else height

    def made(self, make: Callable[[Any], Any]) -> Here:
        return Here(make(self.share), self.height)

    def each(self, work: Callable[..., Found], *args: Any) -> Iterator[Found]:
        yield work(self.share, *args)
