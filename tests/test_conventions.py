"""What is taken where no derivative exists, and IEEE's results where Python's floats raise.

The tables follow "Where no derivative exists" of the language, line by line.
"""

import itertools
import math
import operator
from math import inf, log, nan

import pytest

from micrograd_cli.algebra.scalar import FLOAT, IEEE, OPERATORS, PLAIN, Ieee, retry
from micrograd_cli.engine import Value, apply, evaluate
from micrograd_cli.ops import OPS

ROWS = {op.name: op for op in OPS.values()}
TRUTH = ("<", "<=", ">", ">=", "==", "!=", "not", "and", "or")


def gradient(function, *numbers):
    """The value of a function of Values, and its derivatives."""
    x = [Value(number) for number in numbers]
    y = function(*x)
    y.backward()
    return y.data, [each.grad for each in x]


def operate(name):
    return lambda *x: apply(OPS[name], *x)


def same(got, expected):
    """Equal, where nan equals nan and 0 is not -0."""
    if isinstance(expected, (list, tuple)):
        return len(got) == len(expected) and all(map(same, got, expected))
    if expected != expected:
        return got != got
    return got == expected and math.copysign(1, got) == math.copysign(1, expected)


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("abs", [0.0], [0.0]),
        ("abs", [-0.0], [0.0]),
        ("relu", [0.0], [0.0]),
        ("relu", [-0.0], [0.0]),
        ("leaky_relu", [0.0], [0.01]),
        ("min", [1, 1], [0.5, 0.5]),
        ("min", [2, 1, 1], [0, 0.5, 0.5]),
        ("max", [1, 1], [0.5, 0.5]),
        ("max", [1, 2, 2, 0, 2], [0, 1 / 3, 1 / 3, 0, 1 / 3]),
        ("max", [7] * 8, [1 / 8] * 8),
        ("max", [0.0, -0.0], [0.5, 0.5]),
        ("max", [inf, 1, inf], [0.5, 0, 0.5]),
        ("clamp", [0, 0, 2], [1, 0, 0]),
        ("clamp", [2, 0, 2], [1, 0, 0]),
        ("clamp", [1, 1, 1], [1, 0, 0]),
        ("clamp", [-1, 0, 2], [0, 1, 0]),
        ("clamp", [3, 0, 2], [0, 0, 1]),
        ("clamp", [1, 2, 0], [0, 0, 1]),
        ("sign", [0], [0]),
        ("sign", [-3], [0]),
        ("floor", [2], [0]),
        ("ceil", [2], [0]),
        ("round", [2.5], [0]),
        ("trunc", [-2], [0]),
        *[(name, [1, 1], [0, 0]) for name in ("<", "<=", ">", ">=", "==", "!=", "and", "or")],
        ("not", [0], [0]),
        ("sqrt", [0.0], [inf]),
        ("sqrt", [-0.0], [inf]),
        ("cbrt", [0.0], [inf]),
        ("cbrt", [-0.0], [inf]),
        ("^", [2, 0], [0, log(2)]),
        ("^", [0, 0], [0, 0]),
        ("^", [-0.0, 0], [0, 0]),
        ("^", [0, 1], [1, 0]),
        ("^", [0, 2], [0, 0]),
        ("^", [0, 0.5], [inf, 0]),
        ("^", [0, -1], [-inf, -inf]),
        ("^", [-2, 3], [12, nan]),
        ("^", [-2, 0], [0, nan]),
        ("atan2", [0, 0], [0, 0]),
        ("atan2", [0.0, -0.0], [0, 0]),
        ("hypot", [0], [0]),
        ("hypot", [0, 0], [0, 0]),
        ("hypot", [0, 0, 0], [0, 0, 0]),
        ("where", [1, 2, 3], [0, 1, 0]),
        ("where", [0, 2, 3], [0, 0, 1]),
        ("where", [-0.0, nan, 3], [0, 0, 1]),
        ("detach", [2], [0]),
        ("%", [6, 3], [1, -2]),
        # no convention, the limit: the ends of a domain
        ("asin", [1], [inf]),
        ("acos", [-1], [-inf]),
        ("acosh", [1], [inf]),
        ("atanh", [-1], [inf]),
        ("log", [0.0], [inf]),
        ("log1p", [-1], [inf]),
        *[(name, [inf], [1]) for name in ("softplus", "elu", "silu", "gelu")],
        *[(name, [-inf], [0]) for name in ("softplus", "elu", "silu", "gelu")],
    ],
)
def test_derivative(name, x, expected):
    assert same([each + 0.0 for each in gradient(operate(name), *x)[1]], expected)


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("/", [1, 0.0], inf),
        ("/", [-1, 0.0], -inf),
        ("/", [1, -0.0], -inf),
        ("/", [0, 0], nan),
        ("%", [5, 0], nan),
        ("%", [inf, 3], nan),
        ("%", [-7, 3], 2),
        ("%", [7, -3], -2),
        ("%", [-6, 3], 0),
        ("-", [inf, inf], nan),
        ("*", [0, inf], nan),
        ("*", [1e200, 1e200], inf),
        ("^", [-8, 1 / 3], nan),
        ("^", [0, 0], 1),
        ("^", [nan, 0], 1),
        ("^", [1, inf], 1),
        ("^", [0.0, -1], inf),
        ("^", [-0.0, -1], -inf),
        ("^", [-0.0, -2], inf),
        ("^", [-0.0, 0.5], 0.0),
        ("^", [10, 400], inf),
        ("^", [-10, 401], -inf),
        ("^", [-10, 400.5], nan),
        ("^", [10, -400], 0),
        ("^", [0.0, -inf], inf),
        ("log", [0], -inf),
        ("log", [-0.0], -inf),
        ("log", [-1], nan),
        ("log", [inf], inf),
        ("log", [8, 1], inf),
        ("log2", [0], -inf),
        ("log10", [0], -inf),
        ("log1p", [-1], -inf),
        ("log1p", [-2], nan),
        ("exp", [1000], inf),
        ("exp", [-1000], 0),
        ("exp2", [2000], inf),
        ("expm1", [1000], inf),
        ("sinh", [-1000], -inf),
        ("cosh", [-1000], inf),
        ("square", [-1e200], inf),
        ("sqrt", [-1], nan),
        ("sqrt", [-0.0], -0.0),
        ("cbrt", [-8], -2),
        ("cbrt", [-inf], -inf),
        ("asin", [2], nan),
        ("acosh", [0], nan),
        ("atanh", [-1], -inf),
        ("sin", [inf], nan),
        ("tan", [-inf], nan),
        ("atan", [-inf], -math.pi / 2),
        *[(name, [inf], inf) for name in ("softplus", "relu", "elu", "silu", "gelu")],
        *[(name, [-inf], 0.0) for name in ("softplus", "relu", "silu", "gelu")],
        ("floor", [-inf], -inf),
        ("round", [1e308], 1e308),
        ("round", [0.5], 0),
        ("round", [1.5], 2),
        ("ceil", [-0.5], -0.0),
        ("trunc", [-0.5], -0.0),
        ("sign", [-0.0], 0.0),
        ("abs", [-0.0], 0.0),
        ("hypot", [inf, nan], inf),
        ("logsumexp", [1000, 1000], 1000 + log(2)),
        ("logsumexp", [-inf, -inf], -inf),
        ("logsumexp", [-inf, 2], 2),
        ("logsumexp", [inf, 1], inf),
        ("max", [1, nan], nan),
        ("min", [nan, 1], nan),
        ("clamp", [nan, 0, 1], nan),
        ("where", [nan, 1, 2], 1),
        ("==", [nan, nan], 0),
        ("!=", [nan, nan], 1),
        ("and", [nan, 1], 1),
        ("or", [0, -0.0], 0),
    ],
)
def test_value(name, x, expected):
    assert same(gradient(operate(name), *x)[0], expected)


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (lambda x: where(more(x, 0), x.sqrt(), x), 0, 1),
        (lambda x: where(more(x, 0), x.log(), x), -1, 1),
        (lambda x: where(more(x, 0), 1 / x, 3 * x), 0, 3),
        (lambda x: where(more(x, 0), (2 * x.sqrt() + 1).exp() / x, 5 * x), 0, 5),
        (lambda x: where(more(x, 0), where(more(x, 1), (x - 1).log(), x.sqrt()), x * x), 0, 0),
        (lambda x: where(more(x, 0), where(more(x, 1), (x - 1).log(), x * x), x.log()), 1, 2),
        (lambda x: where(same_as(x, 0), 1 + 0 * x, x.sin() / x), 0, 0),
        (lambda x: where(x, x.exp(), (1000 * x).exp()), 800, inf),
        (lambda x: where(more(x, 0), (1000 * x).exp(), x), -1, 1),
        (lambda x: (lambda root: where(more(x, 1), root, 2 * root))(x.sqrt()), 4, 0.25),
        # so do all the others that choose
        (lambda x: x.log().relu(), 0, 0),
        (lambda x: (-1 / x).max(7 * x), 0, 7),
        (lambda x: x.log().clamp(-1, 1), 0, 0),
        (lambda x: x.sqrt().floor(), 0, 0),
        (lambda x: x.sqrt().detach(), 0, 0),
        (lambda x: more(x.sqrt(), 1) + x, 0, 1),
        # a product is no choice
        (lambda x: 0 * x.sqrt(), 0, nan),
    ],
)
def test_a_branch_that_is_not_taken_never_leaks(function, x, expected):
    assert same(gradient(function, x)[1], [expected])


