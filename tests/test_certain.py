"""Certain digits: every row and random programs against mpmath, and what is known to be hard."""

import io
import json
import math
import random
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from functools import cache

import jsonschema
import pytest
from conftest import ROOT
from mpmath import mp, mpc, mpf
from rich.console import Console
from test_ops import CASES, ENDS, REFERENCE, ROWS, cloud, line

import micrograd_cli
from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.algebra.vocabulary import OPERATOR, PRIMITIVES
from micrograd_cli.analysis.matrices import hessian
from micrograd_cli.engine import evaluate
from micrograd_cli.language.reading import parse
from micrograd_cli.nodes import Constant, topological_order
from micrograd_cli.numbers import UNDECIDED, Written
from micrograd_cli.ops import INPUT, OPS
from micrograd_cli.terminal.grid import Grid, Heading, fixed, numeric

flint = pytest.importorskip("flint")

from micrograd_cli.algebra.ball import BALL  # noqa: E402
from micrograd_cli.algebra.ball.numbers import NAN, Ball, ball  # noqa: E402
from micrograd_cli.analysis.certain import (  # noqa: E402
    BALLS,
    MAX_BITS,
    Wanted,
    certain_matrix,
    certain_reports,
)
from micrograd_cli.analysis.enclosure import enclosures  # noqa: E402
from micrograd_cli.analysis.sampling import Range  # noqa: E402


def exact(end):
    """An end of a ball as mpmath's number."""
    if not end.is_finite():
        return mp.inf if end > 0 else -mp.inf
    mantissa, exponent = end.man_exp()
    return mpf((int(mantissa) < 0, abs(int(mantissa)), int(exponent), int(mantissa).bit_length()))


def holds(x, true):
    """Whether a ball holds a number, but for mpmath's own rounding."""
    if x is None:
        x = ball(0)
    x = x if isinstance(x, Ball) else ball(x)
    if isinstance(true, mpc) or mp.isnan(true):
        return x.nan
    lo, hi, slack = exact(x.lo), exact(x.hi), abs(true) * mpf(10) ** -60
    return lo <= true <= hi or (mp.isfinite(true) and lo - slack <= true <= hi + slack)


# --- the algebra ----------------------------------------------------------------------------------


def test_it_has_every_primitive():
    names = [name for name, primitive in PRIMITIVES.items() if primitive.kind != OPERATOR]
    assert [name for name in names if not hasattr(BALL, name)] == []


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_every_row_holds_the_true_value_and_partials(name, arity):
    op, rng = ROWS[name], random.Random(name)
    value, partials = REFERENCE[name]
    points = [[x] for x in line(op)] if arity == 1 and not op.variadic else cloud(op, arity)
    points = [*rng.sample(points, min(len(points), 25)), *[x for n, x in ENDS if n == name]]
    for x in points:
        if len(x) != arity:
            continue
        with mp.workdps(100), flint.ctx.workprec(200):
            try:
                y, slopes = value(*map(mpf, x)), partials(*map(mpf, x))
            except (ZeroDivisionError, ValueError, OverflowError):
                continue  # a pole, or too large for mpmath
            balls = [ball(each) for each in x]
            got = op.value(BALL, *balls)
            assert holds(got, y), x
            if isinstance(y, mpc) or any(kink.at(FLOAT, *x) for kink in op.kinks):
                continue
            for slope, true in zip(op.partials(BALL, got, *balls), slopes, strict=True):
                assert holds(slope, true), x


def intervals(op, rng):
    """Balls around and beside the row's own point, some of which straddle 0."""
    for width in (0.0, 0.25, 1.0, 3.0):
        yield [(x + rng.uniform(-1, 1) - width, x + rng.uniform(-1, 1) + width) for x in op.near]


@pytest.mark.parametrize("name", sorted({op.name for op in OPS.values()}))
def test_a_row_of_ranges_holds_what_it_is_at_each_point(name):
    op, rng = ROWS[name], random.Random(name)
    for ranges in intervals(op, rng):
        ranges = [(min(r), max(r)) for r in ranges]
        if name == "polygamma":
            ranges[0] = (2.0, 2.0)
        boxes = [Ball(flint.arb(lo), flint.arb(hi)) for lo, hi in ranges]
        y = op.value(BALL, *boxes)
        slopes = op.partials(BALL, y, *boxes)
        for _ in range(20):
            x = [ball(rng.choice([lo, hi, rng.uniform(lo, hi), 0.0 if lo <= 0 <= hi else lo]))
                 for lo, hi in ranges]  # fmt: skip
            at = op.value(BALL, *x)
            assert inside(at, y), (ranges, x)
            for slope, there in zip(op.partials(BALL, at, *x), slopes, strict=True):
                assert inside(slope, there), (ranges, x)


