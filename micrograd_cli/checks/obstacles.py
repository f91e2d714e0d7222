"""What stands in the way of a numerical derivative, in words and at a node of the program."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, isnan
from typing import TYPE_CHECKING, NamedTuple

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.report import Run
from micrograd_cli.checks.numerical import Estimate, Sample
from micrograd_cli.engine import Value, evaluate
from micrograd_cli.errors import Span

if TYPE_CHECKING:
    from micrograd_cli.checks.probe import Probe

VAGUE = 1e-3  # a slope is told if its error bar is smaller than this, or than itself
UNCLEAR = "the error bar is not smaller than the difference"


class Reason(NamedTuple):
    """Why a verdict is what it is: `kink`, `edge`, `nonfinite` or `rounding`, and where."""

    kind: str
    message: str
    span: Span | None = None


def reason(probe: Probe, name: str, estimate: Estimate) -> Reason:
    """The obstacle of an estimate along an input, at the probe's point."""
    return WORDS[estimate.obstacle](probe, name, estimate)


def kink(probe: Probe, name: str, estimate: Estimate) -> Reason:
    told = sides(estimate)
    for node, does in (
        (switching(probe, name, estimate.witness), "takes another branch within the step"),
        (at_kink(probe, name), "has no derivative at this point"),
    ):
        if node:
            message = ": ".join(filter(None, [f"{label(probe, node)} {does}", told]))
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


def edge(probe: Probe, name: str, estimate: Estimate) -> Reason:
    assert estimate.witness is not None
    node, number = first_bad(probe, name, estimate.witness)
    here = probe.point[name]
    side, other = ("below", "above") if estimate.witness.at < here else ("above", "below")
    message = f"{label(probe, node)} is {number!r} {side} {name} = {here!r}"
    return Reason("edge", f"{message}{single(estimate, other)}", node.span)


def single(estimate: Estimate, side: str) -> str:
    """The slope on the one side that an edge leaves, if there is one."""
    converged = estimate.error < max(abs(estimate.value), VAGUE)
    return f"; the slope {side} is {estimate.value:.6g}" if converged else ""


def nonfinite(probe: Probe, name: str, estimate: Estimate) -> Reason:
    assert estimate.witness is not None
    node, number = first_bad(probe, name, estimate.witness)
    beside = isfinite(estimate.witness.at) and estimate.witness.at != probe.point[name]
    where = " close to this point" if beside else ""
    return Reason("nonfinite", f"{label(probe, node)} is {number!r}{where}", node.span)


def rounding(probe: Probe, name: str, estimate: Estimate) -> Reason:
    return Reason("rounding", UNCLEAR)


WORDS: dict[str, Callable[[Probe, str, Estimate], Reason]] = {
    "": rounding,
    "kink": kink,
    "edge": edge,
    "nonfinite": nonfinite,
}


def convention(probe: Probe, name: str) -> Reason | None:
    """That the gradient is one by convention, where an operation has no derivative."""
    node = at_kink(probe, name)
    if node is None:
        return None
    taken = next(k.taken for k in node.op.kinks if evaluate(FLOAT, k.at, *data(node)))
    message = f"{label(probe, node)} has no derivative at this point: the engine takes {taken}"
    return Reason("kink", message, node.span)


def data(node: Value) -> list[float]:
    return [arg.data for arg in node.args]


def label(probe: Probe, node: Value) -> str:
    """The name of a node, or its text."""
    return Run(probe.program, probe.output, ()).name(node)


def switching(probe: Probe, name: str, witness: Sample | None) -> Value | None:
    """The first operation that takes another branch at the witness."""
    if witness is None:
        return None
    pieces = zip(probe.piecewise(name), probe.piece(name), witness.piece, strict=True)
    return next((node for node, here, there in pieces if here != there), None)


def at_kink(probe: Probe, name: str) -> Value | None:
    """The first operation that has no derivative by what an input affects, at the point."""
    moved = {probe.program.inputs[name], *probe.affected[name]}
    for value in probe.affected[name]:
        for kink in value.op.kinks:
            args = value.args if kink.argument is None else (value.args[kink.argument],)
            if not moved.isdisjoint(args) and evaluate(FLOAT, kink.at, *data(value)):
                return value
    return None


def first_bad(probe: Probe, name: str, witness: Sample) -> tuple[Value, float]:
    """The first node that is inf or nan at the witness, and what it is there."""
    probe.go(name, witness.at)
    nodes = (*probe.program.inputs.values(), *probe.order)
    found = next((node for node in nodes if not isfinite(node.data)), probe.output.node)
    number = found.data
    probe.go(name, probe.point[name])
    return found, number
