"""Why a number that is claimed is wrong, where that can be known: by a factor, or the formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite, pi

from micrograd_cli.checks.checking import Check
from micrograd_cli.checks.obstacles import Reason
from micrograd_cli.language.names import listed
from micrograd_cli.language.printer import expression
from micrograd_cli.language.program import Output, Program
from micrograd_cli.nodes import topological_order
from micrograd_cli.symbolic.derivative import derivatives, lift
from micrograd_cli.symbolic.graph import Graph

LONGEST = 100  # characters of a formula that is shown
LARGEST = 100  # nodes of it, and of the program
SEVERAL = 3  # points, at which a factor is no chance though it is no simple number
SIMPLE = {
    "-1": -1.0,
    **{f"{sign}{n}": float(f"{sign}{n}") for n in range(2, 11) for sign in ("", "-")},
    **{f"{sign}1/{n}": float(f"{sign}1") / n for n in range(2, 11) for sign in ("", "-")},
    "180/pi": 180 / pi,
    "pi/180": pi / 180,
}


def factor(checks: Sequence[Check]) -> str:
    """By which factor the numbers of one derivative are off at all points, or nothing."""
    known = [check for check in checks if check.verdict == "failed" and check.numerical]
    finite = all(isfinite(check.analytic) for check in known)
    if not known or not finite or any(check.verdict == "inconclusive" for check in checks):
        return ""
    largest = max(known, key=lambda check: abs(check.numerical))
    ratio = largest.analytic / largest.numerical
    near = {text: number for text, number in SIMPLE.items() if abs(number - ratio) < abs(ratio) / 2}
    for text, number in near.items():
        if all(is_multiple(check, number) for check in checks):
            return text
    usual = len(known) >= SEVERAL and ratio and all(is_multiple(check, ratio) for check in checks)
    return f"{ratio:.6g}" if usual else ""


def is_multiple(check: Check, ratio: float) -> bool:
    """Whether a number is so many times the one that it is compared with."""
    allowed = check.tolerance + abs(ratio) * check.error
    return abs(check.analytic - ratio * check.numerical) <= allowed


def remedied(formula: Callable[[str], str], check: Check, checks: Sequence[Check]) -> Check:
    """A failed claim with what is known of its fault; `checks` are those of all points.

    `formula(key)` is the right derivative as a text, if it is known and short.
    """
    if check.verdict != "failed" or check.reason or check.source == "engine":
        return check
    times = factor(checks)
    whose = "the engine's" if check.against == "engine" else f"the {check.against} derivative"
    where = "here" if len(checks) == 1 else f"at all {len(checks)} points"
    told = [f"it is {times} times {whose} {where}"] if times else []
    right = formula(check.input)
    told += [f"the derivative is {right}"] if right else []
    return check._replace(reason=Reason("claim", "; ".join(told))) if told else check


def derivative_text(program: Program, output: Output, key: str) -> str:
    """The derivative of an output by an input, or by two for a key `a,b`, if it is short."""
    names = [key] if key in program.inputs else listed(key)
    if not all(name in program.inputs for name in names):
        return ""
    if len(program.order_to(output.node)) > LARGEST:
        return ""
    graph = Graph()
    root = lift(output.node, graph)
    for name in names:
        leaf = program.inputs[name]
        root = derivatives(root, [leaf], graph)[leaf]
    text = expression(root) if small(topological_order(root)) else ""
    return text if len(text) <= LONGEST else ""


def small(nodes: Iterable[object]) -> bool:
    return sum(1 for _ in nodes) <= LARGEST
