"""Errors and how they are shown: one block with the text, the span underlined and a hint."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]  # of characters: first, and one past the last
LONGEST = 100  # characters of a name that did-you-mean looks at
CONTEXT = 70  # how many columns of a long line are shown


class MgradError(Exception):
    """Base of the errors that mgrad reports; `status` is the exit status.

    `text` is what the spans of `message`'s place and of `also` (more places with a note each)
    refer to; whoever knows it fills it in.
    """

    status = 3

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        hint: str = "",
        also: Iterable[tuple[Span, str]] = (),
        text: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint
        self.also = tuple(also)
        self.text = text
        self.line = 1  # the number of the text's first line

    def __str__(self) -> str:
        marks = [(self.span, self.hint), *self.also]
        return block("error", self.message, self.text, marks, self.line)


class ProgramError(MgradError):
    """The program is wrong: its syntax, a name, an arity, its size."""


class UsageError(MgradError):
    """The command line is wrong: an option, a binding, a missing input."""

    status = 2


class NonFiniteError(MgradError):
    """A result is inf or nan and `--strict` was given."""

    status = 4


class DataError(MgradError):
    """A file that is missing or not text, a bad row."""

    status = 5


def block(
    kind: str, message: str, text: str, marks: Iterable[tuple[Span | None, str]], line: int = 1
) -> str:
    """An error or a warning with its places: `kind: message`, then a snippet for each mark."""
    lines = [f"{kind}: {printable(message)}"]
    for span, note in marks:
        if span is not None and text:
            lines += snippet(text, span, note, line)
        elif note:
            lines.append(f"  {printable(note)}")
    return "\n".join(lines)


def snippet(text: str, span: Span, note: str = "", line: int = 1) -> list[str]:
    """The line of a span, and below it the underline and a note; `line` numbers the first one."""
    start, end = span
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    last = len(text) if last < 0 else last
    number = str(text.count("\n", 0, start) + line)
    left, right = window(first, last, start)
    shown = printable(text[left:right])
    before = "... " if left > first else ""
    after = " ..." if right < last else ""
    indent = len(before) + width(printable(text[left:start]))
    underline = "^" * max(1, width(printable(text[start : min(end, right)])))
    gutter = " " * len(number)
    mark = f"  {gutter} | {' ' * indent}{underline} {printable(note)}".rstrip()
    return [f"  {number} | {before}{shown}{after}".rstrip(), mark]


def window(first: int, last: int, start: int) -> Span:
    """The part of a line, from `first` to `last`, that is shown around `start`."""
    if last - first <= CONTEXT:
        return first, last
    left = max(first, min(start - CONTEXT // 3, last - CONTEXT))
    return left, min(last, left + CONTEXT)


def column(text: str, position: int) -> int:
    """The column of a character in its line as the terminal counts, from 1; wide ones are two."""
    return 1 + width(printable(text[text.rfind("\n", 0, position) + 1 : position]))


def printable(text: str) -> str:
    """The text with escapes (`\\x1b`) for what would move the cursor or turn the writing around."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each
        if each.isprintable() or each == "\n"
        else " "
        if each.isspace()
        else each.encode("unicode_escape").decode()
        for each in text
    )


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text
    )


def counted(count: int, noun: str) -> str:
    """A number of things: `1 row`, `2,000 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def suggestion(name: str, known: Iterable[str], form: str = "'{}'") -> str:
    """`did you mean …?` for the nearest of the known names, or nothing where none is near."""
    found = nearest(name, known)
    return f"did you mean {form.format(found)}?" if found else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names, or nothing where none is near.

    Names above LONGEST characters are nobody's slips.
    One that differs in nothing but capitals is the nearest, then one that begins alike.
    """
    if len(name) > LONGEST:
        return ""
    known = [each for each in known if len(each) <= LONGEST]
    alike = name.casefold().replace("_", "")
    distance, *_, found = min(
        (
            (0 if alike == each.casefold().replace("_", "") else edits(name, each),
             not (name.startswith(each) or each.startswith(name)),
             abs(len(name) - len(each)), each)
            for each in known
        ),
        default=(99, True, 0, ""),
    )  # fmt: skip
    near = distance == 0 or distance <= max(1, len(name) // 3) < len(name)
    return found if near else ""


def edits(a: str, b: str) -> int:
    """How many letters to add, drop, replace or swap with the next (Damerau-Levenshtein)."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]
