"""CSV, TSV and JSONL, one record after the other, with the standard library alone."""
