"""What to warn of after a run, each with its place: what went wrong where, and what was done.

A finder yields the nodes that deserve a warning, and is quick about those that do not; the words
are put together for the first few alone, because a large graph may have a million of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from math import inf, isclose, isfinite, nextafter
from typing import NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.beyond_range import is_whole
from micrograd_cli.analysis.digits import Accuracy
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.underflow import Underflow
from micrograd_cli.engine import evaluate, partials
from micrograd_cli.errors import Span
from micrograd_cli.nodes import Node, is_number
from micrograd_cli.ops import Kink, Op

LISTED = 100  # warnings of a report; the rest are counted


class Finding(NamedTuple):
    """A warning.

    `kind` is `value` or `gradient` (the first inf or nan), `cancellation` or `underflow` (lost
    digits), or `kink`.
    """

    kind: str
    node: int
    span: Span
    message: str


class Suspect(NamedTuple):
    """A warning before it is worded: of which node, and underlining which."""

    kind: str
    node: Node
    place: Node
    kink: Kink | None = None
    message: str = ""


def findings(sweep: Sweep, found: Accuracy) -> tuple[list[Finding], int]:
    """The first LISTED warnings of a sweep, and how many more there are."""
    if not sweep.active and not any(sweep.grads):
        return [], 0
    suspected = suspects(sweep, found)
    listed = [
        Finding(
            each.kind,
            sweep.number(each.node),
            each.place.span or (0, 0),
            each.message or MESSAGES[each.kind](sweep, each),
        )
        for each in islice(suspected, LISTED)
    ]
    return listed, sum(1 for _ in suspected)


def suspects(sweep: Sweep, found: Accuracy) -> Iterator[Suspect]:
    yield from first_bad_value(sweep)
    yield from lost_digits(sweep, found)
    yield from first_bad_gradient(sweep)
    yield from kinks(sweep)


# --- values ---------------------------------------------------------------------------------------


def first_bad_value(sweep: Sweep) -> Iterator[Suspect]:
    """The node at which an inf or nan was born; an input that is one, if it reaches the output."""
    values = sweep.values
    bad = [node for node in sweep.listing if not isfinite(values[node.index])]
    if not bad or (isfinite(sweep.value(sweep.root)) and all(node.left is None for node in bad)):
        return
    inner = [node for node in bad if node.left is not None]
    born = (node for node in inner if all(map(isfinite, sweep.operands(node))))
    node = next(born, None) or next(iter(inner), None) or bad[0]
    yield Suspect("value", node, node)


def value_message(sweep: Sweep, suspect: Suspect) -> str:
    node = suspect.node
    given = [arg for arg in node.args if not is_number(arg)]
    known = [f"{sweep.name(arg)} = {sweep.value(arg)!r}" for arg in given]
    where = f" where {', '.join(dict.fromkeys(known))}" if known else ""
    name = sweep.name(node)
    value = repr(sweep.value(node))
    return f"the constant {name} is not finite" if name == value else f"{name} is {value}{where}"


def lost_digits(sweep: Sweep, found: Accuracy) -> Iterator[Suspect]:
    """What took the digits of results, and the first underflow."""
    underflow = found.underflow
    if found.bounds:
        from micrograd_cli.analysis.loss_message import loss_message
        from micrograd_cli.analysis.lost_digits import losses

        for loss in losses(sweep, found.bounds):
            underflow = None if loss.how == "underflow" else underflow
            kind = "underflow" if loss.how == "underflow" else "cancellation"
            message = loss_message(sweep, found.digits, loss)
            yield Suspect(kind, loss.node, loss.node, message=message)
    if underflow and underflow.arg:  # a value that underflows matters where its digits do
        message = underflow_message(sweep, underflow, underflow.arg)
        yield Suspect("underflow", underflow.node, underflow.node, message=message)


def underflow_message(sweep: Sweep, underflow: Underflow, arg: Node) -> str:
    grad, partial = underflow.factors
    name, product = sweep.name(underflow.node), grad * partial
    of = sweep.name(arg)
    return f"gradient of {of} underflows at {name}: {grad!r} × {partial!r} is {product!r}"


# --- gradients ------------------------------------------------------------------------------------


def first_bad_gradient(sweep: Sweep) -> Iterator[Suspect]:
    """The node whose gradient is the first, from the output down, to be inf or nan."""
    grads = sweep.grads
    found = [grads[node.index] for node in sweep.listing]
    if all([grad is None or isfinite(grad) for grad in found]):  # noqa: C419 (a list is faster)
        return
    if is_whole(sweep):
        return  # they left the range on the way, and came back
    summed = None
    for node in reversed(sweep.order):
        if node in sweep.active and isfinite(sweep.grad(node)):
            for arg in node.args:
                if arg in sweep.active and not isfinite(sweep.grad(arg)):
                    suspect = Suspect("gradient", arg, node)
                    if bad_partial(sweep, suspect) is not None:
                        yield suspect
                        return
                    summed = suspect
    if summed:  # finite shares, whose sum is not
        yield summed


def bad_partial(sweep: Sweep, suspect: Suspect) -> float | None:
    """The derivative that makes a node's gradient inf or nan, if it is one of this place."""
    node, grad = suspect.place, sweep.grad(suspect.place)
    for arg, partial in zip(node.args, partials(node, sweep.values), strict=True):
        if arg is suspect.node and partial is not None and not isfinite(grad * partial):
            return float(partial)
    return None


def gradient_message(sweep: Sweep, suspect: Suspect) -> str:
    arg, node, derivative = suspect.node, suspect.place, bad_partial(sweep, suspect)
    how = "where its shares are added"
    if derivative is not None:
        how = f"at {sweep.name(node)} ({sweep.grad(node)!r} × {derivative!r})"
    return f"gradient of {sweep.name(arg)} became {sweep.grad(arg)!r} {how}"


def kinks(sweep: Sweep) -> Iterator[Suspect]:
    """The points without a derivative at which a gradient passed."""
    for node in sweep.order:
        # no gradient comes to a comparison, but what it decides has a jump or a corner there
        if not node.op.kinks or (node.op.result == "number" and sweep.grad(node) == 0):
            continue
        x = sweep.operands(node)
        for kink in node.op.kinks:
            if any(concerns(sweep, node, kink)) and evaluate(FLOAT, kink.at, *x):
                yield Suspect("kink", node, node, kink)


def concerns(sweep: Sweep, node: Node, kink: Kink) -> list[bool]:
    """Whether the kink matters for the gradient by each of the operands."""
    return [
        arg in sweep.active and kink.argument in (None, index)
        for index, arg in enumerate(node.args)
    ]


def kink_message(sweep: Sweep, suspect: Suspect) -> str:
    node, kink, x = suspect.node, suspect.kink, sweep.operands(suspect.node)
    assert kink is not None
    op = node.op
    by = "" if kink.argument is None else f" with respect to {op.names[kink.argument]}"
    slopes = ""
    for index, arg in enumerate(node.args):
        sides = one_sided(op, x, index) if concerns(sweep, node, kink)[index] else None
        if sides:
            of = f" with respect to {sweep.name(arg)}" if len(x) > 1 and not by else ""
            slopes = f" ({sides[0]:g} from the left, {sides[1]:g} from the right{of})"
            break
    return f"{op.signature} has no derivative{by} at {kink.point}{slopes}; {kink.taken} is used"


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


MESSAGES: dict[str, Callable[[Sweep, Suspect], str]] = {
    "value": value_message,
    "gradient": gradient_message,
    "kink": kink_message,
}
