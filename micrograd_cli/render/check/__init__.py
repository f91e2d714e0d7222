"""What `mgrad check` shows."""