def where(condition, a, b):
    return condition.where(a, b)


def more(x, y):
    return apply(OPS[">"], x, Value(y))


def same_as(x, y):
    return apply(OPS["=="], x, Value(y))


def test_a_constant_power_of_a_negative_number_is_free_of_nan():
    assert gradient(lambda x: x**2, -3) == (9, [-6])


KINKS = {  # row: where its kinks are, close to where they are not
    "%": ([(6, 3), (-6, 3), (0, 3), (6, -3)], [(7, 3), (math.nextafter(6, 7), 3), (6, 0)]),
    "^": ([(0, 2), (-0.0, 0), (0, -1), (-2, 3)], [(2, 0), (5e-324, 2), (nan, 2)]),
    **{
        name: ([(1, 1), (0.0, -0.0), (inf, inf)], [(1, 1 + 2**-52), (nan, nan)])
        for name in ("<", "<=", ">", ">=", "==", "!=")
    },
    "sqrt": ([(0,), (-0.0,)], [(5e-324,), (-1,)]),
    "cbrt": ([(0,), (-0.0,)], [(5e-324,), (-5e-324,)]),
    "atan2": ([(0, 0), (-0.0, 0.0)], [(5e-324, 0), (0, -5e-324)]),
    "relu": ([(0,), (-0.0,)], [(5e-324,), (-5e-324,), (nan,)]),
    "leaky_relu": ([(0,), (-0.0,)], [(5e-324,), (-5e-324,)]),
    "abs": ([(0,), (-0.0,)], [(5e-324,), (-5e-324,), (nan,)]),
    "sign": ([(0,), (-0.0,)], [(5e-324,), (-5e-324,)]),
    "floor": ([(0,), (2,), (-3,), (1e300,)], [(0.5,), (math.nextafter(2, 0),), (nan,)]),
    "ceil": ([(0,), (2,), (-3,)], [(0.5,), (math.nextafter(2, 3),)]),
    "round": ([(0.5,), (-2.5,)], [(0,), (2,), (math.nextafter(0.5, 0),), (1e300,), (inf,)]),
    "trunc": ([(1,), (-3,)], [(0,), (-0.0,), (0.5,)]),
    "min": ([(1, 1), (2, 1, 1)], [(1,), (2, 2, 1), (1, 1 + 2**-52), (nan, nan)]),
    "max": ([(2, 2), (2, 1, 2)], [(2,), (1, 1, 2), (1, 1 + 2**-52), (nan, nan)]),
    "hypot": ([(0,), (0, -0.0), (0, 0, 0)], [(5e-324, 0), (0, 1, 0)]),
    "std": ([(1, 1), (3, 3, 3), (0.0, -0.0)], [(1,), (1, 1 + 2**-52), (nan, nan)]),
    "clamp": ([(0, 0, 2), (2, 0, 2)], [(1, 0, 2), (5e-324, 0, 2), (3, 0, 2)]),
}