def inside(x, y):
    """Whether a ball lies in another."""
    x, y = [each if isinstance(each, Ball) else ball(each or 0.0) for each in (x, y)]
    if x.nan and not y.nan:
        return False
    return x is NAN or (x.hi >= y.lo and x.lo <= y.hi)  # they meet: each has its rounding


# --- whole programs -------------------------------------------------------------------------------


def certain(text, digits=20, max_bits=None, **numbers):
    written = {name: Written(float(x), str(x)) for name, x in numbers.items()}
    (report,) = certain_reports(parse(text), written, None, "inputs", Wanted(digits, max_bits))
    return report


SMOOTH = [
    "+", "-", "*", "/", "+", "*", "neg", "exp", "log", "sqrt", "square", "sin", "cos", "tan", "atan",
    "tanh", "sinh", "asinh", "sigmoid", "softplus", "erf", "erfc", "silu", "gelu", "cbrt", "log1p",
    "expm1", "hypot", "atan2", "logsumexp", "max", "min", "abs", "relu", "leaky_relu", "elu", "clamp",
    "where", "<", "mean", "prod", "%", "floor", "normcdf", "exp2", "log2", "std", "softsign",
]  # fmt: skip


def random_program(rng, size):
    """The text of a program of so many operations, on numbers that are no floats."""
    terms = ["x", "y", "x", "y", "0.1", "3", "2.7e-3", "pi"]
    for _ in range(size):
        op = ROWS[rng.choice(SMOOTH)]
        least, most = op.arity
        args = [
            rng.choice(terms[-8:]) for _ in range(min(max(int(least), 1 + rng.randrange(2)), most))
        ]
        if not op.precedence:
            terms.append(f"{op.name}({', '.join(map(str, args))})")
        elif op.name == "neg":
            terms.append(f"(-{args[0]})")
        else:
            terms.append(f"({args[0]} {op.name} {args[-1]})")
    return terms[-1]


EXACTLY = {  # where the references of the rows are right to floats alone
    "%": (lambda x, y: x - y * mp.floor(x / y), lambda x, y: (1, -mp.floor(x / y))),
}


class NoReferenceError(Exception):
    """A number on the way is complex, or far out."""


def reference(text, numbers):
    """Value and gradients by the rows' references in mpmath, forward, without the engine."""
    program = parse(text)
    found = {}

    def leaf(node):
        if node.op is INPUT:
            return mpf(numbers[node.label])
        return +getattr(mp, node.label) if node.label else mpf(node.text or node.number)

    zeros = dict.fromkeys(program.inputs, mpf(0))
    root = program.outputs[0].node
    for node in topological_order(root):
        for arg in node.args:
            if isinstance(arg, Constant) or arg.op is INPUT:
                grad = (
                    {name: mpf(arg.label == name) for name in zeros} if arg.op is INPUT else zeros
                )
                found[arg] = (leaf(arg), grad)
        x = [found[arg][0] for arg in node.args]
        value, partials = EXACTLY.get(node.op.name) or REFERENCE[node.op.name]
        y, slopes = value(*x), partials(*x)
        total = {name: sum(slope * found[arg][1][name]
                           for slope, arg in zip(slopes, node.args, strict=True)) for name in zeros}  # fmt: skip
        for each in (y, *total.values()):
            if isinstance(each, mpc) or not mp.isfinite(each) or abs(each) > mpf(10) ** 2000:
                raise NoReferenceError
        found[node] = (mpf(y), total)
    if root not in found:
        raise NoReferenceError
    return found[root]


def agrees(text, true, digits):
    """Whether every digit of a text is that of the true number, rounded."""
    with mp.workdps(3 * digits + 50):
        wrong = abs(mpf(text) - true)
        return wrong <= abs(true) * mpf(10) ** (1 - digits)


