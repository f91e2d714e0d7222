"""Programs on Arrow's tables and record batches, which DuckDB, Spark and Ray hand over."""

from __future__ import annotations

from typing import Any

from micrograd_cli.compiled import Compiled


def with_results(function: Compiled, table: Any) -> Any:
    """A Table or RecordBatch with the results behind its columns; where an input is null, nan.

    Raises UsageError for an input that is neither a column nor a default of the program.
    """
    import pyarrow

    given = {
        name: table.column(name).to_numpy(**options(table))
        for name in table.schema.names
        if name in function.inputs
    }
    for name, column in function(given).items():
        table = table.append_column(name, pyarrow.array(column))
    return table


def options(table: Any) -> dict[str, bool]:
    """What an array needs to be told to be copied where it has nulls; a chunked one copies."""
    chunked = hasattr(table, "to_batches")
    return {} if chunked else {"zero_copy_only": False}