@pytest.mark.parametrize("name", [name for name in ROWS if ROWS[name].kinks])
def test_kinks_fire_exactly_at_their_points(name):
    at, beside = KINKS[name]

    def fired(x):
        return [kink for kink in ROWS[name].kinks if evaluate(FLOAT, kink.at, *map(float, x))]

    assert [len(fired(x)) for x in at] == [1] * len(at)
    assert not any(map(fired, beside))
    assert {kink for x in at for kink in fired(x)} == set(ROWS[name].kinks)


@pytest.mark.parametrize("name", [name for name in ROWS if ROWS[name].kinks])
def test_kinks_say_what_is_taken(name):
    for x in KINKS[name][0]:
        _, partials = gradient(operate(name), *x)
        for kink in ROWS[name].kinks:
            if not evaluate(FLOAT, kink.at, *map(float, x)):
                continue
            concerned = partials if kink.argument is None else [partials[kink.argument]]
            if kink.taken == "an equal share":
                assert max(partials) < 1
            elif kink.taken != "that of the right side":
                assert all(map(same, concerned, [float(kink.taken)] * len(concerned)))


@pytest.mark.parametrize("name", [name for name in ROWS if name not in TRUTH])
def test_nan_in_nan_out(name):
    least, most = ROWS[name].arity
    for arity in range(least, int(min(most, 4)) + 1):
        for place in range(arity):
            x = [2.0] * arity
            x[place] = nan
            result, _ = gradient(operate(name), *x)
            assert math.isnan(result) == (name != "where" or place == 1), x


