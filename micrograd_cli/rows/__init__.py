"""Tables in and out, as streams: formats, bad rows, and the engines of `mgrad map`."""
