"""The formulas of `mgrad diff` beside the gradients of `mgrad eval`, over the whole table."""

import itertools
import math
from math import inf

import pytest

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate, forward
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.ops import INPUT, OPS
from micrograd_cli.symbolic.derivative import derivatives
from micrograd_cli.symbolic.graph import Graph

ROWS = {op.name: op for op in OPS.values()}
ORDINARY = (1.0, -1.0, 0.5, -0.5, 2.0, 3.0, 30.0, -30.0, 710.3, -750.0)
FEW = (0.5, 1.0, -2.0)
ENDS = (0.0, inf, -inf, 1e300, -1e300, 1e-300, -1e-300, 1e160, -1e-160, 7e-310)


def points(op, arity):
    if arity == 1:
        return [(x,) for x in (*ORDINARY, *ENDS)]
    return itertools.product((*FEW, *(ENDS if arity == 2 else ENDS[:6])), repeat=arity)


def excepted(name, x):
    """The manual names them: infinite numbers of some, and an exponent whose y - 1 is rounded."""
    if name == "^":
        return abs(x[1]) > 2**53 or 0 < abs(x[0]) < 1e-308
    if name in ("var", "std") and max(map(abs, x)) >= 1e300:
        return True  # a mean that cancels
    return name in ("hypot", "atan2", "logsumexp") and inf in map(abs, x)


def alike(a, b):
    """Equal to a few units in the last place, or within what a subnormal number loses."""
    return a == b or (a != a and b != b) or math.isclose(a, b, rel_tol=1e-13, abs_tol=1e-320)


CASES = [
    (name, arity)
    for name, op in ROWS.items()
    for arity in sorted({op.arity[0], min(op.arity[1], 3 if op.variadic else op.arity[1])})
]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("name", "arity"), CASES)
def test_of_a_row(name, arity, sign):
    """Of f(x, …) and of f(-x, …), whose zeros are -0."""
    op = ROWS[name]
    leaves = [Node(INPUT, label=label) for label in "xyz"[:arity]]
    args = leaves if sign > 0 else [Node(OPS["neg"], (leaf,)) for leaf in leaves]
    graph = Graph()
    found = derivatives(Node(op, args), leaves, graph)
    order = topological_order(*found.values())
    for x in points(op, arity):
        there = [sign * each for each in x]
        if excepted(name, x):
            continue
        values = graph.start(dict(zip(leaves, x, strict=True)))
        forward(order, values)
        y = evaluate(FLOAT, op.value, *there)
        for leaf, partial in zip(leaves, evaluate(FLOAT, op.partials, y, *there), strict=True):
            want = 0.0 if partial is None else sign * partial
            assert alike(values[found[leaf].index], want), (x, leaf.label)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("log(x*y)", "log(x*y) is nan where x*y < 0; its derivative here is a number"),
        ("x*log(x*y)", "log(x*y) is nan where x*y < 0; its derivative here is a number"),
        ("atanh(2*x)", "atanh(2*x) is nan where 2*x is not between -1 and 1"),
        ("sqrt(x*y)", ""),
        ("(x*y)*log(x*y)", ""),
        ("log(x)", ""),
        ("log(2 + 3)*x", ""),
    ],
)
def test_a_derivative_that_leaves_the_domain_says_so(mgrad, text, said):
    done = mgrad("diff", text)
    assert done.returncode == 0
    assert done.stderr.startswith(f"note: {said}" if said else "")
    assert bool(done.stderr) == bool(said)


@pytest.mark.parametrize(("text", "x"), [("sqrt(-x)", "0"), ("x/y", "1e300"), ("silu(x)", "inf")])
def test_what_is_printed_reads_back_as_that(mgrad, text, x):
    numbers = ["--x", x, *(["--y", "1e300"] if "y" in text else [])]
    printed = mgrad("diff", text, "--wrt", "y" if "y" in text else "x").stdout
    found = mgrad("eval", "-", *numbers, "--print", "value", input=printed).stdout
    wanted = mgrad("eval", text, *numbers, "--format", "plain").stdout.split()[-1]
    assert found.strip() == wanted