@pytest.mark.parametrize("name", ROWS)
def test_example_and_near_are_usable(name):
    op = ROWS[name]
    least, most = op.arity
    assert least <= len(op.near) <= most
    assert all(op.domain[0] < op.near[0] < op.domain[1] for _ in op.near)
    assert not any(kink.at(FLOAT, *op.near) for kink in op.kinks)
    value, derivatives = gradient(operate(name), *op.near)
    assert all(map(math.isfinite, [value, *derivatives]))
    assert op.help.endswith(".")
    assert (name if name != "neg" else "-") in op.example
    names = {name: lambda *x, op=op: evaluate(FLOAT, op.value, *x) for name, op in OPS.items()}
    assert math.isfinite(eval(op.example.replace("^", "**"), names | {"pi": math.pi}))


# --- the two kinds of floats --------------------------------------------------------------------

SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e308, -1e308, 5e-324, inf, -inf, nan)


@pytest.mark.parametrize("name", ROWS)
def test_no_row_raises_anywhere(name):
    """And where plain floats do not, the Ieee ones give the same."""
    op = ROWS[name]
    least, most = op.arity
    for arity in range(least, int(min(most, 3)) + 1):
        for x in itertools.product(SPECIAL, repeat=arity):
            y = evaluate(FLOAT, op.value, *x)
            partials = evaluate(FLOAT, op.partials, y, *x)
            assert len(partials) == arity
            again = retry(op.value, *x), *retry(op.partials, y, *x)
            for got, ieee in zip((y, *partials), again, strict=True):
                assert got == ieee or (got != got and ieee != ieee), x


