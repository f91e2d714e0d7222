"""Minima of programs: exact Newton steps, quasi-Newton, stochastic descent, sums of squares."""
