"""The rows of the table at a few points each, and the facts that other rooms ask of them.

It is quick; `test_ops` goes over the whole range of the floats, and mutants die here first.
"""

import copy
import pickle
from math import inf, isnan

import pytest
from mpmath import mp, mpf
from test_ops import CASES, DIGITS, REFERENCE, ROWS, ULPS, accuracy, cloud, line

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.engine import evaluate
from micrograd_cli.ops import DOT, FUNCTIONS, OPS, operation

# --- values and partials ------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_accuracy_at_a_few_points(name, arity):
    op = ROWS[name]
    many = [[x] for x in line(op)] if arity == 1 else cloud(op, arity)
    near = [list(op.near)] if len(op.near) == arity else []
    with mp.workdps(DIGITS):
        for x in near + many[:: len(many) // 6]:
            assert max(error for _, error in accuracy(op, x, strict=arity == 1)) <= ULPS, x


def test_the_dot_product_of_two_vectors():
    x = (2.0, 3.0, 5.0, 7.0, 11.0, 13.0)
    assert evaluate(FLOAT, DOT.value, *x) == 2 * 7 + 3 * 11 + 5 * 13
    assert evaluate(FLOAT, DOT.partials, 0.0, *x) == (7.0, 11.0, 13.0, 2.0, 3.0, 5.0)


# --- second derivatives -------------------------------------------------------------------------

CURVED = [
    ("^", (2.0, 3.0)), ("^", (0.3, -1.7)), ("^", (2.0, 1.0)), ("^", (2.0, 0.0)), ("^", (2.0, 1e-20)),
    ("^", (3.0, 1e-17)), ("^", (1 + 2**-50, 1e16 + 2)), ("^", (1e-3, 2.0)), ("^", (1e5, 1 / 3)),
    ("asin", (0.5,)), ("asin", (-0.9,)), ("asin", (1 - 1e-10,)), ("acos", (0.5,)), ("acos", (-0.9,)),
    ("atan2", (1.0, 2.0)), ("atan2", (-3.0, 2.9)), ("atan2", (3e-150, -4e-150)), ("atan2", (1e-9, 1.0)),
    ("tanh", (0.5,)), ("tanh", (20.0,)), ("atanh", (0.5,)), ("atanh", (-0.99,)),
    ("sigmoid", (0.5,)), ("sigmoid", (40.0,)), ("silu", (0.5,)), ("silu", (-3.0,)), ("silu", (30.0,)),
    ("gelu", (0.5,)), ("gelu", (-3.0,)), ("normpdf", (0.5,)), ("normpdf", (1.0000001,)), ("normpdf", (-7.0,)),
    ("hypot", (3.0, 4.0)), ("hypot", (1.0, 2.0, -3.0)), ("hypot", (1e-9, 1.0)), ("hypot", (1e-120, 2e-120)),
    ("hypot", (0.0, 2.0, 5.0)), ("hypot", (2.5, 1.0, 0.5, -4.0)),
    ("logsumexp", (1.0, 2.0, 3.0)), ("logsumexp", (0.0, -50.0)), ("logsumexp", (1.0,)),
    ("std", (1.0, 2.0, 4.0)), ("std", (1.0, 3.0)), ("std", (1.0, 1.0, 4.0)), ("std", (-1.0, 2.0, 4.0, 7.0, 7.5)),
    ("std", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)), ("std", tuple(range(1, 10))), ("std", tuple(range(1, 13))),
]  # fmt: skip


def second(name, i, x):
    """The derivatives of partial i in mpmath."""
    _, partials = REFERENCE[name]
    for j in range(len(x)):
        order = tuple(int(k == j) for k in range(len(x)))
        h = min(map(abs, filter(None, x))) * mpf(10) ** -60
        yield mp.diff(lambda *at: partials(*at)[i], tuple(map(mpf, x)), order, h=h)


@pytest.mark.parametrize(("name", "x"), CURVED)
def test_second_derivatives_keep_their_digits(name, x):
    op = ROWS[name]
    y = evaluate(FLOAT, op.value, *x)
    for i in range(len(x)):
        found = evaluate(FLOAT, lambda m, *at, i=i: op.curvature(m, i, *at), y, *x)
        assert len(found) == len(x)
        with mp.workdps(200):
            for got, wanted in zip(found, second(name, i, x), strict=True):
                near = (
                    abs(wanted) * mpf(2e-15) * (1 if len(x) < 9 else 10) + mpf(10) ** -90
                )  # 0 by h
                if name == "^":  # its log and power are right to a rounding each
                    near *= 2
                assert abs(got - wanted) <= near, (i, float(wanted), got)


