"""Plots: on a terminal, and as pictures."""
