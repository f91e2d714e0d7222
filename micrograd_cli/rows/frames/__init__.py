"""Parquet and Arrow files, in and out, as frames of Polars."""