def numpy_functions(np):
    """What NumPy calls a name of PLAIN, with the number of its arguments where it is not one."""
    erf, erfc = np.vectorize(math.erf), np.vectorize(math.erfc)
    inverse = {"a" + name: getattr(np, "arc" + name) for name in ("sin", "cos", "tan")}
    inverse |= {"a" + name: getattr(np, "arc" + name) for name in ("sinh", "cosh", "tanh")}
    plain = (
        "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan sinh cosh tanh abs floor ceil"
        " trunc sign"
    )
    unary = inverse | {name: getattr(np, name) for name in plain.split()}
    unary |= {
        "round": np.rint,
        "erf": erf,
        "erfc": erfc,
        "detach": lambda x: x,
        "sech_squared": lambda x: 1 / np.cosh(x) ** 2,
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "normal_cdf": lambda x: erfc(-x / np.sqrt(2)) / 2,
        "silu_slope": lambda x: np.where(
            np.isinf(x), x > 0, (1 + x / (1 + np.exp(x))) / (1 + np.exp(-x))
        ),
        "gelu_slope": lambda x: (
            erfc(-x / np.sqrt(2)) / 2
            + (0 if np.isinf(x) else x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi))
        ),
    }
    binary = {
        "hypot": np.hypot,
        "pow": operator.pow,  # np.power takes a root of -0 for its power of 1/2
        "atan2": np.arctan2,
        "min": np.minimum,
        "max": np.maximum,
        "sum": np.add,
        "prod": np.multiply,
        "lt": np.less,
        "le": np.less_equal,
        "gt": np.greater,
        "ge": np.greater_equal,
        "eq": np.equal,
        "ne": np.not_equal,
        "logsumexp": np.logaddexp,
        "mean": lambda x, y: (x + y) / 2 if abs(x + y) < inf else x / 2 + y / 2,
        "exp_difference": lambda x, y: np.exp(x - y),
    }
    return {
        **{name: (function, 1) for name, function in unary.items()},
        **{name: (function, 2) for name, function in binary.items()},
        "where": (np.where, 3),
        "mod": (np.remainder, 2),
        "number": (float, 1),
        "ratio": (np.divide, 2),
        "gaussian": (lambda x, c: np.exp(-c * x * x), 2),
    }


ALIKE = ("min", "max", "silu_slope")  # which zero is not told


def agree(got, expected, zeros_alike=False):
    if expected == 0 or math.isinf(expected) or math.isnan(expected):
        return same(got, expected) or (zeros_alike and got == expected)
    return math.isclose(got, expected, rel_tol=1e-13, abs_tol=1e-323)


# Parts of derivatives, whose arguments are not free: their rows are compared with mpmath.
PARTS = {"power_slope", "over_square", "over_norm", "mod_slope"}
NOT_IN_NUMPY = {"erfinv", "erfinv_slope", "lgamma", "digamma", "polygamma", "deviations"}


@pytest.mark.parametrize("name", sorted(PARTS))
def test_parts_of_derivatives_never_raise(name):
    for x in itertools.product(SPECIAL, repeat=3):
        x = (x[0], 1.0, x[1]) if name == "over_norm" else x
        assert isinstance(float(getattr(IEEE, name)(*map(Ieee, x))), float)


@pytest.mark.parametrize("name", [name for name in PLAIN if name not in PARTS | NOT_IN_NUMPY])
def test_ieee_answers_are_those_of_numpy(name):
    np = pytest.importorskip("numpy")
    function, arity = numpy_functions(np)[name]
    choices = [SPECIAL] * arity if name != "gaussian" else [SPECIAL, (0.5, 1.0)]
    with np.errstate(all="ignore"):
        for x in itertools.product(*choices):
            expected = float(function(*map(np.float64, x)))
            for got in (
                float(getattr(IEEE, name)(*map(Ieee, x))),
                float(evaluate(FLOAT, lambda m, *x: getattr(m, name)(*x), *x)),
            ):
                assert agree(got, expected, zeros_alike=name in ALIKE), (x, got, expected)


@pytest.mark.parametrize("name", [*OPERATORS, "neg", "abs"])
def test_ieee_operators_are_those_of_numpy(name):
    np = pytest.importorskip("numpy")
    function = getattr(operator, name)
    with np.errstate(all="ignore"):
        for x in itertools.product(SPECIAL, repeat=1 if name in ("neg", "abs") else 2):
            expected = float(function(*map(np.float64, x)))
            left, *right = map(Ieee, x)
            results = [function(left, *right)]
            if right:  # an operand may be a number of the rule itself
                results += [function(left, x[1]), function(x[0], right[0])]
            for got in results:
                assert isinstance(got, Ieee)
                assert agree(float(got), expected), (x, got, expected)