def test_second_derivatives_where_there_are_none():
    def at(name, i, *x):
        row = ROWS[name]
        y = evaluate(FLOAT, row.value, *x)
        return evaluate(FLOAT, lambda m, *rest: row.curvature(m, i, *rest), y, *x)

    for i in (0, 1):
        assert (
            at("hypot", i, 0.0, 0.0) == at("atan2", i, 0.0, 0.0) == at("std", i, 2.0, 2.0) == (0, 0)
        )
    assert at("std", 0, *[3.0] * 12) == (0,) * 12
    # of x^y at x = 0: y(y - 1)x^(y - 2) and x^(y - 1) + y x^(y - 1) log(x), whose limit it is
    for y, by_x in ((1.0, 0), (2.0, 2), (3.0, 0), (0.0, 0)):
        assert at("^", 0, 0.0, y)[0] == by_x
    assert at("^", 0, 0.0, 2.0)[1] == at("^", 1, 0.0, 2.0)[0] == 0
    assert at("^", 0, 0.0, 1.0)[1] == 1  # the term with the log counts as 0, as log's partial does
    assert at("^", 0, 0.0, 0.5)[1] == -inf or isnan(at("^", 0, 0.0, 0.5)[1])
    assert at("^", 1, 0.0, 2.0)[1] == at("^", 1, 0.0, 0.0)[1] == 0


# --- where no derivative exists -----------------------------------------------------------------

KINKS = {  # points at kinks, and by which argument: None for any
    "%": {(6.0, 3.0): [None], (-6.0, 3.0): [None], (0.0, 2.0): [None]},
    "^": {(0.0, 0.0): [1], (0.0, 2.0): [1], (0.0, -1.0): [1], (-1.0, 2.0): [1]},
    "sqrt": {(0.0,): [None]}, "cbrt": {(0.0,): [None]}, "relu": {(0.0,): [None]},
    "leaky_relu": {(-0.0,): [None]}, "abs": {(0.0,): [None]}, "sign": {(0.0,): [None]},
    "floor": {(2.0,): [None], (0.0,): [None]}, "ceil": {(-3.0,): [None], (0.0,): [None]},
    "round": {(0.5,): [None], (-2.5,): [None]}, "trunc": {(2.0,): [None], (-1.0,): [None]},
    "atan2": {(0.0, 0.0): [None]}, "hypot": {(0.0, 0.0): [None], (0.0, 0.0, 0.0): [None], (0.0,): [None]},
    "min": {(1.0, 1.0): [None], (1.0, 1.0, 2.0): [None]}, "max": {(1.0, 1.0): [None], (0.0, 1.0, 1.0): [None]},
    "std": {(2.0, 2.0): [None], (2.0, 2.0, 2.0): [None]},
    "clamp": {(0.0, 0.0, 2.0): [0], (2.0, 0.0, 2.0): [0]},
    **{name: {(1.0, 1.0): [None], (0.0, 0.0): [None], (-2.0, -2.0): [None]} for name in ("<", "<=", ">", ">=", "==", "!=")},
}  # fmt: skip
SMOOTH = {
    "^": [(1e-300, 0.0), (2.0, -1.0)], "sqrt": [(1.0,), (1e-300,)], "round": [(0.0,), (2.0,), (1.5 + 1e-9,)],
    "trunc": [(0.0,), (0.5,)], "floor": [(0.5,), (-0.5,)], "ceil": [(0.5,)], "min": [(1.0, 2.0, 2.0), (1.0,)],
    "max": [(1.0, 1.0, 2.0), (1.0,)], "std": [(1.0,), (1.0, 2.0)], "hypot": [(0.0, 1.0), (1e-300, 0.0)],
    "atan2": [(0.0, 1.0), (1.0, 0.0)], "clamp": [(1.0, 1.5, 2.0)], "relu": [(1.0,), (-1.0,)],
    "%": [(7.0, 3.0), (1.0, 2.0)], "abs": [(1.0,), (-1.0,)], "leaky_relu": [(1.0,)], "cbrt": [(-1.0,)],
    "sign": [(1.0,), (-1.0,)], "<": [(0.0, 1.0), (1.0, 0.0)],
}  # fmt: skip


def kinks(op, x):
    return [kink.argument for kink in op.kinks if evaluate(FLOAT, kink.at, *x)]


@pytest.mark.parametrize("name", ROWS)
def test_kinks_are_where_the_row_says(name):
    op = ROWS[name]
    assert set(KINKS) == {row.name for row in ROWS.values() if row.kinks}
    for x, arguments in KINKS.get(name, {}).items():
        assert kinks(op, x) == arguments, x
    for x in (op.near, *SMOOTH.get(name, ())):
        assert kinks(op, x) == [], x


# --- facts ----------------------------------------------------------------------------------------

