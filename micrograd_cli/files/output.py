"""Output that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from micrograd_cli.errors import DataError
from micrograd_cli.files.compression import compression, packing


@contextmanager
def output(path: str | None) -> Iterator[Any]:
    """A file to write bytes to; standard output for None or `-`.

    A file is written beside its place and put there at the end: after an error or a kill the name
    holds what it held before. Raises DataError where it cannot be made.
    """
    if path is None or path == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
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
