"""How many digits are right: BOUND against mpmath, and what eval says of them."""

import math
import random
from collections import Counter

import pytest
from exact import EXACT, NoFloat, exactly, right, wrong_share
from mpmath import libmp, mp, mpf
from test_ops import CASES, ROWS, cloud, line

from micrograd_cli import bind, parse, reports
from micrograd_cli.algebra.bound import BOUND
from micrograd_cli.algebra.rounding import Bound, bound
from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.analysis.second_run import LOST
from micrograd_cli.engine import evaluate

UNDEFINED = (
    NoFloat, ValueError, ZeroDivisionError, OverflowError, TypeError, MemoryError,
    libmp.libhyper.NoConvergence,
)  # fmt: skip


def report(text, **numbers):
    return next(reports(bind(parse(text), numbers), nodes="inputs"))


def told(found):
    """The warnings of lost digits."""
    return [w for w in found.warnings if w.kind in ("cancellation", "underflow")]


# --- the algebra ----------------------------------------------------------------------------------


def points(op, arity):
    return [[x] for x in line(op)][::9] if arity == 1 else cloud(op, arity)


def same(a, b):
    return a == b or (a != a and b != b)


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_values_and_partials_are_those_of_floats_to_the_bit(name, arity):
    op = ROWS[name]
    for x in points(op, arity):
        bounds = [Bound(each) for each in x]
        value, y = evaluate(FLOAT, op.value, *x), bound(op.value(BOUND, *bounds))
        assert same(y.value, value), x
        for got, want in zip(op.partials(BOUND, y, *bounds),
                             evaluate(FLOAT, op.partials, value, *x), strict=True):  # fmt: skip
            assert (got is None) == (want is None), x
            assert got is None or same(bound(got).value, want), x


def near(x, rng):
    """A number beside x that is known to half a digit more or less, and the exact one."""
    exact = mpf(x) * (1 + mpf(rng.uniform(-1, 1)) * mpf(2) ** -rng.uniform(20, 60))
    rest = float((exact - mpf(x)) * (1 + rng.uniform(-1, 1) / 4))
    doubt = abs(float(exact - mpf(x) - mpf(rest))) * (1 + 1e-9)
    return Bound(x, rest, doubt, doubt), exact


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_the_exact_number_lies_within_the_bound(name, arity):
    op, rng = ROWS[name], random.Random(name)
    checked = 0
    with mp.workdps(80):
        for x in points(op, arity):
            pairs = [near(each, rng) for each in x]
            try:
                exact = op.value(EXACT, *[pair[1] for pair in pairs])
                slopes = op.partials(EXACT, exact, *[pair[1] for pair in pairs])
            except UNDEFINED:
                continue
            y = bound(op.value(BOUND, *[pair[0] for pair in pairs]))
            got = op.partials(BOUND, y, *[pair[0] for pair in pairs])
            for number, true in zip((y, *got), (exact, *slopes), strict=True):
                within(number, true, x)
                checked += 1
    assert checked > 20 or (name, arity) == ("std", 1)  # which is always 0


def within(number, exact, x):
    """The assertion: no more than one digit is claimed that is wrong, and 4 units in the last place.

    Secants and samples are no proof: those are the digits of `--certain`.
    """
    exact = 0 if exact is None else exact
    if number is None or isinstance(exact, mp.mpc) or not mp.isfinite(exact) or abs(exact) > 1e300:
        return
    number = bound(number)
    if math.isfinite(number.value):
        off = abs(mpf(number.value) - exact)
        room = 10 * mpf(number.error) + 4 * math.ulp(number.value)
        assert off <= room, (x, number, exact)


def test_a_condition_that_is_certainly_not_0_is_certain():
    rounded = Bound(0.7, 1e-17, 1e-17, 1e-17)
    chosen = BOUND.where(rounded, Bound(2.0), Bound(3.0))
    assert (chosen.value, chosen.error) == (2.0, 0.0)
    chosen = BOUND.where(Bound(1e-17, 0.0, 1e-16, 1e-16), Bound(2.0), Bound(3.0))
    assert (chosen.value, chosen.error) == (2.0, 1.0)


