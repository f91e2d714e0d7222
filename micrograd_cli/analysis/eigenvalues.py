"""Eigenvalues of a symmetric matrix of balls, with digits that are certain.

Arb encloses them: the approximate ones are proven by the method of S. M. Rump, or of J. van der
Hoeven and B. Mourrain, where they are simple, and in clusters where they are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import acb_mat, fmpq_mat

from micrograd_cli.algebra.ball.decimals import decimals
from micrograd_cli.algebra.ball.numbers import NOUGHT, Ball, rational, short
from micrograd_cli.analysis.matrices import DEFINITENESS, Spectrum
from micrograd_cli.numbers import UNDECIDED


def certain_spectrum(entries: Sequence[Sequence[Ball]], digits: int) -> Spectrum | None:
    """The eigenvalues, ascending, as decimals. None where an entry is not finite."""
    numbers = [[each.short for each in row if each.short is not None] for row in entries]
    if any(len(row) < len(entries) for row in numbers):
        return None
    try:
        found = [short(each.real) for each in acb_mat(numbers).eig(multiple=True)]
    except ValueError:  # not isolated at this precision
        return Spectrum([UNDECIDED] * len(entries), UNDECIDED)
    found.sort(key=lambda x: x.lo.mid())
    near_zero = sum(each.has_zero for each in found)
    if near_zero and near_zero == nullity(entries):
        found = [NOUGHT if each.has_zero else each for each in found]
    texts = [decimals(each, digits) or UNDECIDED for each in found]
    return Spectrum(texts, definiteness(found))


def nullity(entries: Sequence[Sequence[Ball]]) -> int:
    """How many eigenvalues are 0, of a matrix of fractions; 0 of any other."""
    known = [[rational(each) for each in row] for row in entries]
    fractions = [[each for each in row if each is not None] for row in known]
    if any(len(row) < len(entries) for row in fractions):
        return 0
    return len(entries) - int(fmpq_mat(fractions).rank())


def definiteness(eigenvalues: Sequence[Ball]) -> str:
    """What the signs say, so far as they are known."""
    signs = {sign(each) for each in eigenvalues}
    if None in signs:
        return "indefinite" if {1, -1} <= signs else UNDECIDED
    return DEFINITENESS[frozenset(each for each in signs if each is not None)]


def sign(x: Ball) -> int | None:
    if x.is_point and x.has_zero:
        return 0
    return None if x.has_zero else 1 if x.lo > 0 else -1
