"""What stands in the way of a numerical derivative, in words and at a node of the program."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isnan
from typing import NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.checks.numerical import Estimate, Sample
from micrograd_cli.checks.probe import Local
from micrograd_cli.engine import evaluate
from micrograd_cli.errors import Span
from micrograd_cli.nodes import Node
from micrograd_cli.numbers import UNDECIDED
from micrograd_cli.ops import Kink

VAGUE = 1e-3  # a slope is told if its error bar is smaller than this, or than itself
STEP = 1e-3  # of an input, to see what moves with it
UNCLEAR = "the error bar is too long to tell"


class Reason(NamedTuple):
    """Why a verdict is what it is, and where.

    It is `kink`, `edge`, `nonfinite`, `rounding`, `claim` or `undecided`.
    """

    kind: str
    message: str
    span: Span | None = None


def reason(local: Local, name: str, estimate: Estimate) -> Reason:
    """The obstacle of an estimate along an input, at a point."""
    return WORDS[estimate.obstacle](local, name, estimate)


def kink(local: Local, name: str, estimate: Estimate) -> Reason:
    told = sides(estimate)
    here = at_kink(local, name)
    for node, does in (
        (switching(local, name, estimate.witness), "takes another branch within the step"),
        (here and here[0], "has no derivative at this point"),
    ):
        if node:
            message = ": ".join(filter(None, [f"{label(local, node)} {does}", told]))
            return Reason("kink", message, node.span)
    return Reason("kink", told)


def sides(estimate: Estimate) -> str:
    """The slopes on both sides in words."""
    told = []
    for side, slope in zip(("below", "above"), estimate.slopes or (), strict=False):
        if isfinite(slope):
            told.append(f"the slope {side} is {slope:.6g}")
        else:
            told.append(f"no slope {side}" if isnan(slope) else f"a jump {side}")
    return ", ".join(told)


def edge(local: Local, name: str, estimate: Estimate) -> Reason:
    assert estimate.witness is not None
    node, number = first_bad(local, name, estimate.witness)
    here = local.point[name]
    side, other = ("below", "above") if estimate.witness.at < here else ("above", "below")
    message = f"{label(local, node)} is {number!r} {side} {name} = {here!r}"
    return Reason("edge", f"{message}{single(estimate, other)}", node.span)


def single(estimate: Estimate, side: str) -> str:
    """The slope on the one side that an edge leaves, if there is one."""
    converged = estimate.error < max(abs(estimate.value), VAGUE)
    return f"; the slope {side} is {estimate.value:.6g}" if converged else ""


def nonfinite(local: Local, name: str, estimate: Estimate) -> Reason:
    assert estimate.witness is not None
    node, number = first_bad(local, name, estimate.witness)
    beside = isfinite(estimate.witness.at) and estimate.witness.at != local.point[name]
    where = " close to this point" if beside else ""
    return Reason("nonfinite", f"{label(local, node)} is {number!r}{where}", node.span)


def rounding(local: Local, name: str, estimate: Estimate) -> Reason:
    return Reason("rounding", UNCLEAR)


def undecided(local: Local, name: str, estimate: Estimate) -> Reason:
    return Reason(UNDECIDED, "the certain derivative is undecided (--max-bits)")


WORDS: dict[str, Callable[[Local, str, Estimate], Reason]] = {
    "": rounding,
    "kink": kink,
    "edge": edge,
    "nonfinite": nonfinite,
    UNDECIDED: undecided,
}


def convention(local: Local, name: str) -> Reason | None:
    """That the gradient is one by convention, where an operation has no derivative."""
    found = at_kink(local, name)
    if found is None:
        return None
    node, kink = found
    message = f"{label(local, node)} has no derivative at this point; {kink.taken} is used for it"
    return Reason("kink", message, node.span)


def label(local: Local, node: Node) -> str:
    """The name of a node, or its text."""
    return local.probe.program.labels(node)


def switching(local: Local, name: str, witness: Sample | None) -> Node | None:
    """The first operation that takes another branch at the witness."""
    if witness is None:
        return None
    here = local.piece(name, local.values)
    pieces = zip(local.probe.piecewise[name], here, witness.piece, strict=True)
    return next((node for node, before, after in pieces if before != after), None)


def at_kink(local: Local, name: str) -> tuple[Node, Kink] | None:
    """The first operation that has no derivative by what an input affects, at the point."""
    probe = local.probe
    here = local.point[name]
    step = STEP * max(abs(here), 1.0)
    sides = [local.moved(name, here + step), local.moved(name, here - step)]
    moved = {
        node
        for node in (probe.program.inputs[name], *probe.affected[name])
        if any(side[node.index] != local.values[node.index] for side in sides)
    }
    for node in probe.affected[name]:
        x = [local.values[arg.index] for arg in node.args]
        for kink in node.op.kinks:
            args = node.args if kink.argument is None else (node.args[kink.argument],)
            if not moved.isdisjoint(args) and evaluate(FLOAT, kink.at, *x):
                taken = next(each for each in node.op.kinks if evaluate(FLOAT, each.at, *x))
                return node, taken
    return None


def first_bad(local: Local, name: str, witness: Sample) -> tuple[Node, float]:
    """The first node that is inf or nan at the witness, and what it is there."""
    values = local.moved(name, witness.at)
    nodes = (*local.probe.program.inputs.values(), *local.probe.order)
    bad = (node for node in nodes if not isfinite(values[node.index]))
    found = next(bad, local.probe.output.node)
    return found, values[found.index]
