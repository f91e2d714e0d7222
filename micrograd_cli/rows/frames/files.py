"""Parquet and Arrow: what Polars calls their readers and writers."""

from __future__ import annotations

from typing import BinaryIO

import polars as pl


def scan_parquet(path: str) -> pl.LazyFrame:
    return pl.scan_parquet(path, glob=False)


def scan_arrow(path: str) -> pl.LazyFrame:
    return pl.scan_ipc(path, glob=False)


def write_parquet(frame: pl.LazyFrame, file: BinaryIO) -> None:
    frame.sink_parquet(file)


def write_arrow(frame: pl.LazyFrame, file: BinaryIO) -> None:
    frame.sink_ipc(file)
