"""The look of all tables: bold headings, numbers on the right; names fold, numbers are rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from micrograd_cli.numbers import ALL_DIGITS, shortened, written_shorter
from micrograd_cli.terminal.console import UNLIMITED, cell

FEW = 6  # digits of which a table is told apart rather than give one of them up
NARROW = (16, 8)  # columns to which a name is folded before a number loses digits
BORDERS = 3  # columns that stand between two cells

Cell = str | Text | float | None


class Heading(NamedTuple):
    """The head of a column; `numbers` are aligned to the right."""

    text: str
    numbers: bool = False
    style: str = ""
    folds: bool = True


def numeric(*names: str) -> list[Heading]:
    """Headings of columns of numbers."""
    return [Heading(name, numbers=True) for name in names]


class Grid:
    """A table in the making. In a column of numbers a cell is a float, None, or a number's text."""

    def __init__(self, headings: Iterable[str | Heading], lines: bool = False) -> None:
        self.headings = [Heading(each) if isinstance(each, str) else each for each in headings]
        self.lines = lines
        self.rows: list[tuple[Sequence[Cell], str]] = []
        self.known: dict[tuple[int, int], int] = {}  # of a column and digits: its longest line

    def add(self, *cells: Cell, style: str = "") -> None:
        """Add a row; the cells that it lacks are empty."""
        missing = len(self.headings) - len(cells)
        self.rows.append(([*cells, *[""] * missing], style))
        self.known.clear()

    def print(self, screen: Console, digits: int | None = None) -> None:
        """Print the table, its numbers rounded to so many digits, or to those that fit.

        Columns of numbers for which there is no room stand in tables of their own, below.
        """
        for number, (columns, found) in enumerate(self.parts(screen.width, digits)):
            if number:
                screen.print()
            table = self.table(columns, found, screen.width)
            needed = total(column.width or 0 for column in table.columns)
            screen.print(table, width=max(needed, screen.width), crop=False)
        if digits is None and found < ALL_DIGITS and self.loses(found):
            note = f"rounded to {found} digits to fit; a pipe or a file gets all"
            screen.print(Text(note, "dim"))

    def width(self, digits: int | None = None) -> int:
        """How many columns the table takes if nothing folds."""
        columns = range(len(self.headings))
        return total(self.natural(place, digits or ALL_DIGITS) for place in columns)

    # --- what fits --------------------------------------------------------------------------------

    def parts(self, width: int, digits: int | None) -> list[tuple[list[int], int]]:
        """The places of the columns that stand together, and the digits of their numbers."""
        every = list(range(len(self.headings)))
        if width >= UNLIMITED:
            return [(every, digits or ALL_DIGITS)]
        choice = range(ALL_DIGITS, 0, -1) if digits is None else [digits]
        many, few = [d for d in choice if d >= FEW], [d for d in choice if 2 < d < FEW]
        wishes = [(d, n) for n in NARROW for d in many] + [(d, NARROW[-1]) for d in few]
        for found, narrow in wishes or [(choice[0], NARROW[-1])]:
            if total(self.least(place, found, narrow) for place in every) <= width:
                return [(every, found)]
        found = digits or next(filter(lambda d: self.fit_alone(width, d), (FEW, 5, 4)), 3)
        return [(columns, found) for columns in self.groups(width, found)]

    def fit_alone(self, width: int, digits: int) -> bool:
        """Whether each column of numbers fits beside the words."""
        widths = [self.least(place, digits, NARROW[-1]) for place in range(len(self.headings))]
        numbers = [each for each, head in zip(widths, self.headings, strict=True) if head.numbers]
        words = [each for each, head in zip(widths, self.headings, strict=True) if not head.numbers]
        return total([*words, max(numbers, default=0)]) <= width

    def groups(self, width: int, digits: int) -> Iterator[list[int]]:
        """The columns of numbers in groups that fit, each beside the columns of words."""
        words = [place for place, each in enumerate(self.headings) if not each.numbers]
        numbers = [place for place, each in enumerate(self.headings) if each.numbers]
        group: list[int] = []
        for place in numbers:
            wider = sorted([*words, *group, place])
            if group and total(self.least(p, digits, NARROW[-1]) for p in wider) > width:
                yield sorted([*words, *group])
                group = []
            group.append(place)
        yield sorted([*words, *group])

    def least(self, place: int, digits: int, narrow: int) -> int:
        """To how many columns one of the table may be made narrower."""
        heading = self.headings[place]
        if not heading.folds:
            return self.natural(place, digits)
        head = min(cell_len(heading.text), narrow)
        if heading.numbers:
            return max(head, self.longest(place, digits))
        return min(narrow, self.natural(place, digits))

    def natural(self, place: int, digits: int) -> int:
        return max(cell_len(self.headings[place].text), self.longest(place, digits))

    def longest(self, place: int, digits: int) -> int:
        """The length of the longest line in a column."""
        if (place, digits) not in self.known:
            texts = (self.text(cells[place], place, digits) for cells, _ in self.rows)
            lines = (cell_len(line) for text in texts for line in text.split("\n"))
            self.known[place, digits] = max(lines, default=0)
        return self.known[place, digits]

    def widths(self, columns: Sequence[int], digits: int, width: int) -> list[int]:
        """How wide each column is drawn: what folds shares what the others leave.

        A number with more certain digits than there is room for is folded too.
        """
        found = [self.natural(place, digits) for place in columns]
        least = [self.least(place, digits, NARROW[-1]) for place in columns]
        while total(found) > width:
            room = [now - low for now, low in zip(found, least, strict=True)]
            if not any(room):
                break
            widest = max(now for now, more in zip(found, room, strict=True) if more)
            found[next(i for i, now in enumerate(found) if now == widest and room[i])] -= 1
        longest = found.index(max(found))
        if self.headings[columns[longest]].numbers:
            left = found[longest] - max(total(found) - width, 0)
            found[longest] = max(left, min(NARROW[0], found[longest]))
        return found

    # --- what is drawn ----------------------------------------------------------------------------

    def table(self, columns: Sequence[int], digits: int, width: int) -> Table:
        """These columns, drawn."""
        table = Table(header_style="bold", show_lines=self.lines)
        widths: Sequence[int | None] = [None] * len(columns)
        if width < UNLIMITED:
            widths = self.widths(columns, digits, width)
        for place, each in zip(columns, widths, strict=True):
            heading = self.headings[place]
            table.add_column(
                cell(heading.text),
                style=heading.style,
                justify="right" if heading.numbers else "left",
                overflow="fold",
                no_wrap=not heading.folds,
                width=each,
            )
        for cells, style in self.rows:
            table.add_row(*[self.drawn(cells[place], place, digits, each)
                            for place, each in zip(columns, widths, strict=True)],
                          style=style)  # fmt: skip
        return table

    def drawn(self, content: Cell, place: int, digits: int, width: int | None) -> Text:
        if not isinstance(content, Text):
            return cell(self.text(content, place, digits))
        if self.headings[place].numbers and width is not None and content.cell_len > width:
            content = content.copy()
            content.justify = "left"  # its lines are read on
        return content

    def text(self, content: Cell, place: int, digits: int) -> str:
        """The text of a cell; that of a number is rounded."""
        if isinstance(content, Text):
            return content.plain
        if isinstance(content, str):
            numbers = self.headings[place].numbers and digits < ALL_DIGITS
            return written_shorter(content, digits) if numbers else content
        return shortened(content, digits)

    def loses(self, digits: int) -> bool:
        """Whether rounding to so many digits takes any away."""
        return any(
            self.text(content, place, digits) != self.text(content, place, ALL_DIGITS)
            for cells, _ in self.rows
            for place, content in enumerate(cells)
        )


def fixed(number: float | str | None) -> Cell:
    """A number; one with certain digits, a text, is never rounded."""
    return Text(number) if isinstance(number, str) else number


def total(widths: Iterable[int]) -> int:
    """The width of a table with columns of these widths."""
    return sum(width + BORDERS for width in widths) + 1
