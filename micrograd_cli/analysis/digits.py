"""How many digits of a value and of its gradients are right.

Most results lose nothing, and a second run shows that cheaply. Where that moves a result by more
than rounding may, the algebra BOUND says by how much it is wrong, and `lost_digits.py` where the
digits went.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite, log10
from typing import TYPE_CHECKING, Any, NamedTuple

from micrograd_cli.algebra.accurate import NORMAL
from micrograd_cli.analysis.beyond_range import is_whole
from micrograd_cli.analysis.second_run import difference, second_run, undisturbed
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.underflow import Underflow, first_underflow

if TYPE_CHECKING:
    from micrograd_cli.algebra.rounding import Bound
    from micrograd_cli.analysis.bounds import Bounds

DIGITS = 16  # of a float
ALL = 2.0**-50  # a result of which no larger share is wrong, 4 units in the last place, has all
MOST = 2000  # operations: of a larger program nothing is said


class Digits(NamedTuple):
    """The right digits of a value and of its gradients; None where they are not known."""

    value: Any  # int | None; of an array nested lists
    grad: dict[str, Any]


class Accuracy(NamedTuple):
    """What is known of a sweep's digits: the bounds too, if they are worth a run."""

    digits: Digits
    bounds: Bounds | None = None
    underflow: Underflow | None = None  # the first


def accuracy(sweep: Sweep) -> Accuracy:
    """The right digits of a sweep's results; none for a program of more than MOST operations."""
    results = sweep.results
    if len(sweep.order) > MOST or not any(map(isfinite, results)):
        return Accuracy(Digits(None, dict.fromkeys(sweep.wrt)))
    underflow = None if is_whole(sweep) else first_underflow(sweep)
    again, disturbed = second_run(sweep)
    if not (underflow or disturbed) and all(map(undisturbed, results, again)):
        shares = list(map(difference, results, again))
        if max(shares) <= ALL and all(map(isfinite, results)):
            return Accuracy(Digits(DIGITS, dict.fromkeys(sweep.wrt, DIGITS)))
        return Accuracy(digits(sweep, results, shares))
    from micrograd_cli.analysis.bounds import bounds, leaf_bounds  # most runs do without

    found = bounds(sweep.order, leaf_bounds(sweep), sweep.root)
    if sweep.wide:
        found = found._replace(grads=regained(sweep, found.grads, again[1:]))
    exact = [found.values[sweep.root.index], *[found.grads[leaf.index] for leaf in sweep.leaves]]
    shares = [each.relative_error if each else 0.0 for each in exact]
    return Accuracy(digits(sweep, results, shares), found, underflow)


def regained(
    sweep: Sweep, grads: Sequence[Bound | None], again: Sequence[float]
) -> list[Bound | None]:
    """Bounds of grads, of which those of floats hold for no gradient that WIDE has found."""
    from micrograd_cli.algebra.rounding import TINY, unsure

    known = list(grads)
    for leaf, result, other in zip(sweep.leaves, sweep.results[1:], again, strict=True):
        if leaf.index in sweep.wide and 0 < abs(result) < inf and undisturbed(result, other):
            error = difference(result, other) * abs(result)
            known[leaf.index] = unsure(result, 0.0, error if abs(result) >= NORMAL else TINY)
    return known


def digits(sweep: Sweep, results: Sequence[float], shares: Iterable[float]) -> Digits:
    """The digits of results of which these shares may be wrong."""
    value, *grad = map(right_digits, results, shares)
    return Digits(value, dict(zip(sweep.wrt, grad, strict=True)))


def right_digits(result: float, share: float) -> int | None:
    """The digits of a result of which this share may be wrong; None for an inf or nan."""
    if not isfinite(result) or share != share:
        return None
    return int(-log10(share)) if share > ALL else DIGITS
