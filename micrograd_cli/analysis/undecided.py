"""What to tell of a run on balls: what is undecided and where, what is inf or nan, what kinks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from micrograd_cli.algebra.ball import BALL
from micrograd_cli.algebra.ball.decimals import decimals, scale
from micrograd_cli.algebra.ball.numbers import Ball, point
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.warnings import Finding, concerns
from micrograd_cli.nodes import Node, is_number
from micrograd_cli.ops import Kink

SHORT = 6  # digits of a number in a message


def cautions(
    done: Sweep, found: Mapping[str, str | None], digits: int, bits: int
) -> Iterator[Finding]:
    """The warnings of a sweep, `found` being its results by name, the first one its value."""
    names = [name for name, text in found.items() if text is None]
    if names:
        yield undecided(done, names, next(iter(found)), digits, bits)
    yield from first_bad(done, found)
    yield from kinks(done)


def finding(kind: str, done: Sweep, node: Node, message: str) -> Finding:
    return Finding(kind, done.number(node), node.span or (0, 0), message)


def ball_of(done: Sweep, node: Node) -> Ball:
    """The ball of a node: a sweep is of any numbers."""
    found: Any = done.values[node.index]
    return cast(Ball, found)


# --- what is not decided --------------------------------------------------------------------------


def undecided(done: Sweep, names: list[str], value: str, digits: int, bits: int) -> Finding:
    """That results are undecided, and at which node."""
    results = ", ".join(name if name is value else f"gradient of {name}" for name in names)
    choice = unknown_choice(done)
    node = choice or unknown_number(done, digits)
    where = known(done, [node] if choice is None else list(node.args))
    at = f"{done.name(node)}{', ' if where else ''}{where}"
    return finding("undecided", done, node, f"{results}: undecided at {bits} bits, at {at}")


def unknown_choice(done: Sweep) -> Node | None:
    """The first operation of which it is not known which piece the point is on."""
    for node in done.order:
        x = [ball_of(done, arg) for arg in node.args]
        open_kink = any(undetermined(kink.at(BALL, *x)) for kink in node.op.kinks)
        open_step = node.op.result != "number" and undetermined(ball_of(done, node))
        open_condition = any(x[index].has_zero and not x[index].is_point
                             for index in node.op.conditions)  # fmt: skip
        if open_kink or open_step or open_condition:
            return node
    return None


def undetermined(truth: Ball | int) -> bool:
    return isinstance(truth, Ball) and not truth.is_point


def unknown_number(done: Sweep, digits: int) -> Node:
    """The first node of which the digits are not known, or else the output."""
    numbers = (node for node in done.listing if decimals(ball_of(done, node), digits) is None)
    return next(numbers, done.root)


def known(done: Sweep, nodes: list[Node]) -> str:
    """What is known of some nodes, in words."""
    told = [f"{done.name(node)} {described(ball_of(done, node))}"
            for node in dict.fromkeys(nodes) if not is_number(node)]  # fmt: skip
    return f"where {', '.join(told)}" if told else ""


def described(x: Ball) -> str:
    """A ball in words: `= 0.1`, or `is within 1e-9863 of 0`."""
    text = decimals(x, SHORT)
    if text is not None:
        return f"= {text}"
    if x.nan:
        return "may be nan"
    if x.has_zero and x.is_finite:
        return f"is within {scale(max(-x.lo, x.hi))} of 0"
    ends = [decimals(point(end), SHORT) for end in (x.lo, x.hi)]
    if None in ends:
        return "has an exponent of more than 3000 digits"
    return f"is between {ends[0]} and {ends[1]}"


# --- inf and nan ----------------------------------------------------------------------------------


def first_bad(done: Sweep, found: Mapping[str, str | None]) -> Iterator[Finding]:
    """The node at which an inf or nan was born, and a gradient that is one."""
    (_, value), *grads = found.items()
    if value in ("inf", "-inf", "nan"):
        node = next(node for node in done.listing if nonfinite(ball_of(done, node)))
        where = known(done, list(node.args))
        yield finding("value", done, node, f"{done.name(node)} is {value} {where}".strip())
        return
    for name, grad in grads:
        if grad in ("inf", "-inf", "nan"):
            node = done.program.labelled()[name]
            yield finding("gradient", done, node, f"gradient of {name} is {grad}")
            return


def nonfinite(x: Ball) -> bool:
    """Whether it is inf or nan for certain."""
    return x.lo > x.hi or (x.lo == x.hi and x.has_inf)


# --- conventions ----------------------------------------------------------------------------------


def kinks(done: Sweep) -> Iterator[Finding]:
    """The points without a derivative at which a gradient passed, where that is certain."""
    for node in done.order:
        if not node.op.kinks:
            continue
        x = [ball_of(done, arg) for arg in node.args]
        for kink in node.op.kinks:
            if not any(concerns(done, node, kink)) or blocked(done, node):
                continue
            at = kink.at(BALL, *x)
            if not undetermined(at) and (at.lo > 0 if isinstance(at, Ball) else at):
                yield finding("kink", done, node, kink_message(node, kink))


def blocked(done: Sweep, node: Node) -> bool:
    """Whether no gradient comes to a node that is no comparison."""
    grad = done.grads[node.index]
    nothing = grad is None or (isinstance(grad, Ball) and grad.is_point and grad.has_zero)
    return node.op.result == "number" and nothing


def kink_message(node: Node, kink: Kink) -> str:
    op = node.op
    by = "" if kink.argument is None else f" with respect to {op.names[kink.argument]}"
    return f"{op.signature} has no derivative{by} at {kink.point}; {kink.taken} is used"
