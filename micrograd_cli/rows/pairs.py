"""Two columns of a table as numbers."""

from __future__ import annotations

from micrograd_cli.errors import DataError, UsageError, suggestion
from micrograd_cli.files.blocks import Input
from micrograd_cli.rows.dialect import Dialect
from micrograd_cli.rows.formats import DEFAULT, format_by_name, load
from micrograd_cli.rows.text.cells import BadRowError


def read_pairs(path: str, columns: tuple[str, str]) -> list[tuple[float, float]]:
    """The numbers in two columns of a CSV, TSV or JSON Lines file, row by row.

    Raises UsageError for an unknown column, DataError for a bad row.
    """
    format_ = format_by_name(path) or DEFAULT
    if format_.binary:
        raise UsageError(f"'{path}' is no text: points are read from CSV, TSV or JSON Lines")
    reader = load(format_.reader)(
        Input(path), Dialect(format_, format_.delimiter, guessed=format_ is DEFAULT)
    )
    names = reader.header
    for column in columns:
        if column not in names:
            raise UsageError(f"{path} has no column '{column}'", hint=suggestion(column, names))
    numbers = reader.careful(columns)
    found = []
    count = 0
    for block in reader.blocks:
        for record in reader.records(block):
            count += 1
            if not record.strip():
                continue
            try:
                x, y = numbers(record)
            except (BadRowError, ValueError) as error:
                raise DataError(f"{path}, row {count}: {error}") from None
            found.append((x, y))
    return found
