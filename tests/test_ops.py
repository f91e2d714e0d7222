"""Every row of the table against mpmath: value and partials, over the whole range of the floats.

A row of one argument is right to a few units in the last place everywhere, which a double-precision
oracle could not show. The largest errors are printed at the end of the run.
"""

import math
import random
from math import inf, nan
from sys import float_info

import pytest
from mpmath import mp, mpc, mpf

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate
from micrograd_cli.ops import OPS

ULPS = 5  # the libm functions take up to 2 of them
DIGITS = 60
ROWS = {op.name: op for op in OPS.values()}

# --- what mpmath says ---------------------------------------------------------------------------


def erfc(x):  # mpmath raises OverflowError for huge ones
    return mp.erfc(x) if abs(x) < 1e3 else 1 - mp.sign(x)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def normal_cdf(x):
    return erfc(-x / mp.sqrt(2)) / 2


def normal_pdf(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def at_pole(x):
    return x <= 0 and x == math.floor(x)


def lgamma(x):
    return mp.re(mp.loggamma(x))


def trigamma(x):  # by reflection, for mpmath sums up from negative numbers
    return mp.polygamma(1, x) if x > 0 else (mp.pi / mp.sinpi(x)) ** 2 - mp.polygamma(1, 1 - x)


def polygamma(n, x):
    return mp.polygamma(int(mp.nint(n)), x)


def erfinv(x):  # of mpmath's erfinv the last digits are wrong close to 1
    if abs(x) == 1:
        return x * mp.inf
    start = mp.erfinv(x)
    return start - (mp.erf(start) - x) * mp.sqrt(mp.pi) / 2 * mp.exp(start**2)


def variance(*x):
    mean = sum(x) / len(x)
    return sum((each - mean) ** 2 for each in x) / len(x)


def deviation_partials(*x):
    std = mp.sqrt(variance(*x))
    return [(each - sum(x) / len(x)) / (len(x) * std) if std else 0 for each in x]


def zero(*x):
    return (0,) * len(x)


def truth(relation):
    return lambda *x: mpf(bool(relation(*x))), zero


def winners(best):
    def partials(*x):
        wins = [each == best(x) for each in x]
        return [mpf(win) / sum(wins) for win in wins]

    return lambda *x: best(x), partials


def mod(x, y):
    with mp.workdps(700):
        return x - y * mp.floor(x / y)


def clamp_partials(x, lo, hi):
    if max(x, lo) > hi:
        return 0, 0, 1
    return (0, 1, 0) if x < lo else (1, 0, 0)


def log_partials(x, base=None):
    if base is None:
        return (1 / x,)
    return 1 / (x * mp.log(base)), -mp.log(x) / (base * mp.log(base) ** 2)


def hypot(*x):
    return mp.sqrt(sum(each * each for each in x))


def logsumexp(*x):
    *rest, top = sorted(x)
    return top + mp.log1p(sum(mp.exp(each - top) for each in rest))


def softmax(*x):
    e = [mp.exp(each) for each in x]
    return [each / sum(e) for each in e]


# Name: value, derivative.
UNARY = {
    "neg": (lambda x: -x, lambda x: -1),
    "exp": (mp.exp, mp.exp),
    "exp2": (lambda x: mp.exp(x * mp.ln2), lambda x: mp.exp(x * mp.ln2) * mp.ln2),
    "expm1": (mp.expm1, mp.exp),
    "log2": (lambda x: mp.log(x) / mp.ln2, lambda x: 1 / (x * mp.ln2)),
    "log10": (lambda x: mp.log(x) / mp.ln10, lambda x: 1 / (x * mp.ln10)),
    "log1p": (mp.log1p, lambda x: 1 / (1 + x)),
    "sqrt": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x))),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2)),
    "square": (lambda x: x * x, lambda x: 2 * x),
    "sin": (mp.sin, mp.cos),
    "cos": (mp.cos, lambda x: -mp.sin(x)),
    "tan": (mp.tan, lambda x: mp.sec(x) ** 2),
    "asin": (mp.asin, lambda x: 1 / mp.sqrt(1 - x * x)),
    "acos": (mp.acos, lambda x: -1 / mp.sqrt(1 - x * x)),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x)),
    "sinh": (mp.sinh, mp.cosh),
    "cosh": (mp.cosh, mp.sinh),
    "tanh": (mp.tanh, lambda x: mp.sech(x) ** 2),
    "asinh": (mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x)),
    "acosh": (mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1)),
    "atanh": (mp.atanh, lambda x: 1 / (1 - x * x)),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "softplus": (lambda x: max(x, 0) + mp.log1p(mp.exp(-abs(x))), sigmoid),
    "relu": (lambda x: max(x, 0), lambda x: mpf(x > 0)),
    "leaky_relu": (lambda x: x if x > 0 else x / 100, lambda x: 1 if x > 0 else mpf(1) / 100),
    "elu": (lambda x: x if x > 0 else mp.expm1(x), lambda x: 1 if x > 0 else mp.exp(x)),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "gelu": (lambda x: x * normal_cdf(x), lambda x: normal_cdf(x) + x * normal_pdf(x)),
    "erf": (
        lambda x: 1 - erfc(x) if abs(x) > 1 else mp.erf(x),
        lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
    "erfinv": (erfinv, lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(erfinv(x) ** 2)),
    "normpdf": (normal_pdf, lambda x: -x * normal_pdf(x)),
    "normcdf": (normal_cdf, normal_pdf),
    "logit": (lambda x: mp.log(x / (1 - x)) if x < 1 else mp.inf, lambda x: 1 / (x * (1 - x))),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "lgamma": (lgamma, mp.digamma),
    "digamma": (mp.digamma, trigamma),
    "erfc": (erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "abs": (abs, mp.sign),
}
# Name: value, the tuple of the partials.
REFERENCE = {
    "+": (lambda x, y: x + y, lambda x, y: (1, 1)),
    "-": (lambda x, y: x - y, lambda x, y: (1, -1)),
    "*": (lambda x, y: x * y, lambda x, y: (y, x)),
    "/": (lambda x, y: x / y, lambda x, y: (1 / y, -x / y**2)),
    "%": (mod, lambda x, y: (1, -mp.floor(x / y))),
    "^": (lambda x, y: x**y, lambda x, y: (y * x**y / x, x**y * mp.log(x))),
    "log": (mp.log, log_partials),
    "<": truth(lambda x, y: x < y),
    "<=": truth(lambda x, y: x <= y),
    ">": truth(lambda x, y: x > y),
    ">=": truth(lambda x, y: x >= y),
    "==": truth(lambda x, y: x == y),
    "!=": truth(lambda x, y: x != y),
    "not": truth(lambda x: x == 0),
    "and": truth(lambda x, y: x != 0 and y != 0),
    "or": truth(lambda x, y: x != 0 or y != 0),
    "atan2": (mp.atan2, lambda y, x: (x / (x * x + y * y), -y / (x * x + y * y))),
    "sign": (mp.sign, zero),
    "floor": (mp.floor, zero),
    "ceil": (mp.ceil, zero),
    "round": (mp.nint, zero),
    "trunc": (lambda x: mp.sign(x) * mp.floor(abs(x)), zero),
    "min": winners(min),
    "max": winners(max),
    "sum": (lambda *x: sum(x), lambda *x: (1,) * len(x)),
    "prod": (
        lambda *x: mp.fprod(x),
        lambda *x: [mp.fprod(x[:i] + x[i + 1 :]) for i in range(len(x))],
    ),
    "var": (variance, lambda *x: [2 * (each - sum(x) / len(x)) / len(x) for each in x]),
    "std": (lambda *x: mp.sqrt(variance(*x)), deviation_partials),
    "polygamma": (polygamma, lambda n, x: (0, polygamma(n + 1, x))),
    "mean": (lambda *x: sum(x) / len(x), lambda *x: (mpf(1) / len(x),) * len(x)),
    "hypot": (hypot, lambda *x: [each / hypot(*x) for each in x]),
    "logsumexp": (logsumexp, softmax),
    "clamp": (lambda x, lo, hi: min(max(x, lo), hi), clamp_partials),
    "where": (
        lambda condition, a, b: a if condition else b,
        lambda condition, a, b: (0, mpf(condition != 0), mpf(condition == 0)),
    ),
    "detach": (lambda x: x, zero),
    **{
        name: (value, lambda x, derivative=derivative: (derivative(x),))
        for name, (value, derivative) in UNARY.items()
    },
}
# For x < 0 they are right to a rounding of x: they have a zero beside every integer.
REFLECTED = ("lgamma", "digamma", "polygamma")
EXTRA = {  # points that chance does not find
    "^": [(-2.5, 3.0), (-2.5, -4.0), (-7e80, 3.0), (-1e200, 3.0), (1e-200, 2.0), (-8.0, 1 / 3)],
    "log": [(4e-309, 1e10)],
    "logsumexp": [(0.0, -50.0), (0.0, -700.0), (-1000.0, 1000.0), (1e308, -1e308)],
    # the roots of the derivatives
    "silu": [(-1.273594626338404,), (-1.2784645427610737,), (-1.28,), (-1.3,), (-1.1,), (-1.5,)],
    "gelu": [(-0.7518301488727794,), (-0.7517915246935645,), (-0.75,), (-0.6,), (-0.9,), (-1.0,)],
}
# The ends of the range, and where terms cancel: right to ULPS too, whatever the conditioning.
ENDS = [
    ("^", (-1.0, 9007199254740994.0)), ("^", (-1.0, 9007199254740993.0)), ("^", (5e-324, 5e-324)),
    ("^", (1e300, 0.1)), ("^", (1e300, 1 / 3)), ("^", (1e10, 30.9)), ("^", (1e-100, 3.3)),
    ("^", (1 + 2**-52, -3.3e18)), ("^", (-1e10, 31.0)), ("^", (-1e-100, 4.0)), ("^", (0.5, 1070.0)),
    ("%", (1e308, -0.99999e308)), ("%", (-1e308, 1.7e308)), ("%", (1.5e-323, 1e-323)),
    ("hypot", (5e-324, 5e-324)), ("hypot", (1.7e308, 1.7e308)), ("hypot", (3e-320, -4e-320, 1e-322)),
    ("atan2", (1.7e308, 1.7e308)), ("atan2", (5e-324, -5e-324)), ("atan2", (1e-312, 1e-3)),
    ("atan2", (1e300, 1e-300)), ("mean", (1e308, 1e308)), ("mean", (-1.7e308, -1e308, -1.6e308)),
    ("/", (1.62072e-318, 6.729075621357419e-07)), ("/", (1.5163494575e-314, 0.000563064306827321)), ("/", (1e300, 1e300)), ("/", (1e300, -1e250)),
    ("logsumexp", (-0.69, -0.7)), ("logsumexp", (-0.5, -1.2)), ("logsumexp", (-1.1, -1.0, -1.2)),
    ("logsumexp", (-0.6931471805599453, -0.6931471805599453)), ("logsumexp", (0.0, -706.3)),
    ("logsumexp", (3.3, -702.12345)), ("logsumexp", (-3.0, -3.1, -0.1)),
]  # fmt: skip

# --- how far we are from it ---------------------------------------------------------------------

LIMIT = mpf(2) ** 1024  # what the floats round to inf


def clip(x):
    return max(-LIMIT, min(LIMIT, mpf(x)))


def ulps(got, true, spread=0):
    """The error of `got` in units of the float spacing at `true`, subnormal or not, plus spread."""
    got = 0.0 if got is None else float(got)  # None: no gradient flows
    if math.isnan(got):
        return math.inf
    unit = math.ulp(min(abs(float(true)), float_info.max)) + spread
    return float(abs(clip(got) - clip(true)) / unit)


def condition(function, x):
    """By how much the result changes for a relative change of the arguments: sum |xᵢ ∂f/∂xᵢ|."""
    h, true = mpf(10) ** -25, function(*x)
    nudged = [[*x[:i], each * (1 + h), *x[i + 1 :]] for i, each in enumerate(x)]
    return sum(abs(function(*n) - true) for n in nudged) / h


def line(op):
    """Points all along op's domain: of each size, of each sign, close to 1, and at the ends."""
    rng = random.Random(op.name)
    size = [10 ** rng.uniform(-323.3, 308.25) for _ in range(150)]
    size += [10 ** rng.uniform(-9, 9) for _ in range(100)]
    size += [rng.uniform(0, top) for top in (1, 4, 40, 760, 1100) for _ in range(80)]
    size += [1 + sign * 10 ** rng.uniform(-16, 0) for sign in (-1, 1) for _ in range(50)]
    size += [0.0, 5e-324, 2**-1022, 1 - 1e-10, 1 - 2**-53, 1.0, 1 + 2**-52, float_info.max]
    size += [n / 2 for n in range(1, 12)] + [abs(x) for x in op.near]
    size += [abs(x) + d for x, *y in EXTRA.get(op.name, ()) if not y for d in (0.0, 1e-9, -1e-5)]
    low, high = op.domain
    points = {x for s in size for x in (s, -s) if low <= x <= high}
    if op.name in REFLECTED:
        points = {x for x in points if not at_pole(x)}
    return sorted(points)


def cloud(op, arity):
    """Points of several arguments: close to 1, of very different sizes, all large, all small."""
    rng = random.Random(op.name)
    points = [list(x) for x in (op.near, *EXTRA.get(op.name, ())) if len(x) == arity]
    for centre, span in [(0, 0.3), (0, 3), (0, 30), (0, 150), (200, 1), (290, 1), (-290, 1)] * 10:
        sizes = [10 ** (centre + rng.uniform(-span, span)) for _ in range(arity)]
        points.append([rng.choice((1, -1)) * size for size in sizes])
    if op.name == "polygamma":  # of whole orders
        sizes = [x for x in line(ROWS["digamma"]) if abs(x) < 1e4]
        return [[float(rng.randint(0, 12)), x] for x in rng.sample(sizes, 150)]
    return points


def accuracy(op, x, strict):
    """The errors of value and partials at x, as pairs of name and number."""
    value, partials = REFERENCE[op.name]
    exact = [mpf(each) for each in x]
    y = evaluate(FLOAT, op.value, *x)
    true = value(*exact)
    if isinstance(true, mpc):
        yield "value", 0 if math.isnan(y) else math.inf
        return

    def spread(function):
        return float_info.epsilon * clip(condition(function, exact))

    strict = strict and not (op.name in REFLECTED and x[-1] < 0)
    yield "value", ulps(y, true, 0 if strict else spread(value))
    try:
        wanted = partials(*exact)
    except ZeroDivisionError:  # a pole
        assert x[0] in (0, *op.domain)
        return
    if any(kink.at(FLOAT, *x) and kink.argument is None for kink in op.kinks):
        return
    for i, got in enumerate(evaluate(FLOAT, op.partials, y, *x)):
        if isinstance(wanted[i], mpc):
            yield f"d{i + 1}", 0 if math.isnan(got) else math.inf
        elif op.name == "exp2" and got == y == math.inf:
            pass  # y*log(2): in 1024 … 1024.5 it could still be a float, but the value is not
        else:
            around = 0 if strict else spread(lambda *at, i=i: partials(*at)[i])
            yield f"d{i + 1}", ulps(got, wanted[i], around)


WORST = {}  # (row, arity): {"value" or "d1" …: (error, point)}
CASES = [
    (name, arity)
    for name, op in ROWS.items()
    for arity in (1, 2, 3, 5)
    if op.arity[0] <= arity <= op.arity[1]
]


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_accuracy(name, arity):
    op = ROWS[name]
    assert name in REFERENCE, "a new row needs its value and partials in mpmath"
    worst = {}
    with mp.workdps(DIGITS):
        for x in [[x] for x in line(op)] if arity == 1 else cloud(op, arity):
            for part, error in accuracy(op, x, strict=arity == 1):
                worst[part] = max(worst.get(part, (0, None)), (error, x), key=lambda e: e[0])
    WORST[name, arity] = worst
    assert len(worst) == 1 + arity
    assert max(error for error, _ in worst.values()) <= ULPS, worst


@pytest.mark.parametrize(("name", "x"), ENDS)
def test_accuracy_at_the_ends_of_the_range(name, x):
    with mp.workdps(700):  # mod's quotient
        found = dict(accuracy(ROWS[name], x, strict=True))
    assert len(found) == 1 + len(x)
    assert max(found.values()) <= ULPS, found


@pytest.mark.parametrize("name", REFERENCE)
def test_the_partials_in_mpmath_are_those_of_its_values(name):
    value, partials = REFERENCE[name]
    near = ROWS[name].near
    with mp.workdps(DIGITS):
        for i, partial in enumerate(partials(*map(mpf, near))):
            order = tuple(int(i == j) for j in range(len(near)))
            slope = mp.diff(value, near, order) if name != "detach" else 0
            assert abs(slope - partial) < 1e-20


@pytest.mark.parametrize("name", [n for n in ROWS if ROWS[n].domain != (-math.inf, math.inf)])
def test_outside_its_domain_a_function_is_nan(name):
    low, high = ROWS[name].domain
    for x in (math.nextafter(low, -math.inf), low - 1, math.nextafter(high, math.inf), 1e308):
        assert low <= x <= high or math.isnan(evaluate(FLOAT, ROWS[name].value, x)), x


def test_the_poles_of_the_gamma_function():
    at = {name: ROWS[name].value for name in ("lgamma", "digamma", "polygamma")}
    for x in (0.0, -0.0, -1.0, -1e300):
        assert evaluate(FLOAT, at["lgamma"], x) == evaluate(FLOAT, at["polygamma"], 1.0, x) == inf
        pole = evaluate(FLOAT, at["digamma"], x)  # of the far ones the sides differ
        assert (pole == -math.copysign(inf, x)) if x == 0 else math.isnan(pole)
    assert math.isnan(evaluate(FLOAT, at["polygamma"], 1.5, 2.0))
    for x in (inf, -inf, nan):
        assert repr(evaluate(FLOAT, at["lgamma"], x)) == repr(abs(x))
        assert repr(evaluate(FLOAT, at["digamma"], x)) == repr(x if x == inf else nan)


def test_the_ends_of_erfinv():
    value, partials = ROWS["erfinv"].value, ROWS["erfinv"].partials
    assert [evaluate(FLOAT, value, x) for x in (1.0, -1.0)] == [inf, -inf]
    assert evaluate(FLOAT, partials, inf, 1.0) == evaluate(FLOAT, partials, -inf, -1.0) == (inf,)
    assert repr(evaluate(FLOAT, value, -0.0)) == "-0.0"


def test_report(capsys):
    """Print the largest errors of each row; rows that only round share the last line."""
    rounded = []
    with capsys.disabled():
        print("\nlargest errors in ulp (of several arguments: on top of conditioning), and where:")
        for (name, arity), worst in WORST.items():
            largest = max(worst.keys() - {"value"}, key=lambda part: worst[part][0])
            errors = {part: worst[part] for part in ("value", largest)}
            if max(error for error, _ in errors.values()) <= 0.51:
                rounded.append(f"{name}/{arity}")
                continue
            places = [
                f"{part} {error:.2f} at " + (", ".join(f"{v:.6g}" for v in x) if x[1:] else str(*x))
                for part, (error, x) in errors.items()
                if error > 0.51
            ]
            print(f"  {name}/{arity}".ljust(15), "; ".join(places))
        print("  one rounding or none:", *rounded)


def test_the_derivatives_of_a_square_and_a_root_are_rounded_once():
    for n in range(1, 1000):
        x = n / 100
        for y, slope in ((2.0, 2 * x), (0.5, 0.5 / math.sqrt(x)), (3.0, 3 * (x * x))):
            by_x, _ = evaluate(FLOAT, ROWS["^"].partials, x**y, x, y)
            assert by_x == pytest.approx(slope, rel=0 if y == 2 else 3e-16)
