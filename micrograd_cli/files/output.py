"""Output that is whole or not there at all."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import sys
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from io import TextIOWrapper
from typing import Any, BinaryIO, TextIO

from micrograd_cli.errors import UsageError
from micrograd_cli.files.compression import compression, packing
from micrograd_cli.files.opening import writing

LINKS = 40  # that are followed, as the system does


@contextmanager
def open_output(path: str | None) -> Iterator[Any]:
    """A file to write bytes to; standard output for None or `-`.

    A file is written beside its place and put there at the end: after an error or a kill the name
    holds what it held before. A stream that is open already (`/dev/stdout`), a device and a named
    pipe are written to as they are. Raises DataError where it cannot be written, UsageError for no
    name at all.
    """
    if path is None or path == "-":
        sys.stdout.flush()
        yield getattr(sys.stdout, "buffer", None) or Decoding(sys.stdout)
        return
    if not path:
        raise UsageError("the name of the output is empty")
    with writing(path):
        descriptor = open_descriptor(path)
        if descriptor is not None:
            sys.stdout.flush()
            with os.fdopen(os.dup(descriptor), "wb") as file:
                yield file
        elif os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as file:
                yield file
        else:
            with beside(path) as raw, packing(raw, compression(path)) as file:
                yield file


def open_descriptor(path: str) -> int | None:
    """The descriptor that a name such as `/dev/stdout` refers to, through any links."""
    own = {"/dev/fd", os.path.realpath("/proc/self/fd")}
    for _ in range(LINKS):
        folder, name = os.path.split(os.path.abspath(path))
        folder = os.path.realpath(folder)
        if folder in own and name.isdecimal():
            return int(name)
        path = os.path.join(folder, name)
        if not os.path.islink(path):
            return None
        path = os.path.join(folder, os.readlink(path))
    return None


class Decoding:
    """Takes bytes for a stream of text alone, such as a notebook's: they must be UTF-8."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.decoder = getincrementaldecoder("utf-8")()

    def write(self, data: bytes) -> None:
        """Raises UsageError for bytes that are not text."""
        try:
            self.stream.write(self.decoder.decode(data))
        except UnicodeDecodeError:
            raise UsageError("standard output takes text alone here", hint="give -o FILE") from None

    def flush(self) -> None:
        self.stream.flush()


@contextmanager
def printing_to(path: str | None) -> Iterator[None]:
    """Print to a file, as UTF-8, whole or not at all; for None or `-` nothing changes."""
    if path is None or path == "-":
        yield
        return
    with open_output(path) as file:
        text = TextIOWrapper(file, encoding="utf-8", newline="\n")
        try:
            with redirect_stdout(text):
                yield
        finally:
            text.detach()


@contextmanager
def beside(path: str) -> Iterator[BinaryIO]:
    """A new file beside `path`, which takes its place at the end, or is removed."""
    target = os.path.realpath(path)
    temporary = f"{target}.{os.getpid()}.part"
    with leaving_on_signals():
        try:
            with open(temporary, "xb") as file:
                if os.path.exists(target):
                    os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
                yield file
            os.replace(temporary, target)
        except FileExistsError:  # it is not ours
            raise
        except BaseException:
            with suppress(FileNotFoundError):
                os.remove(temporary)
            raise


LEFTOVER = re.compile(r"(.+)\.(\d+)\.part")


def remove_leftovers(folder: str, names: Collection[str]) -> None:
    """Remove what runs that were killed have left beside their outputs of these names."""
    if os.name == "nt":  # pragma: no cover: Windows, which cannot be asked whether a process lives
        return
    for entry in os.listdir(folder):
        found = LEFTOVER.fullmatch(entry)
        if found is None or found[1] not in names:
            continue
        try:
            os.kill(int(found[2]), 0)
        except ProcessLookupError:
            left = os.path.join(folder, entry)
            with suppress(FileNotFoundError):
                shutil.rmtree(left) if os.path.isdir(left) else os.remove(left)
        except OSError:  # another user's
            pass


@contextmanager
def leaving_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end the process as an exception does: what is half done is tidied up.

    One that is ignored (`nohup`), or that the program handles itself, is left alone.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]

    def leave(number: int, _: Any) -> None:
        handle(signal.SIG_IGN)  # a second one would end the tidying up
        raise SystemExit(128 + number)

    def handle(handler: Any) -> None:
        with suppress(ValueError):  # not the main thread
            for each in taken:
                signal.signal(each, handler)

    handle(leave)
    try:
        yield
    finally:
        handle(signal.SIG_DFL)
