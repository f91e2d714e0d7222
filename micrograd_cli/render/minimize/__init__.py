"""How a minimum looks, and the way there."""