@cache
def programs(count, seed):
    rng = random.Random(seed)
    return [
        (random_program(rng, rng.randint(1, 8)), {"x": f"{rng.uniform(-3, 3):.4f}",
                                                  "y": f"{10 ** rng.uniform(-3, 2):.3g}"})
        for _ in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize(("digits", "count"), [(17, 1500), (50, 700), (1000, 40)])
def test_every_digit_of_random_programs_is_right(digits, count):
    compared = decided = 0
    for text, numbers in programs(count, digits):
        program = parse(text)
        numbers = {name: numbers[name] for name in program.inputs}
        report = certain(text, digits, max_bits=16 * digits + 400, **numbers)
        results = [report.value, *report.grad.values()]
        decided += UNDECIDED not in results
        again = certain(text, 2 * digits, max_bits=16 * digits + 800, **numbers)
        for short, long in zip(results, [again.value, *again.grad.values()], strict=True):
            if UNDECIDED not in (short, long):
                assert same_rounded(short, long), (text, numbers, short, long)
        with mp.workdps(2 * digits + 60):
            try:
                value, grad = reference(text, numbers)
            except (NoReferenceError, ZeroDivisionError, ValueError, OverflowError):
                continue
        for got, true in zip(results, [value, *grad.values()], strict=True):
            if got not in (UNDECIDED, "nan", "inf", "-inf") and abs(true) > mpf(10) ** -digits:
                assert agrees(got, true, digits), (text, numbers, got, mp.nstr(true, 20))
                compared += 1
    assert compared > count
    assert decided > 0.9 * count


def same_rounded(short, long):
    """Whether a text of digits is what one of more digits is rounded to."""
    if "n" in short:
        return short == long
    places = len(Decimal(short).as_tuple().digits)
    from decimal import Context

    return Context(prec=places).create_decimal(long) == Decimal(short)


def test_numbers_and_constants_in_an_array():
    report = certain("b = [[1.5, x], [0.1, pi]]; sum(b) + b[0,0]", 30, x="0.1")
    with mp.workdps(60):
        assert agrees(report.value, mp.pi + mpf("3.2"), 30)


@pytest.mark.parametrize(
    "text", ["exp(exp(x))", "exp(-exp(x))", "exp(exp(x)) - exp(x)", "relu(exp(-exp(x)) - 0)"]
)
def test_an_exponent_of_thousands_of_digits_is_not_written(text):
    """Python refuses to write an integer of more than 4300 digits."""
    for x in ("2e4", "1e16"):
        report = certain(text, 17, x=x)
        assert report.value == UNDECIDED
        assert report.warnings


# --- what is known to be hard ---------------------------------------------------------------------

STEPS = [f"u{n} = 111 - 1130/u{n - 1} + 3000/(u{n - 1}*u{n - 2})" for n in range(2, 41)]
MULLER = "; ".join(["u0 = 2*1", "u1 = -4*1", *STEPS, "u40"])
WILKINSON = "*".join(f"(x - {k})" for k in range(1, 21)) + " - 2^-23*x^19"
HARD = [
    ("333.75*b^6 + a^2*(11*a^2*b^2 - b^6 - 121*b^4 - 2) + 5.5*b^8 + a/(2*b)",
     {"a": 77617, "b": 33096},
     lambda a, b: 333.75 * b**6 + a**2 * (11 * a**2 * b**2 - b**6 - 121 * b**4 - 2) + 5.5 * b**8
     + a / (2 * b)),
    (MULLER, {}, None),
    (WILKINSON, {"x": "20.8"}, lambda x: mp.fprod(x - k for k in range(1, 21)) - x**19 / 2**23),
    ("sin(x)", {"x": "1e22"}, mp.sin),
    ("(1 - cos(x))/x^2", {"x": "1e-20"}, lambda x: (1 - mp.cos(x)) / x**2),
    ("tanh(x)", {"x": "20"}, mp.tanh),
    ("((a + b)*2) - 2*a", {"a": "1e10", "b": "1.1e-7"}, lambda a, b: 2 * b),
    ("(1 + 1/n)^n", {"n": "3e15"}, lambda n: (1 + 1 / n) ** n),
    ("exp(x)", {"x": "1e5"}, mp.exp),
    ("1/exp(x)", {"x": "375"}, lambda x: mp.exp(-x)),
    ("gelu(x)", {"x": "-37.7"}, lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2),
]  # fmt: skip


@pytest.mark.parametrize("digits", [17, 50, 300])
@pytest.mark.parametrize(("text", "numbers", "true"), HARD, ids=[h[0][:20] for h in HARD])
def test_hard_programs(text, numbers, true, digits):
    report = certain(text, digits, **numbers)
    assert report.finite
    with mp.workdps(3 * digits + 100):
        x = [mpf(str(each)) for each in numbers.values()]
        value = muller(40) if true is None else true(*x)
        assert agrees(report.value, value, digits)
        for i, name in enumerate(numbers):
            slope = mp.diff(
                lambda t, i=i: true(*x[:i], t, *x[i + 1 :]), x[i], h=mpf(10) ** (-2 * digits - 30)
            )
            assert agrees(report.grad[name], slope, min(digits, 30))


def muller(n):
    """Its recurrence, from 2 and -4, in rational numbers."""
    before, last = Fraction(2), Fraction(-4)
    for _ in range(n - 1):
        before, last = last, 111 - 1130 / last + 3000 / (last * before)
    return mpf(last.numerator) / last.denominator


@pytest.mark.parametrize("name", [op.name for op in ROWS.values() if op.kinks])
def test_at_a_kink_that_is_decided_the_convention_is_that_of_eval(name):
    """At 0, 1 or equal numbers, whichever of them is a kink of the row."""
    op = ROWS[name]
    for x in [(0.0,) * len(op.near), (1.0,) * len(op.near), (2.0, *[1.0] * (len(op.near) - 1))]:
        if not any(evaluate(FLOAT, kink.at, *x) for kink in op.kinks):
            continue
        balls = [ball(each) for each in x]
        y = op.value(BALL, *balls)
        plain = evaluate(FLOAT, op.value, *x)
        for slope, expected in zip(
            op.partials(BALL, y, *balls), evaluate(FLOAT, op.partials, plain, *x), strict=True
        ):
            assert (slope is None) == (expected is None)
            assert slope is None or holds(slope, mpf(expected)), (x, slope, expected)


STRADDLES = [  # where a difference of irrational numbers may be 0: what the derivative by u certainly is, or undecided
    ("relu(u)", None), ("abs(u)", None), ("max(u, 0)", None), ("min(u, 0)", None),
    ("clamp(u, 0, 1)", None), ("leaky_relu(u)", None), ("where(u > 0, u, 0)", None),
    ("where(u > 0, u, u)", None), ("elu(u)", "1"), ("softplus(u)", "0.5"), ("logsumexp(u, 0)", "0.5"),
    ("hypot(u, 1)", None), ("hypot(u, 3, 4) + u", "1"), ("max(u, -1)", "1"), ("relu(u + 1)", "1"),
    ("sign(u) + u", "1"), ("softsign(u)", "1"), ("atan2(u, 1)", "1"), ("asin(u)", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "slope"), STRADDLES)
def test_straddles(text, slope):
    report = certain(f"u = sqrt(x)^2 - y; {text}", 20, 400, x="0.1", y="0.1")
    if slope is None:
        assert report.grad["x"] == UNDECIDED
        assert "undecided at 400 bits" in report.warnings[0].message
    else:
        assert report.grad["x"] not in (UNDECIDED, "nan")
        assert Decimal(report.grad["x"]) == Decimal(slope)


FRACTIONS = [  # of decimals: value, and derivative by x at x = 0.1
    ("x + 0.2 - 0.3", "0", "1"), ("relu(x + 0.2 - 0.3)", "0", "0"), ("abs(3*x - 0.3)", "0", "0"),
    ("relu(x - 0.1)", "0", "0"), ("max(x + 0.2, 0.3)", "0.3", "0.5"), ("x^2 - 0.2*x", "-0.01", "0"),
    ("floor(30*x)", "3", "0"), ("(3*x) % 0.3", "0", "3"), ("1/3 + x/0.15 - 1", "0", "20/3"),
    ("where(x/3*30 == 1, x, 7)", "0.1", "1"), ("sqrt(9*x^2 + 16*x^2) - 0.5", "0", "5"),
    ("hypot(3*x, 4*x) - 0.5", "0", "5"), ("1/(x*10 - 1)", "inf", "-inf"), ("round(15*x)", "2", "0"),
    ("x^-2 - 100", "0", "-2000"), ("clamp(x, 0.3 - 0.2, 1)", "0.1", "1"), ("x - x^7/x^6", "0", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "slope"), FRACTIONS)
def test_fractions_are_decided_exactly(text, value, slope):
    report = certain(text, 20, x="0.1")
    for got, true in ((report.value, value), (report.grad["x"], slope)):
        if true.endswith("inf"):
            assert got == true
        else:
            assert abs(Fraction(got) - Fraction(true)) <= abs(Fraction(true)) / 10**19


ANGLES = [  # value, and derivative by x as mpmath has it
    ("sin(pi*x)/(pi*x)", "1", "0", lambda: -1), ("cos(x*pi/180)", "90", "0", lambda: -mp.pi / 180),
    ("cos(x*pi/180)", "60", "1/2", lambda: -mp.sqrt(3) / 2 * mp.pi / 180),
    ("cos(2*pi*x)", "1.5", "-1", lambda: 0), ("tan(x)", "-pi/4", "-1", lambda: 2),
    ("tan(x)", "7*pi", "0", lambda: 1), ("sin(x*pi)", "1e300", "0", lambda: mp.pi),
    ("x % pi", "tau", "0", lambda: 1), ("floor(x/pi)", "3*tau", "6", lambda: 0),
    ("cos(pi/2) - x + pi", "pi", "0", lambda: -1), ("x^2 - pi*x", "pi", None, lambda: mp.pi),
    ("sin(x/12)", "pi", None, lambda: mp.cos(mp.pi / 12) / 12), ("sin(x + 1)", "pi", None, lambda: mp.cos(mp.pi + 1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "x", "value", "slope"), ANGLES, ids=[a[0] for a in ANGLES])
def test_fractions_of_pi_are_decided_exactly(text, x, value, slope):
    """By Niven's theorem their sines are fractions at multiples of π/6 alone."""
    (report,) = certain_reports(
        parse(text), {"x": Written(1.0, x)}, None, "inputs", Wanted(20, 2000)
    )
    if value is not None:
        assert Fraction(report.value) == Fraction(value)
    with mp.workdps(60):
        assert agrees(report.grad["x"], mpf(slope()), 20)


def test_the_tangent_at_its_pole_is_nan():
    (report,) = certain_reports(
        parse("tan(x)"), {"x": Written(1.6, "pi/2")}, None, "inputs", Wanted(20)
    )
    assert report.value == "nan"


@pytest.mark.parametrize("x", ["1e12", "1e60", "1e300"])
def test_the_tail_of_the_normal_distribution_far_out(x):
    """Between the bounds of Mills' ratio: x/(x² + 1) < (1 - Φ(x))/φ(x) < 1/x."""
    report = certain("exp(-x^2/2)/sqrt(2*pi)/normcdf(-x)/x", 700, x=x)
    with mp.workdps(1000):
        assert 1 < mpf(report.value) <= 1 + mpf(x) ** -2
    report = certain("log(erfc(x*sqrt(3)))/x^2", 25, x=x)
    with mp.workdps(1000):
        t = mpf(x)
        assert agrees(report.value, (-3 * t * t - mp.log(t * mp.sqrt(3 * mp.pi))) / t**2, 20)


def test_a_sign_is_a_number():
    """The gradient of what is 1 everywhere is 0 exactly."""
    report = certain("abs(x - y)/(abs(x) + abs(y))", 20, x="0.0046283223538124", y="-0.01415955012")
    assert (Decimal(report.value), report.grad) == (1, {"x": "0", "y": "0"})


def test_the_last_precision_is_the_most():
    assert list(Wanted(20, 1000).precisions()) == [99, 198, 396, 1000]
    assert list(Wanted(20, 50).precisions()) == [50]
    assert [list(Wanted(n).precisions())[-1] for n in (17, 5000)] == [MAX_BITS, 8 * 16642]


@pytest.mark.parametrize("text", ["(x*y + z) - (x*y - z)", "x - y + y", "-(x + z) - z + x"])
def test_gradients_that_cancel_exactly_are_0(text):
    """A number and its negative are told apart from two numbers that are only close."""
    report = certain(f"input x, y, z; {text}", 20, x="0.3", y="0.1", z="0.7")
    assert UNDECIDED not in report.grad.values()
    assert "0" in report.grad.values()


def test_without_flint_it_says_what_to_install(mgrad, tmp_path):
    (tmp_path / "flint.py").write_text("raise ModuleNotFoundError('No module', name='flint')")
    done = mgrad(
        "eval", "x", "--x", "1", "--certain", "5", env={"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "--certain needs the library python-flint" in done.stderr
    assert "pip install 'mgrad[exact]'" in done.stderr


def test_flint_is_imported_only_for_certain_digits(mgrad):
    code = "import sys; from micrograd_cli.commands import run; run(['eval', 'x^2', '--x', '2', '--print', 'value']); print('flint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "4.0\nFalse\n"


def test_json_has_texts_that_fit_the_schema(mgrad):
    schema = json.loads((ROOT / "micrograd_cli" / "schema" / "eval.json").read_text())
    for text, options in [
        ("a*b", ["--a", "0.1", "--b", "2"]), ("relu(a - b); exp(a)", ["--a", "0.1", "--b", "0.1"]),
        ("input w[2]; w*w", ["--w", "[0.1, 2]"]), ("log(a)", ["--a", "-1"]),
    ]:  # fmt: skip
        done = mgrad(
            "eval", text, *options, "--certain", "20", "--format", "jsonl", "--max-bits", "200"
        )
        for record in done.stdout.splitlines():
            jsonschema.validate(json.loads(record), schema)


# --- jacobian and hessian -------------------------------------------------------------------------


def test_hessians_of_random_programs():
    """Against mpmath's differences of the reference of the gradient."""
    compared, digits = 0, 25
    for text, numbers in programs(700, 7):
        program = parse(text)
        names = list(program.inputs)
        written = {name: Written(float(numbers[name]), numbers[name]) for name in names}
        found = certain_matrix(
            program, written, lambda run: hessian(run, run.program.outputs[0], list(run.program.inputs), BALLS),
            Wanted(digits, 400),
        )  # fmt: skip
        with mp.workdps(100):
            for i, a in enumerate(names):

                def grad(t, a=a, text=text, numbers=numbers):
                    return list(reference(text, {**numbers, a: t})[1].values())

                h = mpf(10) ** -40
                try:
                    x = mpf(numbers[a])
                    rows = [
                        (p - m) / (2 * h) for p, m in zip(grad(x + h), grad(x - h), strict=True)
                    ]
                except (NoReferenceError, ZeroDivisionError, ValueError, OverflowError):
                    continue
                for entry, true in zip(found.entries[i], rows, strict=True):
                    if entry not in (UNDECIDED, "nan") and abs(true) > mpf(10) ** -20:
                        assert agrees(entry, true, digits), (text, numbers, a, entry, true)
                        compared += 1
    assert compared > 150


def test_eigenvalues_against_mpmath(mgrad):
    """Of Hilbert's matrix, whose condition is 5e8 for six rows, as a Hessian."""
    size, digits = 6, 30
    text = "; ".join([f"input x[{size}]", *["+".join(
        f"x[{i}]*x[{j}]/(2*({i} + {j} + 1))" for i in range(size) for j in range(size))]])  # fmt: skip
    numbers = {f"x[{i}]": 0.0 for i in range(size)}
    program = parse(text)
    matrix = certain_matrix(
        program, numbers, lambda run: hessian(run, program.outputs[0], list(numbers), BALLS),
        Wanted(digits), eigen=True,
    )  # fmt: skip
    with mp.workdps(60):
        true = mp.eigsy(mp.hilbert(size), eigvals_only=True)
        for got, each in zip(matrix.spectrum.eigenvalues, true, strict=True):
            assert agrees(got, each, digits)
    assert matrix.spectrum.definiteness == "positive definite"


@pytest.mark.parametrize(
    ("text", "eigenvalues", "definiteness"),
    [
        ("x^2 + y^2", ["2.0000", "2.0000"], "positive definite"),
        ("-0.1*(x + 2*y)^2", ["-1.0000", "0"], "negative semidefinite"),
        ("sqrt(2)*(x + y)^2", [None, "5.6569"], None),
        ("sqrt(2)*(x + y)^2 - z^2", ["-2.0000", None, "5.6569"], "indefinite"),
    ],
)
def test_eigenvalues_of_a_singular_matrix(mgrad, text, eigenvalues, definiteness):
    numbers = ["--x", "1", "--y", "2", *(["--z", "1"] if "z" in text else [])]
    done = mgrad(
        "hessian",
        text,
        *numbers,
        "--eigen",
        "--certain",
        "5",
        "--max-bits",
        "300",
        "--format",
        "json",
    )
    record = json.loads(done.stdout)
    assert record["eigenvalues"] == eigenvalues
    assert record["definiteness"] == definiteness
    assert ("undecided" in done.stderr) == (None in eigenvalues)


@pytest.mark.parametrize("command", ["jacobian", "hessian"])
def test_a_product_with_a_vector(mgrad, command):
    args = [
        command,
        "x^3*sin(y)",
        "--x",
        "0.1",
        "--y",
        "pi/7",
        "--certain",
        "20",
        "--format",
        "json",
    ]
    full = json.loads(mgrad(*args).stdout)[command]
    product = json.loads(mgrad(*args, "--vector", "x=1/3,y=-2").stdout)["product"]
    for row, got in zip(full, product, strict=True):
        expected = Decimal(row[0]) / 3 - 2 * Decimal(row[1])
        assert abs(Decimal(got) - expected) < Decimal("1e-18")


def test_no_float_decides_in_a_certain_hessian(mgrad):
    """0.1 + 0.2 is no more than 0.3, and the square of √2 no more than 2, though they are in floats."""
    text = "where(0.1 + 0.2 > 0.3, x^3, x^2) + where(sqrt(2)^2 > 2, x^3, x^2)"
    done = mgrad(
        "hessian", text, "--x", "1", "--certain", "5", "--max-bits", "300", "--format", "plain"
    )
    assert done.stdout == "x\tx\tundecided\n"
    assert "where(0.1 + 0.2 > 0.3, x^3, x^2)" in done.stderr


@pytest.mark.parametrize("width", [80, 40])
def test_digits_that_do_not_fit_are_folded(width):
    """All of them are there, read line by line, and the names keep their room."""
    screen = Console(width=width, file=io.StringIO())
    digits = "2." + "".join(map(str, range(100, 160)))
    grid = Grid([Heading("node", style="bold"), "op", *numeric("data")])
    grid.add("exp(x)", "exp", fixed(digits))
    grid.print(screen)
    lines = screen.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    cells = [re.split("[│┃]", line)[1:-1] for line in lines if "│" in line or "┃" in line]
    names, _, numbers = [[each.strip() for each in column] for column in zip(*cells, strict=True)]
    assert "".join(numbers) == "data" + digits
    assert names[:2] == ["node", "exp(x)"]


# --- from Python ----------------------------------------------------------------------------------


def test_from_python_numbers_are_what_they_say():
    text = "input w[2]; a*w[0] + w[1]"
    value, grad = micrograd_cli.certain(text, 30, a=Fraction(1, 3), w=["0.3", 0.5])
    assert value == Decimal("0.6")
    assert grad["a"] == Decimal("0.3")
    assert [str(each)[:12] for each in grad["w"]] == ["0.3333333333", "1.0000000000"]
    assert micrograd_cli.certain("x", 25, x=0.1)[0] == Decimal("0.1000000000000000055511151")
    assert micrograd_cli.certain("x", x=Decimal("0.1"))[0] == Decimal("0.1")
    assert micrograd_cli.certain("sqrt(x)^2 - x", 5, x=2) == (None, {"x": None})
    assert micrograd_cli.certain("exp(x)", 5, x="1e300") == (None, {"x": None})


@pytest.mark.parametrize(
    "numbers", [{"x": "foo"}, {"x": ""}, {"y": 1}, {}, {"x": "1..2"}, {"x": "1e999"}]
)
def test_from_python_what_is_no_number_is_told(numbers):
    with pytest.raises(micrograd_cli.MgradError):
        micrograd_cli.certain("x + 1", 5, **numbers)


# --- audits and enclosures ------------------------------------------------------------------------


def test_an_audit_tells_how_many_digits_are_right(mgrad):
    """The computed number against the certain one, by hand."""
    for text, options in [("log(1+x)/x", ["--x", "1e-17"]), ("(a + b)^3 - a^3", ["--a", "1e5", "--b", "0.1"]),
                          ("exp(sin(x))", ["--x", "0.7"])]:  # fmt: skip
        done = mgrad("eval", text, *options, "--audit", "--nodes", "all", "--format", "json")
        record = json.loads(done.stdout)
        jsonschema.validate(record, SCHEMA)
        for row in record["audit"]:
            true, got = mpf(row["certain"]), mpf(row["computed"])
            share = abs((got - true) / true) if true else mpf(got != 0)
            expected = 16 if share < 2.0**-50 else int(-mp.log10(min(share, 1)))
            assert row["digits"] == expected, row


SCHEMA = json.loads((ROOT / "micrograd_cli" / "schema" / "eval.json").read_text())


def enclosed(text, rtol=1e-2, **numbers):
    given = {name: Range(*x) if isinstance(x, tuple) else x for name, x in numbers.items()}
    (found,) = enclosures(parse(text), given, None, rtol)
    return found


def test_enclosures_of_random_programs_hold_what_is_taken():
    rng, tight, finite = random.Random(3), 0, 0
    for text, _ in programs(120, 11):
        program = parse(text)
        ranges = {
            name: (lo := rng.uniform(-2, 2), lo + rng.uniform(0.01, 1)) for name in program.inputs
        }
        if not ranges:
            continue
        found = enclosed(text, 0.05, **ranges)
        intervals = {"value": found.value, **found.grad}
        finite += found.finite
        tight += all(hi - lo < 10 for lo, hi in intervals.values())
        for _ in range(25):
            point = {name: rng.choice([lo, hi, rng.uniform(lo, hi), rng.uniform(lo, hi)])
                     for name, (lo, hi) in ranges.items()}  # fmt: skip
            (report,) = certain_reports(program, point, None, "inputs", Wanted(20, 300))
            for name, got in {"value": report.value, **report.grad}.items():
                if got == "nan":
                    assert name in found.undefined
                elif got != UNDECIDED:
                    lo, hi = intervals[name]
                    assert lo <= Decimal(got) * (1 + Decimal("1e-19")) or lo <= float(got), (
                        text,
                        point,
                    )
                    assert hi >= float(got) * (1 - 1e-15) or hi >= float(got), (text, point)
    assert finite > 40
    assert tight > 40


TIGHT = [  # what calculus says
    ("x^2 - 2*x", {"x": (0, 3)}, (-1, 3), {"x": (-2, 4)}),
    ("x^3 + x", {"x": (-1, 2)}, (-2, 10), {"x": (1, 13)}),
    ("sin(x)", {"x": (0, 7)}, (-1, 1), {"x": (-1, 1)}),
    ("abs(x)", {"x": (-1, 2)}, (0, 2), {"x": (-1, 1)}),
    ("max(x, y)", {"x": (0, 1), "y": (0.5, 2)}, (0.5, 2), {"x": (0, 1), "y": (0, 1)}),
    ("x*exp(-x)", {"x": (0, 3)}, (0, 0.36787944117144233), {"x": (-0.1353352832366127, 1)}),
    ("floor(x)", {"x": (0.5, 2.5)}, (0, 2), {"x": (0, 0)}),
    ("sin(x)*cos(y) + x*y", {"x": (0, 3), "y": (0, 3)}, (0, 9 + math.sin(6) / 2),
     {"x": (math.cos(3), 3 + math.cos(3) ** 2), "y": (0, 3)}),
    ("(1-x)^2 + 100*(y-x^2)^2", {"x": (-2, 2), "y": (-1, 3)}, (0, 2509), {"x": (-4006, 4002), "y": (-1000, 600)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ranges", "value", "grad"), TIGHT, ids=[t[0] for t in TIGHT])
def test_enclosures_are_tight(text, ranges, value, grad):
    found = enclosed(text, 1e-3, **ranges)
    for (lo, hi), (low, high) in [(found.value, value), *((found.grad[n], grad[n]) for n in grad)]:
        size = 2e-3 * max(abs(low), abs(high), 1e-9)
        assert low - size <= lo <= low
        assert high <= hi <= high + size


def test_what_is_rounded_does_not_keep_an_enclosure_wide():
    """Where terms cancel the precision is raised, and what is less than all floats is left."""
    zero = enclosed("(x - y)^2 - (x + y)^2 + 4*x*y", x=(0.1, 0.2), y=(0.1, 0.3))
    assert (zero.value, zero.grad, zero.boxes) == ((0, 0), {"x": (0, 0), "y": (0, 0)}, 1)
    tail = enclosed("1 - erf(x)", x=(10, 20))
    assert tail.value == pytest.approx((5.395865611607901e-176, 2.088487583762545e-45), rel=0.01)
    assert tail.boxes < 100
    far = enclosed("x^-1000", x=(2, 6))
    assert far.value == (0, pytest.approx(2.0**-1000))
    assert far.boxes < 10


def test_nodes_on_the_way_are_tight_too():
    """The argument of exp, where k·log(x) and log Γ(k + 1) move together, and two roots."""
    ranges = {"k": (24, 97), "x": (15, 62)}
    found = enclosed("exp(k*log(x) - x - lgamma(k + 1))", **ranges)
    assert found.value[1] < 0.09
    assert found.value[1] > 24**24 * math.exp(-24) / math.factorial(24)
    roots = enclosed("sqrt(sqrt(x^2 + y^2) - x)/sqrt(2)", 1e-3, x=(0.2, 0.6), y=(3, 9))
    assert roots.boxes < 500


THEOREMS = [
    ("x^3 + x", (-1, 2), ["the gradient has no zero here", "f is monotonic in x: increasing"]),
    ("-exp(x)", (0, 1), ["the gradient has no zero here", "f is monotonic in x: decreasing"]),
    ("x^2 - 2*x", (0, 3), []),
    ("relu(x) + 0", (-1, 1), ["f is monotonic in x: non-decreasing"]),
    ("relu(x) + x", (-1, 1), ["the gradient has no zero here", "f is monotonic in x: increasing"]),
    ("x - 2*floor(x)", (0, 3), ["the gradient has no zero here"]),  # it jumps down at 1
    ("x % 1", (0, 3), ["the gradient has no zero here"]),
    ("where(x > 1, x - 5, x)", (0, 3), []),  # where it is 0 or 1 within the ball, both is possible
    ("x - 2*(x > 1)", (0, 3), ["the gradient has no zero here"]),
    ("x - detach(2*x)", (0, 3), ["the gradient has no zero here"]),  # it falls
    ("1/x", (-1, 1), []),
    ("1/x", (1, 2), ["the gradient has no zero here", "f is monotonic in x: decreasing"]),
    ("atan2(x, -1)", (-1, 1), ["the gradient has no zero here"]),  # across the cut
    ("sqrt(x)", (-1, 1), []),
    ("tan(x)", (1, 2), ["the gradient has no zero here"]),  # across a pole
]


@pytest.mark.parametrize(("text", "ends", "theorems"), THEOREMS, ids=[t[0] for t in THEOREMS])
def test_theorems(text, ends, theorems):
    assert enclosed(text, x=ends).theorems == theorems
