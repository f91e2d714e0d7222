"""`mgrad check`: the command and the parts of it."""
