"""What a run found, as plain data: nothing here knows how it will look."""
