"""What terminals show: the console, tables, progress, colours."""
