"""Compressed files, told by their names: gzip, and Zstandard with the extra `batch`."""

from __future__ import annotations

from typing import Any, BinaryIO

from micrograd_cli.errors import UsageError

COMPRESSIONS = ("gz", "zst")


def compression(path: str) -> str:
    """`gz`, `zst` or nothing, by the name of a file."""
    suffix = path.rpartition(".")[2].lower()
    return suffix if suffix in COMPRESSIONS else ""


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
