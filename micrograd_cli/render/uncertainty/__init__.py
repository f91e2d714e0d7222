"""How the uncertainty of a result looks."""
