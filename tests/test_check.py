"""The verdicts of `mgrad check`: a correct rule is never failed, and a fault is found."""

import math
import random
from collections import Counter
from contextlib import suppress
from statistics import median

import pytest
from exact import exactly
from mpmath import mp
from test_digits import UNDEFINED, grow, number

from micrograd_cli.checks.checking import Claimed, Tolerance, examine, judge
from micrograd_cli.checks.curvature import HessianSubject
from micrograd_cli.checks.numerical import Estimate
from micrograd_cli.checks.probe import Probe
from micrograd_cli.checks.subject import OutputSubject
from micrograd_cli.language.reading import parse
from micrograd_cli.ops import OPS, flat

ROWS = {op.name: op for op in OPS.values()}
DEFAULT = Tolerance()


def call(op, arity):
    """A program that is one operation of inputs a, b, c."""
    names = "abc"[:arity]
    if op.precedence:
        return f"{op.name} a".replace("neg", "-") if arity == 1 else f"a {op.name} b"
    return f"{op.name}({', '.join(names)})"


def checks(text, point, fault=None, order=1, tolerance=DEFAULT):
    """The engine's gradient of a program checked at a point; `fault` replaces rows by name."""
    program = parse(text)
    for node in program.order:
        node.op = (fault or {}).get(node.op.name, node.op)
    names, output = list(program.inputs), program.outputs[0]
    first = OutputSubject(Probe(program, output))
    subject = first if order == 1 else HessianSubject(program, output, names)
    place = subject.at(dict(zip(names, point, strict=True)))
    claims = [Claimed("engine", key, number) for key, number in place.gradient.items()]
    return [examine(place, claimed, tolerance, "numerical") for claimed in claims]


# --- the rule -------------------------------------------------------------------------------------

nan, inf = math.nan, math.inf
JUDGED = [
    # analytic, numerical, error bar, obstacle, verdict
    (1.0, 1.0, 1e-12, "", "passed"),
    (1.0, 1.0 + 1e-6, 1e-12, "", "passed"),  # within rtol
    (1.0, 1.0 + 2e-6, 1e-12, "", "failed"),
    (1.0, 1.0 + 2e-6, 1e-5, "", "inconclusive"),
    (1.0, 1.0, 1.0, "", "inconclusive"),  # the error bar is longer than the tolerance
    (0.0, 1e-8, 1e-12, "", "passed"),  # within atol
    (0.0, 2e-8, 1e-12, "", "failed"),
    (0.5, 0.5, 0.5, "kink", "inconclusive"),  # midway between two slopes
    (1.0, 0.5, 0.5, "kink", "inconclusive"),  # one of them
    (2.0, 0.5, 0.5, "kink", "failed"),  # neither, nor between
    (1.0, 1.0, 1e-9, "kink", "passed"),  # both slopes are the same
    (1.0, 1.0, 1e-12, "edge", "inconclusive"),
    (2.0, 1.0, 1e-12, "edge", "inconclusive"),
    (1.0, nan, inf, "nonfinite", "inconclusive"),
    (nan, 1.0, 1e-9, "", "failed"),
    (inf, 1.0, 1e-9, "", "failed"),
    (inf, 1.0, 10.0, "", "inconclusive"),
    (nan, nan, inf, "", "inconclusive"),
    (inf, inf, 0.0, "", "passed"),
]


@pytest.mark.parametrize(("analytic", "numerical", "error", "obstacle", "verdict"), JUDGED)
def test_rule(analytic, numerical, error, obstacle, verdict):
    assert judge(analytic, Estimate(numerical, error, obstacle), DEFAULT) == verdict


