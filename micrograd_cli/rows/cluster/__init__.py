"""`mgrad map` on Dask.distributed: a task for each table, whose output its worker writes."""
