"""The algebras that the rules of `ops.py` run on: one file each, the same names in all of them."""