@pytest.mark.parametrize("x", [1e-300, 1.0, 1e300, 1.2e308, 1.7e308])
def test_a_norm_beyond_the_floats_takes_no_digits(x):
    for op in (ROWS["atan2"], ROWS["hypot"]):
        numbers = Bound(x), Bound(x)
        for partial in op.partials(BOUND, op.value(BOUND, *numbers), *numbers):
            assert partial.relative_error < 1e-14


# --- what people know of ----------------------------------------------------------------------------

HERON = "s = (a + b + c)/2; sqrt(s*(s - a)*(s - b)*(s - c))"
MULLER = "f(a, b) = 108 - (815 - 1500/a)/b; " + "; ".join(
    f"x{i} = f({f'x{i - 2}' if i > 1 else 4}, {f'x{i - 1}' if i > 0 else 4.25})" for i in range(24)
).replace("f(4, 4.25); x1 = f(4, x0)", "f(4, 4.25); x1 = f(4.25, x0)")
WILKINSON = [
    2432902008176640000, -8752948036761600000, 13803759753640704000, -12870931245150988800,
    8037811822645051776, -3599979517947607200, 1206647803780373360, -311333643161390640,
    63030812099294896, -10142299865511450, 1307535010540395, -135585182899530, 11310276995381,
    -756111184500, 40171771630, -1672280820, 53327946, -1256850, 20615, -210, 1,
]  # fmt: skip
CLASSICS = [
    ("((a + b)*2) - 2*a", {"a": 1e10, "b": 1.1e-7}),
    ("log(1 + x)/x", {"x": 1e-17}),
    ("(1 + 1/n)^n", {"n": 3e15}),
    (HERON, {"a": 100000.0, "b": 99999.99979, "c": 0.00029}),
    (HERON, {"a": 1.0, "b": 1.0, "c": 1e-9}),
    (MULLER, {}),
    ("333.75*b^6 + a^2*(11*a^2*b^2 - b^6 - 121*b^4 - 2) + 5.5*b^8 + a/(2*b)",  # Rump
     {"a": 77617.0, "b": 33096.0}),
    ("(1 - cos(x))/x^2", {"x": 1e-20}),
    ("(1 - cos(x))/x^2", {"x": 1e-6}),
    ("+".join(f"{c}*x^{k}" for k, c in enumerate(WILKINSON)), {"x": 15.5}),
    ("(exp(x) - 1)/x", {"x": 1e-12}),
    ("sqrt(x + 1) - sqrt(x)", {"x": 1e15}),
    ("(-b + sqrt(b^2 - 4*a*c))/(2*a)", {"a": 1e-3, "b": 1e8, "c": 1.0}),
    ("y0 = x; " + "; ".join(f"y{i} = 4*y{i - 1}*(1 - y{i - 1})" for i in range(1, 61)), {"x": 0.3}),
    ("1/exp(x)", {"x": 370.0}),
    # nothing is lost
    ("tanh(x)", {"x": 20.0}),
    ("sin(x)", {"x": 1e22}),
    ("y*y - square(y)", {"y": 0.1}),
    ("exp(a) - exp(a)", {"a": 0.3}),
    ("a*b + c", {"a": 2.0, "b": -3.0, "c": 6.0}),
    ("max(x) + max(y)", {"x": 2.0, "y": -2.0}),
    ("y0 = x; " + "; ".join(f"y{i} = y{i - 1} - (y{i - 1}^2 - 2)/(2*y{i - 1})" for i in range(1, 8)),
     {"x": 1.5}),
    ("x^2 - y^2", {"x": 1.0000001, "y": 1.0}),
    ("logsumexp(a, b) - max(a, b)", {"a": 800.0, "b": 799.0}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "numbers"), CLASSICS)
