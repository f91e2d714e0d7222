"""The chain rule step by step: what `mgrad explain` shows."""
