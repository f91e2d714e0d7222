"""Output that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import TextIOWrapper
from typing import Any, TextIO

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.files.compression import compression, packing


@contextmanager
def output(path: str | None) -> Iterator[Any]:
    """A file to write bytes to; standard output for None or `-`.

    A file is written beside its place and put there at the end: after an error or a kill the name
    holds what it held before. Raises DataError where it cannot be made.
    """
    if path is None or path == "-":
        sys.stdout.flush()
        yield getattr(sys.stdout, "buffer", None) or Decoding(sys.stdout)
        return
    if os.path.exists(path) and not os.path.isfile(path):  # a device or a named pipe
        with open(path, "wb") as file:
            yield file
        return
    with beside(path) as temporary, open(temporary, "wb") as raw:
        file = packing(raw, compression(path))
        yield file
        if file is not raw:
            file.close()


class Decoding:
    """Takes bytes for a stream of text alone, such as a notebook's: they must be UTF-8."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.decoder = getincrementaldecoder("utf-8")()

    def write(self, data: bytes) -> None:
        """Raises UsageError for bytes that are no text."""
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
    with output(path) as file:
        text = TextIOWrapper(file, encoding="utf-8", newline="\n")
        try:
            with redirect_stdout(text):
                yield
        finally:
            text.detach()


@contextmanager
def leaving_on_sigterm() -> Iterator[None]:
    """A SIGTERM ends the process as an exception does: what is half done is tidied up."""
    import signal

    def leave(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    try:
        before = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def beside(path: str) -> Iterator[str]:
    """The name of a new file beside `path`, which takes its place at the end, or is removed."""
    target = os.path.realpath(path)
    temporary = f"{target}.{os.getpid()}.part"
    with leaving_on_sigterm():
        try:
            with open(temporary, "xb"):
                pass
            if os.path.exists(target):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        except OSError as error:
            raise DataError(f"cannot write '{path}': {error.strerror}") from None
        try:
            yield temporary
            os.replace(temporary, target)
        except BaseException:
            if os.path.exists(temporary):
                os.remove(temporary)
            raise
