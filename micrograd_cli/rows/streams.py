"""Bytes in and out: files and pipes, compression, output that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from micrograd_cli.errors import DataError, UsageError
from micrograd_cli.rows.dialect import compression

SMALL = 1 << 18  # bytes of a block, unless it is set
PATIENCE = 0.02  # seconds to wait for more of a pipe before what has come is answered


class Input:
    """The bytes of a file, or of standard input for `-`, in blocks that end with a line.

    `block` is how large, and may be set between two of them. `size` is the file's (None of a pipe)
    and `position` how far it has been read, for a progress bar.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = "standard input" if path == "-" else path
        try:
            self.raw: BinaryIO = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
            status = os.fstat(self.raw.fileno())
        except OSError as error:
            raise DataError(f"cannot read '{path}': {error.strerror}") from None
        if stat.S_ISDIR(status.st_mode):
            raise DataError(f"cannot read '{path}': it is a folder")
        self.regular = stat.S_ISREG(status.st_mode)
        self.size = status.st_size if self.regular else None
        self.block = SMALL
        self.packed = compression(path)
        self.file: Any = unpacked(self.raw, self.packed)

    @property
    def position(self) -> int:
        return self.raw.tell() if self.regular else 0

    def blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines: of about `block` bytes from a file, of what has come from a pipe.

        The last one may lack its newline. Raises DataError.
        """
        pieces: list[bytes] = []  # joined once a line ends: a line may be very long
        held = 0
        ended = False
        while piece := self.read(self.block):
            pieces.append(piece)
            held += len(piece)
            ended = ended or b"\n" in piece
            if not ended or (held < self.block and self.more()):
                continue
            block = b"".join(pieces)
            end = block.rfind(b"\n") + 1
            yield block[:end]
            pieces, held, ended = [block[end:]], len(block) - end, False
        if held:
            yield b"".join(pieces)

    def read(self, size: int) -> bytes:
        try:
            return cast(bytes, self.file.read1(size))
        except OSError as error:  # gzip's among them
            raise DataError(f"cannot read '{self.name}': {error.strerror or error}") from None
        except (EOFError, ValueError) as error:
            raise DataError(f"cannot read '{self.name}': {error}") from None

    def more(self) -> bool:
        """Whether more can be read soon."""
        if self.regular:
            return True
        if self.packed or os.name == "nt":  # Windows cannot look into a pipe
            return False
        from select import select

        return bool(select([self.raw], [], [], PATIENCE)[0])


def unpacked(raw: BinaryIO, packed: str) -> Any:
    if packed == "gz":
        import gzip

        return gzip.GzipFile(fileobj=raw, mode="rb")
    if packed == "zst":
        return zstandard().ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return raw


def packing(raw: BinaryIO, packed: str) -> Any:
    if packed == "gz":
        import gzip

        return gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0)
    if packed == "zst":
        return zstandard().ZstdCompressor().stream_writer(raw, closefd=False)
    return raw


def zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise UsageError(
            ".zst files need the library zstandard", hint="pip install 'mgrad[batch]'"
        ) from None
    return zstandard


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
