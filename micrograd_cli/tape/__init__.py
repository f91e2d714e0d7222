"""A program as a straight list of instructions, replayed on floats or columns."""
