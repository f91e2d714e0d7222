"""What formats ask of a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:  # for its type alone: only a run that draws imports Rich
    from rich.console import Console

Result = TypeVar("Result")


class Test(NamedTuple):
    """One test of a result; `reason` says why it did not pass, if known."""

    name: str
    outcome: str  # passed, failed, skipped
    verdict: str
    reason: str
    details: dict[str, Any]
    text: str


class View(Generic[Result]):
    """What there is to show of results of one kind, whatever the format.

    A view answers what the formats of its command ask for. Numbers are left to the writers: a float
    is a float here, and None is nothing.
    """

    header: Sequence[str] = ()  # what `rows` has in each column
    spaced = False  # a blank line stands between two results where people read them

    def fields(self, result: Result) -> Any:
        """The result as data: a dictionary, or a list of them."""
        raise NotImplementedError

    def rows(self, result: Result) -> Iterable[Sequence[Any]]:
        """The result as rows of a table."""
        raise NotImplementedError

    def lines(self, result: Result) -> Iterable[str]:
        """The result as lines of words that a shell can take apart."""
        raise NotImplementedError

    def draw(self, result: Result, screen: Console) -> None:
        """Print the result for people."""
        raise NotImplementedError

    def draw_end(self, screen: Console) -> None:
        """Print what follows all results."""

    def markdown(self, result: Result) -> Iterable[str]:
        """The result as lines of Markdown."""
        raise NotImplementedError

    def tests(self, result: Result) -> Iterable[Test]:
        """The result as tests."""
        raise NotImplementedError

    def suite(self, result: Result) -> str:
        """What its tests together are called."""
        raise NotImplementedError

    def document(self, results: Sequence[Result], format_: str) -> bytes:
        """All results in one file."""
        raise NotImplementedError
