"""A text at an address such as s3://bucket/x.csv: Polars fetches its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from micrograd_cli.errors import UsageError
from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.columns.lines import write_lines
from micrograd_cli.rows.frames.batches import ROWS, reading_by_polars


class RemoteInput(Input):
    """Its bytes in blocks of whole lines, unpacked, with plain newlines. Raises DataError."""

    def __init__(self, path: str, options: Mapping[str, str]) -> None:
        if not hasattr(pl, "scan_lines"):
            raise UsageError(f"'{path}': this Polars reads no text at an address",
                             hint="pip install --upgrade polars, or fetch it")  # fmt: skip
        self.path = self.name = path
        self.regular = False
        self.size = None
        self.packed = ""
        self.block = 0
        with reading_by_polars(path):
            self.lines = pl.scan_lines(path, glob=False, storage_options={**options})

    @property
    def position(self) -> int:
        """That of a stream."""
        return 0

    def blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines. Raises DataError."""
        with reading_by_polars(self.path):
            frames = self.lines.collect_batches(chunk_size=ROWS)
        while True:
            with reading_by_polars(self.path):
                frame = next(frames, None)
            if frame is None:
                return
            yield write_lines(frame)