# Program, point, verdicts, kinds of the reasons, what the reason underlines.
CASES = [
    ("tanh(a*b + c)", (2, -3, 6.5), "passed passed passed", "", ""),
    ("relu(a)", (0,), "inconclusive", "kink", "relu(a)"),
    ("b + relu(a*b)", (0, 2), "inconclusive passed", "kink", "relu(a*b)"),
    ("abs(a)", (0,), "inconclusive", "kink", "abs(a)"),
    ("max(a, b)", (1, 1), "inconclusive inconclusive", "kink", "max(a, b)"),
    ("clamp(a, 0, 1)", (1,), "inconclusive", "kink", "clamp(a, 0, 1)"),
    ("where(a > 0, 2*a, a)", (0,), "inconclusive", "kink", "a > 0"),
    ("floor(a)", (2,), "inconclusive", "kink", "floor(a)"),
    ("a % 3", (6,), "inconclusive", "kink", "a % 3"),
    ("hypot(a, b)", (0, 0), "inconclusive inconclusive", "kink", "hypot(a, b)"),
    ("sqrt(abs(a))", (0,), "inconclusive", "kink", "abs(a)"),
    ("cbrt(a)", (0,), "inconclusive", "kink", "cbrt(a)"),
    ("relu(a - 1)", (1 + 1e-15,), "inconclusive", "kink", "relu(a - 1)"),
    ("relu(a)", (1e-12,), "passed", "", ""),
    ("floor(a) + a", (2 - 1e-6,), "passed", "", ""),
    ("where(a > 0, a^2, 0)", (0,), "passed", "", ""),  # smooth, though the branch differs
    ("max(a, a)", (1,), "passed", "", ""),
    ("polygamma(2, a)", (2.5,), "passed", "", ""),
    ("elu(a) + softplus(a) + logsumexp(a, 0)", (0,), "passed", "", ""),
    ("sqrt(a)", (0,), "inconclusive", "edge", "sqrt(a)"),
    ("a^1.5", (0,), "inconclusive", "edge", "a^1.5"),
    ("2*asin(a)", (1,), "inconclusive", "edge", "asin(a)"),
    ("sqrt(a)", (1e-12,), "passed", "", ""),
    ("log(a)", (0,), "inconclusive", "nonfinite", "log(a)"),
    ("log(a)", (1e-300,), "passed", "", ""),
    ("exp(a) + 1", (1000,), "inconclusive", "nonfinite", "exp(a)"),
    ("1/(1 + exp(-a))", (-800,), "inconclusive", "nonfinite", "exp(-a)"),
    ("tanh(a)", (nan,), "inconclusive", "nonfinite", "a"),
    ("(1e17 + a) - 1e17", (1,), "inconclusive", "rounding", ""),
    ("sin(exp(a))", (100,), "inconclusive", "rounding", ""),
    ("(1000*a)/asinh(a)", (5.716746066434143e-07,), "inconclusive", "rounding", ""),
    (
        "(1000 - a)/b*b",
        (0.45774259833803566, 6.477297254663245e-08),
        "passed inconclusive",
        "rounding",
        "",
    ),
    ("sin(a)", (-17917.233547407523,), "passed", "", ""),
    ("detach(a)*a", (3,), "passed", "", ""),
    ("detach(a) + 0*a", (3,), "passed", "", ""),
    ("a", (3,), "passed", "", ""),
    # what is wrong with the engine's conventions where they meet, a check must find
    ("relu(a) - relu(-a)", (0,), "failed", "kink", "relu(a)"),
    ("where(a == 0, 0, sin(a))", (0,), "failed", "kink", "a == 0"),
    ("cbrt(a)^3", (0,), "failed", "kink", "cbrt(a)"),
]


@pytest.mark.parametrize(("text", "point", "verdicts", "kind", "place"), CASES)
def test_verdicts(text, point, verdicts, kind, place):
    found = checks(text, point)
    assert [check.verdict for check in found] == verdicts.split()
    reasons = [check.reason for check in found if check.reason]
    assert {reason.kind for reason in reasons} == set(filter(None, [kind]))
    if place:
        assert {text[slice(*reason.span)] for reason in reasons} == {place}


