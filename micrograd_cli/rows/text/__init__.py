"""The row engine: text tables, record by record."""
