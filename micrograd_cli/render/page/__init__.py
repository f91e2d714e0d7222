"""A program as one page of HTML that works offline, with its numbers live."""
