"""The language: text to a Program and back."""
