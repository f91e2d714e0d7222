"""The column engine: blocks of text through Polars and NumPy."""
