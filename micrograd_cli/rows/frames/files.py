"""Parquet and Arrow: what Polars calls their readers and writers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

import polars as pl

from micrograd_cli.rows.sources import is_remote

Options = Mapping[str, str]  # of the storage that an address such as s3:// is fetched from


def scan_parquet(path: str, options: Options) -> pl.LazyFrame:
    remote = is_remote(path)
    return pl.scan_parquet(path, glob=remote, storage_options={**options} if remote else None)


def scan_arrow(path: str, options: Options) -> pl.LazyFrame:
    remote = is_remote(path)
    return pl.scan_ipc(path, glob=remote, storage_options={**options} if remote else None)


def write_parquet(frame: pl.LazyFrame, file: BinaryIO) -> None:
    frame.sink_parquet(file)


def write_arrow(frame: pl.LazyFrame, file: BinaryIO) -> None:
    frame.sink_ipc(file)