# --- the table ------------------------------------------------------------------------------------


def inside(op, arity, rng):
    """A point inside an operation's domain: of any size in it, and near its ends."""
    low, high = op.domain
    size = rng.choice((3, 3, 30, 1000, 1e-3))
    x = [rng.uniform(-size, size) for _ in range(arity)]
    x[0] = rng.uniform(max(low, -size), min(high, max(size, low + size)))
    if math.isfinite(low) and rng.random() < 0.1:
        x[0] = low + 10 ** rng.uniform(-9, 0)
    if math.isfinite(high) and rng.random() < 0.1:
        x[0] = high - 10 ** rng.uniform(-9, 0)
    if op.name == "^":
        x[0] = abs(x[0])
    if op.name == "log" and arity == 2:
        x[1] = abs(x[1])
    return x


ARITIES = [
    (name, arity)
    for name, op in ROWS.items()
    for arity in (1, 2, 3)
    if name != "polygamma"  # its first argument is constant
    if op.arity[0] <= arity <= op.arity[1]
]
SWEPT = Counter()


@pytest.mark.parametrize(("name", "arity"), ARITIES)
def test_a_correct_rule_never_fails(name, arity):
    op, rng = ROWS[name], random.Random(name)
    program = parse(call(op, arity))
    subject, found = OutputSubject(Probe(program, program.outputs[0])), []
    for _ in range(200):
        place = subject.at(dict(zip(program.inputs, inside(op, arity, rng), strict=True)))
        claims = [Claimed("engine", key, number) for key, number in place.gradient.items()]
        found += [examine(place, claimed, DEFAULT, "numerical") for claimed in claims]
    assert not [check for check in found if check.verdict == "failed"]
    passed = sum(check.verdict == "passed" for check in found)
    assert passed >= 0.8 * len(found)
    SWEPT.update(f"{c.verdict}, {c.reason.kind}" if c.reason else c.verdict for c in found)


def test_report(capsys):
    """Print how many checks of the table were inconclusive, and why."""
    with capsys.disabled():
        print(f"\nchecks of the table at random points: {dict(SWEPT)}")


SECOND = ["a*b/c", "a^b", "tanh(a*b + c)", "exp(a)*sin(b)", "log(a) + sqrt(b)", "gelu(a)*silu(b)",
          "logsumexp(a, b, c)", "hypot(a, b)", "atan2(a, b)", "softplus(a*b)^2", "a*b"]  # fmt: skip


@pytest.mark.parametrize("text", SECOND)
def test_second_order(text):
    rng = random.Random(text)
    arity = len(parse(text).inputs)
    for _ in range(20):
        found = checks(text, [rng.uniform(0.2, 3) for _ in range(arity)], order=2)
        assert len(found) == arity * (arity + 1) // 2
        assert {check.verdict for check in found} == {"passed"}


# --- error bars -----------------------------------------------------------------------------------


def bars(rng):
    """Of a random program at a random point: each result, the exact one, its error bar."""
    program = parse(grow(rng, rng.choice((2, 3, 4))))
    point = {name: number(rng) for name in program.inputs}
    value, grad = exactly(program, point)
    place = OutputSubject(Probe(program, program.outputs[0])).at(point)
    yield place.value, value, place.noise
    for key, exact in grad.items():
        yield place.gradient[key], exact, place.blur(key)


def test_an_error_bar_holds_what_rounding_does_and_not_much_more():
    rng, kept, wide = random.Random(5), [], []
    while len(kept) < 1000:
        with mp.workdps(80), suppress(*UNDEFINED):
            for x, exact, bar in filter(lambda each: math.isfinite(each[0]), bars(rng)):
                off = float(abs(exact - x))
                kept.append(off <= bar + math.ulp(x))
                if off > 1e-13 * abs(x) > 0:
                    wide.append(bar / off)
    assert sum(kept) >= 0.999 * len(kept)
    assert median(wide) < 1.1