ARITY = {  # of the rows that do not take one argument
    (2, 2): "+ - * / % ^ < <= > >= == != and or atan2 polygamma",
    (1, 2): "log",
    (3, 3): "clamp where",
    (1, inf): "min max sum prod mean var std hypot logsumexp",
}
TRUTHS = {"<", "<=", ">", ">=", "==", "!=", "not", "and", "or"}
PRECEDENCE = (  # the loosest first, as the language has them
    {"or"}, {"and"}, {"not"}, {"<", "<=", ">", ">=", "==", "!="}, {"+", "-"}, {"*", "/", "%"}, {"neg"}, {"^"},
)  # fmt: skip
FACTS = {
    "spaced": "+ - % < <= > >= == != and or",
    "vanishes": "< <= > >= == != not and or relu floor ceil round trunc min max clamp where",
    "additive": "+ - sum mean",
    "centred": "var std",
    "arithmetic": "+ - * / % neg ^ exp2 log2 log10 sqrt cbrt square abs sign floor ceil round trunc"
    " min max sum prod",
    "returns_operand": "abs min max clamp where detach",
    "blocks_gradient": "detach",
    "increasing": "+ sqrt min max sum mean clamp",
    "written_out": "log square relu leaky_relu mean clamp detach",
}


@pytest.mark.parametrize("fact", FACTS)
def test_facts(fact):
    assert {name for name, op in ROWS.items() if getattr(op, fact)} == set(FACTS[fact].split())


def test_how_many_arguments_each_takes():
    given = {name: arity for arity, names in ARITY.items() for name in names.split()}
    assert {name: op.arity for name, op in ROWS.items()} == {
        name: given.get(name, (1, 1)) for name in ROWS
    }
    assert {name for name, op in ROWS.items() if op.variadic} == set(ARITY[1, inf].split())
    assert OPS["log"].names == ("x", "base")
    assert OPS["max"].names == ("x",)
    shown = {"+": "x + y", "^": "x ^ y", "neg": "-x", "not": "not x", "log": "log(x, [base])",
             "atan2": "atan2(y, x)", "or": "x or y", "max": "max(x, ...)"}  # fmt: skip
    assert {name: OPS[name].signature for name in shown} == shown


def test_how_tightly_each_binds():
    levels = {name: 1 + i for i, names in enumerate(PRECEDENCE) for name in names}
    assert {name: op.precedence for name, op in ROWS.items()} == {
        name: levels.get(name, 0) for name in ROWS
    }
    operators = {name for name, op in OPS.items() if op.precedence}
    assert set(FUNCTIONS) == set(OPS) - operators | {"mod", "pow", "neg", "not", "and", "or"} & set(
        FUNCTIONS
    )
    assert FUNCTIONS["mod"] is OPS["%"]


def test_truth_values_and_steps():
    conditions = {"not": (0,), "and": (0, 1), "or": (0, 1), "where": (0,)}
    for name, op in ROWS.items():
        values = {evaluate(FLOAT, op.value, *x) for x in cloud(op, op.arity[0])}
        assert (
            (values <= {0, 1} and len(op.near) < 3) == (op.result == "truth") == (name in TRUTHS)
        ), name
        assert op.conditions == conditions.get(name, ())
        for i in op.conditions:
            a, b = (
                evaluate(FLOAT, op.value, *op.near[:i], x, *op.near[i + 1 :])
                for x in (1e-300, -7.0)
            )
            assert a == b


@pytest.mark.parametrize("name", ROWS)
def test_no_value_is_below_the_bound_and_one_is_at_it(name):
    op = ROWS[name]
    arity = min(max(op.arity[0], 1 if op.arity[1] == inf else 0), 3)
    points = [[x] for x in line(op)] if arity == 1 else cloud(op, arity)
    least = min(y for x in points if not isnan(y := evaluate(FLOAT, op.value, *x)))
    assert least >= op.lower_bound
    assert op.lower_bound in (-inf, least)


@pytest.mark.parametrize("name", FACTS["increasing"].split())
def test_an_increasing_row_never_falls(name):
    op = ROWS[name]
    points = cloud(op, len(op.near))[:30]
    for low, high in ((a, b) for a in points for b in points):
        top = [max(pair) for pair in zip(low, high, strict=True)]
        assert not evaluate(FLOAT, op.value, *top) < evaluate(FLOAT, op.value, *low)


def test_a_mirrored_comparison_says_the_same():
    for name in TRUTHS - {"not", "and", "or"}:
        op, mirrored = ROWS[name], ROWS[ROWS[name].mirrored]
        for x in ((1.0, 2.0), (2.0, 1.0), (1.0, 1.0)):
            assert evaluate(FLOAT, op.value, *x) == evaluate(FLOAT, mirrored.value, *reversed(x))
    assert {name for name, op in ROWS.items() if op.mirrored} == TRUTHS - {"not", "and", "or"}


def test_there_is_one_row_of_each():
    for op in (*ROWS.values(), DOT, operation("input"), operation("const")):
        assert copy.deepcopy(op) is pickle.loads(pickle.dumps(op)) is op
        assert (op.name in ("input", "const", "dot")) == (op.name not in OPS)
    assert operation("input").precedence == operation("const").precedence == 9
