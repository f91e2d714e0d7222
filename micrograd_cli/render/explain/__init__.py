"""The chain rule as text, Markdown and JSON."""