def test_classics(text, numbers):
    with mp.workdps(120):
        program = parse(text)
        value, grad = exactly(program, dict(program.defaults) | numbers)
        found = report(text, **numbers)
        results = [(found.value, value, found.digits.value)]
        results += [(found.grad[x], grad[x], found.digits.grad[x]) for x in found.grad]
        lost = False
        for x, exact, digits in results:
            true = right(x, exact)
            lost = lost or true < 8
            assert true - 2.5 < digits < true + 1.2, (text, x, exact)  # it is an estimate
    assert bool(told(found)) == lost


# --- random programs ------------------------------------------------------------------------------

UNARY = (
    "exp log sqrt sin cos tan tanh sigmoid softplus relu abs square gelu silu atan sinh cosh log1p"
    " expm1 cbrt erf asinh leaky_relu elu erfc exp2 log2 asin acos"
).split()
BINARY = "+ - * / + - * / + - ^ hypot atan2 max min logsumexp mean".split()
NUMBERS = ("1", "2", "3", "0.5", "10", "1e10", "100", "0.1")


def grow(rng, depth):
    """An expression of a … e."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice("abcde") if rng.random() < 0.75 else rng.choice(NUMBERS)
    if rng.random() < 0.35:
        return f"{rng.choice(UNARY)}({grow(rng, depth - 1)})"
    op, left, right = rng.choice(BINARY), grow(rng, depth - 1), grow(rng, depth - 1)
    if op == "^":
        right = rng.choice(("2", "3", "0.5", "-1", right))
    return f"({left} {op} {right})" if op in "+-*/^" else f"{op}({left}, {right})"


def number(rng):
    kind = rng.random()
    if kind < 0.3:
        return rng.uniform(-3, 3)
    if kind < 0.5:
        return float(rng.choice((0, 1, 2, 3, -1, -2, 10, 100, 0.5, 0.25)))
    return rng.choice((1, -1)) * 10 ** rng.uniform(-18, 18)


def compared(rng):
    """A random program at a random point: of each result the wrong share, and whether it is told.

    None where the exact numbers are not defined, or a float is inf or nan.
    """
    text = grow(rng, rng.choice((2, 3, 4, 5)))
    program = parse(text)
    numbers = {name: number(rng) for name in program.inputs}
    try:
        value, grad = exactly(program, numbers)
    except UNDEFINED:
        return None
    found = report(text, **numbers)
    if not found.finite:
        return None
    results = [("value", found.value, value, found.digits.value)]
    results += [("grad", found.grad[x], grad[x], found.digits.grad[x]) for x in found.grad]
    lost = [digits for *_, digits in results if digits < 8]
    assert bool(lost) == any(
        w.kind == "cancellation" or " right: " in w.message for w in told(found)
    )
    return [(kind, wrong_share(x, exact), digits, text, numbers, x, mp.nstr(exact, 17))
            for kind, x, exact, digits in results]  # fmt: skip


PROGRAMS = 6000


def test_of_random_programs_those_that_lose_their_digits_are_told(capsys):
    """At least 99 % of the lost ones are told, and of the others at most 1 %."""
    rng, counts, programs = random.Random(14), Counter(), 0
    with mp.workdps(100):
        while programs < PROGRAMS:
            found = compared(rng)
            if found is None:
                continue
            programs += 1
            for kind, wrong, digits, *_ in found:
                counts[kind, wrong > LOST, digits < 8] += 1
    with capsys.disabled():
        print(f"\nlost digits in {programs} random programs:")
        for kind in ("value", "grad"):
            hits, misses = counts[kind, True, True], counts[kind, True, False]
            false, quiet = counts[kind, False, True], counts[kind, False, False]
            print(
                f"  {kind}: {hits} of {hits + misses} lost are told, {false} of {false + quiet} others"
            )
            assert hits + misses > 50
            assert hits >= 0.99 * (hits + misses)
            assert false <= 0.01 * (false + quiet)
