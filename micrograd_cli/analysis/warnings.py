"""What to warn of after a run, each with its place: what went wrong where, and what was done.

A finder yields the nodes that deserve a warning, and is quick about those that do not; the words
are put together for the first few alone, because a large graph may have a million of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import inf, isclose, isfinite, nextafter
from typing import TYPE_CHECKING, NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.lost_digits import cancels, told
from micrograd_cli.engine import Value, evaluate
from micrograd_cli.errors import Span
from micrograd_cli.ops import CONST, Kink, Op, flat

if TYPE_CHECKING:
    from micrograd_cli.analysis.report import Run

TOLD = 100  # warnings of a report; the rest are counted


class Warning(NamedTuple):
    """`kind` is `value`, `gradient` (the first that is inf or nan), `cancellation` or `kink`."""

    kind: str
    node: int
    span: Span
    message: str


class Finding(NamedTuple):
    """A warning before it is worded: of which node, and underlining which."""

    kind: str
    node: Value
    place: Value
    kink: Kink | None = None


def warnings(run: Run) -> tuple[list[Warning], int]:
    """The warnings of a run, the first TOLD of them, and how many more there are."""
    found = findings(run)
    told = [
        Warning(each.kind, run.id(each.node), each.place.span or (0, 0), message(run, each))
        for each in islice(found, TOLD)
    ]
    return told, sum(1 for _ in found)


def findings(run: Run) -> Iterator[Finding]:
    yield from first_bad_value(run)
    yield from cancellations(run)
    yield from first_bad_gradient(run)
    yield from kinks(run)


def message(run: Run, finding: Finding) -> str:
    return WORDS[finding.kind](run, finding)


# --- values ---------------------------------------------------------------------------------------


def first_bad_value(run: Run) -> Iterator[Finding]:
    """The node at which an inf or nan was born; an input that is one, if it reaches the output."""
    bad = [value for value in run.listing if not isfinite(value.data)]
    if not bad or (isfinite(run.output.node.data) and all(v.left is None for v in bad)):
        return
    born = (v for v in bad if v.left is not None and all(isfinite(a.data) for a in v.args))
    inner = (v for v in bad if v.left is not None)
    value = next(born, None) or next(inner, None) or bad[0]
    yield Finding("value", value, value)


def bad_value(run: Run, finding: Finding) -> str:
    value = finding.node
    known = [f"{run.name(a)} = {a.data!r}" for a in value.args if a.op is not CONST]
    where = f" where {', '.join(dict.fromkeys(known))}" if known else ""
    return f"{run.name(value)} is {value.data!r}{where}"


def cancellations(run: Run) -> Iterator[Finding]:
    """The sums and differences that are far smaller than their terms."""
    return (Finding("cancellation", value, value) for value in run.order if cancels(value))


def cancelled(run: Run, finding: Finding) -> str:
    return f"{run.name(finding.node)} {told(finding.node)}"


# --- gradients ------------------------------------------------------------------------------------


def first_bad_gradient(run: Run) -> Iterator[Finding]:
    """The node whose gradient is the first, from the output down, to be inf or nan."""
    if all([isfinite(value.grad) for value in run.listing]):  # noqa: C419 (a list is faster)
        return
    summed = None
    for value in reversed(run.order):
        if value in run.active and isfinite(value.grad):
            for arg in value.args:
                if arg in run.active and not isfinite(arg.grad):
                    finding = Finding("gradient", arg, value)
                    if by(finding) is not None:
                        yield finding
                        return
                    summed = finding
    if summed:  # finite shares, whose sum is not
        yield summed


def by(finding: Finding) -> float | None:
    """The derivative that makes a node's gradient inf or nan, if it is one of this place."""
    arg, value = finding.node, finding.place
    partials = evaluate(FLOAT, value.op.partials, value.data, *[each.data for each in value.args])
    for each, partial in zip(value.args, partials, strict=True):
        if each is arg and partial is not None and not isfinite(value.grad * partial):
            return float(partial)
    return None


def bad_gradient(run: Run, finding: Finding) -> str:
    arg, value, derivative = finding.node, finding.place, by(finding)
    how = "where its shares are added"
    if derivative is not None:
        how = f"by {run.name(value)}: {value.grad!r} times its derivative {derivative!r}"
    return f"the gradient of {run.name(arg)} is {arg.grad!r}, {how}"


def kinks(run: Run) -> Iterator[Finding]:
    """The points without a derivative at which a gradient passed."""
    for value in run.order:
        # no gradient comes to a comparison, but what it decides has a jump or a corner there
        if not value.op.kinks or (value.grad == 0 and value.op.partials is not flat):
            continue
        x = [arg.data for arg in value.args]
        for kink in value.op.kinks:
            if any(True for _ in concerned(run, value, kink)) and evaluate(FLOAT, kink.at, *x):
                yield Finding("kink", value, value, kink)


def concerned(run: Run, value: Value, kink: Kink) -> Iterator[int]:
    """The arguments, by index, for whose gradients a kink matters."""
    for index, arg in enumerate(value.args):
        if arg in run.active and kink.argument in (None, index):
            yield index


def convention(run: Run, finding: Finding) -> str:
    op, args, kink = finding.node.op, finding.node.args, finding.kink
    assert kink is not None
    by = "" if kink.argument is None else f" by {op.parameters.split(', ')[kink.argument]}"
    told, x = "", [arg.data for arg in args]
    for index in concerned(run, finding.node, kink):
        sides = one_sided(op, x, index)
        if sides:
            of = f" by {run.name(args[index])}" if len(args) > 1 and not by else ""
            told = f" ({sides[0]:g} from the left, {sides[1]:g} from the right{of})"
            break
    return f"{op.signature} has no derivative{by} at {kink.point}{told}; {kink.taken} is used"


def one_sided(op: Op, x: list[float], index: int) -> tuple[float, float] | None:
    """The derivatives by an argument on either side of a corner: its own rule, one float away.

    None where they are equal or not finite, or the function jumps.
    """
    sides = []
    value = evaluate(FLOAT, op.value, *x)
    for limit in (-inf, inf):
        near = [*x[:index], nextafter(x[index], limit), *x[index + 1 :]]
        y = evaluate(FLOAT, op.value, *near)
        partial = evaluate(FLOAT, op.partials, y, *near)[index] or 0.0  # nothing flows: 0
        if not isfinite(partial) or not isclose(y, value, rel_tol=1e-9, abs_tol=1e-9):
            return None
        sides.append(partial)
    left, right = sides
    return None if left == right else (left, right)


WORDS = {
    "value": bad_value,
    "cancellation": cancelled,
    "gradient": bad_gradient,
    "kink": convention,
}
