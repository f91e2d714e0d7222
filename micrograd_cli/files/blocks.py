"""Bytes in: files and pipes in blocks of whole lines."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from select import select

from micrograd_cli.errors import DataError
from micrograd_cli.files.compression import compression, unpacking
from micrograd_cli.files.opening import name_in_errors, open_bytes, reading

LINE = 1 << 28  # bytes of a line; a small file may unpack to one without end
SMALL = 1 << 18  # bytes of a block, unless it is set
PATIENCE = 0.02  # seconds to wait for more of a pipe before what has come is answered


class Input:
    """The bytes of a file, or of standard input for `-`, in blocks that end with a line.

    `block` is how large, and may be set between two of them. `size` is the file's (None of a pipe)
    and `position` how far it has been read, for a progress bar. Raises DataError.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = "standard input" if path == "-" else path
        self.raw = open_bytes(path)
        with reading(path):
            status = os.fstat(self.raw.fileno())
        self.regular = stat.S_ISREG(status.st_mode)
        self.size = status.st_size if self.regular else None
        self.block = SMALL
        self.packed = compression(path)
        self.unpack = unpacking(self.raw, self.packed)

    @property
    def position(self) -> int:
        if self.raw.closed:
            return self.size or 0
        return self.raw.tell() if self.regular else 0

    def blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines: of about `block` bytes from a file, of what a pipe has delivered.

        The last one may lack its newline. The file is closed at the end. Raises DataError.
        """
        pieces: list[bytes] = []  # joined once a line ends: a line may be very long
        held = 0
        ended = False
        while piece := self.read(self.block):
            pieces.append(piece)
            held += len(piece)
            ended = ended or b"\n" in piece
            if not ended and held > LINE:
                size = f"{LINE >> 20} MB"
                raise DataError(f"{name_in_errors(self.path)} has a line of more than {size}")
            if not ended or (held < self.block and self.more()):
                continue
            block = b"".join(pieces)
            end = block.rfind(b"\n") + 1
            yield block[:end]
            pieces, held, ended = [block[end:]], len(block) - end, False
        if self.path != "-":
            self.raw.close()
        if held:
            yield b"".join(pieces)

    def read(self, size: int) -> bytes:
        with reading(self.path):
            return self.unpack(size)

    def more(self) -> bool:
        """Whether more can be read soon."""
        if self.regular:
            return True
        if self.packed or os.name == "nt":  # Windows cannot look into a pipe
            return False
        return bool(select([self.raw], [], [], PATIENCE)[0])
