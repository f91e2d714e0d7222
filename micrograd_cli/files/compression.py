"""Compressed files, recognised by their names: gzip, and Zstandard with the extra `batch`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, BinaryIO

from micrograd_cli.errors import UsageError

COMPRESSIONS = ("gz", "zst")
PIECE = 1 << 12  # bytes of Zstandard at a time: what hostile ones unpack to still fits in memory
TOO_SHORT = "its compressed data end too early"
DAMAGED = "its compressed data are damaged"

Read = Callable[[int], bytes]  # of about so many bytes, none at the end


def compression(path: str) -> str:
    """`gz`, `zst` or nothing, by the name of a file."""
    suffix = path.rpartition(".")[2].lower()
    return suffix if suffix in COMPRESSIONS else ""


def unpacking(raw: BinaryIO, packed: str) -> Read:
    """The function that reads what is in a file, and raises OSError or ValueError."""
    if packed == "gz":
        return gzip_reader(raw)
    if packed == "zst":
        return zstandard_reader(raw)
    return raw.read1  # type: ignore[attr-defined, no-any-return]


def gzip_reader(raw: BinaryIO) -> Read:
    import gzip
    import zlib

    file = gzip.GzipFile(fileobj=raw, mode="rb")

    def read(size: int) -> bytes:
        try:
            return file.read1(size)
        except EOFError:
            raise ValueError(TOO_SHORT) from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{DAMAGED}: {error}") from None

    return read


def zstandard_reader(raw: BinaryIO) -> Read:
    """Reads frame after frame; the library's own reader takes half a frame for a whole one."""
    library = zstandard()
    frame: Any = None  # that has begun and not ended
    packed = b""  # that comes after a frame's end

    def read(size: int) -> bytes:
        nonlocal frame, packed
        while piece := packed or raw.read1(PIECE):  # type: ignore[attr-defined]
            frame = frame or library.ZstdDecompressor().decompressobj()
            try:
                data: bytes = frame.decompress(piece)
            except library.ZstdError as error:
                raise ValueError(f"{DAMAGED}: {error}") from None
            packed = b""
            if frame.eof:
                packed, frame = frame.unused_data, None
            if data:
                return data
        if frame is not None:
            raise ValueError(TOO_SHORT)
        return b""

    return read


def packing(raw: BinaryIO, packed: str) -> AbstractContextManager[Any]:
    """A file to write to, which is whole in `raw` when it is left."""
    if packed == "gz":
        import gzip

        return gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0)
    if packed == "zst":
        writer: AbstractContextManager[Any] = (
            zstandard().ZstdCompressor().stream_writer(raw, closefd=False)
        )
        return writer
    return nullcontext(raw)


def zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise UsageError(
            ".zst files need the library zstandard", hint="pip install 'mgrad[batch]'"
        ) from None
    return zstandard
