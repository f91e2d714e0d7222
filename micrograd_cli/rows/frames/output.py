"""Frames out, one after the other: to a binary file in bounded memory, or as lines of text."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from queue import Full, Queue
from threading import Thread

import polars as pl
from polars.io.plugins import register_io_source

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.files.compression import compression
from micrograd_cli.files.output import open_output
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import load
from micrograd_cli.rows.frames.batches import ROWS

SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")  # what Rust puts behind its words for one
AHEAD = 2  # frames that wait to be written
PATIENCE = 0.05  # seconds after which to see whether there is still someone who writes them
HELD = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}

Frames = Queue[pl.DataFrame | None]  # None is the end


def write_text(
    frames: Iterable[pl.DataFrame], dialect: Dialect, path: str | None, as_string: bool
) -> None:
    """Write frames as text. Raises DataError."""
    lines = load(dialect.format.frame_writer)
    first = True
    with open_output(path) as out:
        for frame in frames:
            out.write(lines(frame, dialect, as_string, first))
            out.flush()
            first = False


def write_file(frames: Iterator[pl.DataFrame], dialect: Dialect, path: str | None) -> None:
    """Write a binary file. Raises UsageError where it cannot be one, DataError.

    Polars writes in a thread of its own: the main one, which signals interrupt, waits for frames.
    The bytes follow from the rows alone, however they come.
    """
    if path is None or path == "-":
        raise UsageError(f"{dialect.format.name} is written to a file", hint="name it with -o FILE")
    if compression(path):
        raise UsageError(f"{dialect.format.name} is compressed within",
                         hint=f"name it without .{compression(path)}")  # fmt: skip
    first = next(frames)
    frames = even(frames)
    queue: Frames = Queue(AHEAD)
    errors: list[BaseException] = []

    def write() -> None:
        lazy = register_io_source(lambda *_: take(queue), schema=dict(first.schema))
        try:
            load(dialect.format.writer)(lazy, file)
        except BaseException as error:  # a panic of Polars among them
            errors.append(error)

    with open_output(path) as file:
        writer = Thread(target=write, daemon=True)
        try:
            with signals_held():
                writer.start()
            for frame in chain([first], frames):
                hand_over(frame, queue, writer)
        finally:
            hand_over(None, queue, writer)
            writer.join()
        if errors:
            raise system_error(errors[0], path)


def even(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in frames of ROWS, each in one piece: so a writer sees them alike."""
    held = pl.DataFrame()
    for frame in frames:
        held = pl.concat([held, frame]) if held.height else frame
        while held.height >= ROWS:
            yield held.head(ROWS).rechunk()
            held = held.slice(ROWS)
    if held.height:
        yield held.rechunk()


def take(queue: Frames) -> Iterator[pl.DataFrame]:
    while (frame := queue.get()) is not None:  # pragma: no cover: Polars' thread is not traced
        yield frame  # pragma: no cover


@contextmanager
def signals_held() -> Iterator[None]:
    """Holds signals back: a thread that is begun meanwhile never gets any."""
    if not hasattr(signal, "pthread_sigmask"):
        yield  # pragma: no cover: Windows has no masks
        return  # pragma: no cover
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def hand_over(frame: pl.DataFrame | None, queue: Frames, writer: Thread) -> None:
    """Put a frame into the queue, unless the thread that empties it has ended."""
    while writer.is_alive():
        try:
            queue.put(frame, timeout=PATIENCE)
            return
        except Full:  # pragma: no cover: of a disk that is slower than the rows
            pass


def system_error(error: BaseException, path: str) -> Exception:
    """The system's error as Python raises it, where Polars wraps one."""
    message = str(error)
    number = SYSTEM_ERROR.search(message)
    if number is not None:
        return OSError(int(number[1]), os.strerror(int(number[1])))
    return DataError(f"cannot write '{path}': {message.splitlines()[0]}")