# --- faults ---------------------------------------------------------------------------------------


def scaled(op, factor):
    """A copy of the row with every derivative times a factor."""

    def partials(m, *x):
        found = op.partials(m, *x)
        return tuple(m.nothing if each is m.nothing else factor * each for each in found)

    return op._replace(partials=partials)


def without(op, index):
    """A copy of the row that leaves out a term of the gradient."""

    def partials(m, *x):
        return tuple(m.nothing if i == index else p for i, p in enumerate(op.partials(m, *x)))

    return op._replace(partials=partials)


def near(op, arity):
    return (*op.near, 3.0, 5.0)[:arity]


SLOPED = [(name, arity) for name, arity in ARITIES if ROWS[name].partials is not flat]


@pytest.mark.parametrize("factor", [-1, 1 + 1e-4, 1 - 1e-4, 2, 0])
@pytest.mark.parametrize(("name", "arity"), SLOPED)
def test_a_wrong_factor_is_found(name, arity, factor):
    op = ROWS[name]
    found = checks(call(op, arity), near(op, arity), {name: scaled(op, factor)})
    right = checks(call(op, arity), near(op, arity))
    for wrong, each in zip(found, right, strict=True):
        assert each.verdict == "passed"
        assert wrong.verdict == ("failed" if each.analytic else "passed")


@pytest.mark.parametrize(("name", "arity"), [each for each in SLOPED if each[1] > 1])
def test_a_term_left_out_is_found(name, arity):
    op = ROWS[name]
    right = checks(call(op, arity), near(op, arity))
    for index, each in enumerate(right):
        found = checks(call(op, arity), near(op, arity), {name: without(op, index)})
        expected = ["passed"] * arity
        expected[index] = "failed" if each.analytic else "passed"
        assert [check.verdict for check in found] == expected


def relu(at_zero):
    """A copy of relu's row with another derivative at the kink."""

    def partials(m, y, x):
        return (m.where(m.eq(x, 0), at_zero, m.where(m.gt(x, 0), 1, m.nothing)),)

    return ROWS["relu"]._replace(partials=partials)


@pytest.mark.parametrize(
    ("at_zero", "verdict"),
    [(0.0, "inconclusive"), (1.0, "inconclusive"), (2.0, "failed"), (-1e-4, "failed")],
)
def test_a_wrong_derivative_at_the_kink_of_relu_is_found(at_zero, verdict):
    (found,) = checks("relu(a)", (0,), {"relu": relu(at_zero)})
    assert (found.verdict, found.reason.kind) == (verdict, "kink")


def test_a_kink_in_the_wrong_place_is_found():
    def partials(m, y, x):
        return (m.where(m.le(x, 0.5), m.nothing, 1),)

    fault = {"relu": ROWS["relu"]._replace(partials=partials)}
    verdicts = [checks("relu(a)", (a,), fault)[0].verdict for a in (-0.3, 0.3, 0.7)]
    assert verdicts == ["passed", "failed", "passed"]


def test_a_fault_far_from_the_output_is_found():
    text = "tanh(sigmoid(exp(a)*b) + gelu(a*b)^2)"
    assert {each.verdict for each in checks(text, (0.3, 0.8))} == {"passed"}
    for name in ("tanh", "sigmoid", "exp", "*", "gelu", "^", "+"):
        found = checks(text, (0.3, 0.8), {name: scaled(ROWS[name], 1 + 1e-4)})
        assert "failed" in {each.verdict for each in found}, name


def test_a_fault_in_a_second_derivative_is_found():
    # the Hessian comes from the engine's own rules, so a fault in a rule is in both its orders
    found = checks("exp(a)*b", (0.3, 0.8), {"exp": scaled(ROWS["exp"], 1 + 1e-4)}, order=2)
    assert "failed" in {each.verdict for each in found}
