"""The tables of a run: files, globs, folders and lists of files, and what their paths tell."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.files.compression import compression
from micrograd_cli.files.opening import open_bytes, reading
from micrograd_cli.files.text import composed
from micrograd_cli.rows.formats import DEFAULT, Format, format_by_name
from micrograd_cli.rows.request import MapRequest

REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
WILD = re.compile(r"[*?[]")
HIDDEN = (".", "_")  # begin the names of what programs leave beside tables, such as _SUCCESS
NULL = "__HIVE_DEFAULT_PARTITION__"  # the value of a partition that has none


class Source(NamedTuple):
    """A table: its path, or `-`; the path of its output below a folder; its partitions' texts.

    `rows` are where it is a part of a binary table: how many come before it, and how many it has.
    """

    path: str
    target: str
    partitions: dict[str, str]
    rows: tuple[int, int] | None = None

    @property
    def before(self) -> int:
        """The rows of its table that come before it."""
        return self.rows[0] if self.rows else 0

    @property
    def remote(self) -> bool:
        """Whether it is at an address, which Polars fetches."""
        return is_remote(self.path)

    @property
    def name(self) -> str:
        """What errors and reports call it."""
        return "standard input" if self.path == "-" else self.path

    @property
    def size(self) -> int:
        """Bytes, 0 where that is not known."""
        return os.path.getsize(self.path) if os.path.isfile(self.path) else 0


def is_remote(path: str) -> bool:
    """Whether a path is an address such as `s3://bucket/x.parquet`."""
    return REMOTE.match(path) is not None


def find_sources(request: MapRequest) -> list[Source]:
    """All tables, in the order given; those of a glob or folder by their names.

    Raises DataError for one that is not there, UsageError where none is named.
    """
    wanted = request.source_format
    words = [(word, True) for word in request.tables]
    if request.files_from is not None:
        words += [(path, False) for path in listed_files(request.files_from)]
    found = [
        Source(path, os.path.relpath(path, root) if root else os.path.basename(path), partitions)
        for word, wild in words
        for path, root in expand(word, wild, wanted)
        for partitions in [partitions_of(path)]
    ]
    if [source.path for source in found].count("-") > 1:
        raise UsageError("standard input is named twice")
    return found


def expand(word: str, wild: bool, wanted: str | None) -> Iterator[tuple[str, str]]:
    """The files that a word names, each with the folder that its output's path begins below."""
    if word == "-" or is_remote(word):
        yield word, ""
    elif os.path.isdir(word):
        yield from walk(word, word, wanted)
    elif wild and WILD.search(word) and not os.path.lexists(word):
        root = os.path.dirname(word[: WILD.search(word).start()])  # type: ignore[union-attr]
        paths = sorted(glob.glob(word, recursive=True))
        if not paths:
            raise DataError(f"no file matches '{word}'")
        for path in paths:
            if not os.path.isdir(path):
                yield path, root or os.curdir
            elif "**" not in word:  # which gives the files of its folders too
                yield from walk(path, root or os.curdir, wanted)
    else:
        with reading(word):
            os.stat(word)
        yield word, ""


def walk(folder: str, root: str, wanted: str | None) -> Iterator[tuple[str, str]]:
    """The tables in a folder and below. Raises DataError where there is none."""
    count = 0
    with reading(folder):
        os.listdir(folder)
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(HIDDEN))
        for name in sorted(names):
            if not name.startswith(HIDDEN) and is_table(name, wanted):
                count += 1
                yield os.path.join(place, name), root
    if not count:
        raise DataError(f"the folder '{folder}' has no {wanted or 'tables'} in it")


def is_table(name: str, wanted: str | None) -> bool:
    """Whether a file in a folder is a table; with `--from`, one without a suffix is."""
    format_ = format_by_name(name)
    if wanted is None:
        return format_ is not None
    return format_.name == wanted if format_ else "." not in name


def listed_files(path: str) -> list[str]:
    """The files that a list names, one on each line, or with NUL between. Raises DataError."""
    with open_bytes(path) as file, reading(path):
        data = file.read()
    end = b"\0" if b"\0" in data else b"\n"
    names = [os.fsdecode(name.removesuffix(b"\r")) for name in data.split(end) if name.strip()]
    if not names:
        raise DataError(f"the list of --files-from {path} names no file")
    return names


def partitions_of(path: str) -> dict[str, str]:
    """The partitions that the folders of a path tell, as Hive names them: `year=2026`."""
    pairs = (part.partition("=") for part in path.replace(os.sep, "/").split("/")[:-1])
    return {
        composed(unquote(key)): "" if value == NULL else unquote(value)
        for key, equal, value in pairs
        if key and equal
    }


def format_of_all(sources: Sequence[Source]) -> Format:
    """The format that the names of the tables tell. Raises UsageError for more than one."""
    named = [source.path for source in sources if source.path != "-"]
    found = {format_by_name(path) or DEFAULT: path for path in reversed(named)}
    if len(found) > 1:
        (one, path), (other, another) = list(found.items())[-2:]
        raise UsageError(
            f"tables of several formats: '{another}' is {other.name}, '{path}' is {one.name}",
            hint="name those of one, or say how all are read: --from FORMAT",
        )
    return next(iter(found), DEFAULT)


def total_size(sources: Sequence[Source]) -> int | None:
    """The bytes of all tables, or None where one is no file."""
    paths = [source.path for source in sources]
    if not all(map(os.path.isfile, paths)):
        return None
    return sum(map(os.path.getsize, paths))


def with_targets(
    sources: Sequence[Source], folder: str, before: Format, after: Format
) -> list[Source]:
    """The tables with the paths of their outputs. Raises UsageError for two with the same."""
    found: dict[str, Source] = {}
    for source in sources:
        if source.path == "-":
            raise UsageError("standard input has no name for its output in a folder",
                             hint="write it to a file: -o FILE")  # fmt: skip
        if source.remote and WILD.search(source.path):
            raise UsageError(f"the glob '{source.path}' has one output: -o FILE")
        name = source.target if before is after else renamed(source.target, after)
        path = os.path.join(folder, name)
        other = found.setdefault(path, source._replace(target=path))
        if other.path != source.path:
            raise UsageError(f"'{other.path}' and '{source.path}' would both be written to "
                             f"'{path}'", hint="name the folder above them")  # fmt: skip
    return list(found.values())


def renamed(name: str, format_: Format) -> str:
    """The name of the output in another format for a table of this name."""
    packed = compression(name)
    bare = name[: -len(packed) - 1] if packed else name
    if format_by_name(bare) is not None:
        bare = bare.rpartition(".")[0]
    ending = f".{packed}" if packed and not format_.binary else ""
    return f"{bare}.{format_.suffixes[0]}{ending}"
