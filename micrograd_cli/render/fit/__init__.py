"""How a fit looks."""
