"""Tables in and out, as streams: formats, bad rows, and the two engines of `mgrad map`."""
