"""Checks as a table, as records, and for CI systems."""
