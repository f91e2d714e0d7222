"""`compile`: every operation on floats, as `eval` has it, and on columns, to 4 ulp of that."""

import gc
import itertools
import math
import pickle
import random
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ops import CASES, ENDS, ROWS, cloud, line

import micrograd_cli
from micrograd_cli import MgradError, examples, gradients, without_collector
from micrograd_cli.language.program import Program
from micrograd_cli.language.reading import parse

ULPS = 4
EDGES = [0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 2.5, 5e-324,
         -5e-324, 1e-308, 710.0, -745.0, 1e16, -37.5, 1e308, -1e308]  # fmt: skip
NAMES = "abcde"


def program(op, arity):
    """A program that is one operation on the inputs a, b, c, in that order."""
    names = NAMES[:arity]
    if op.precedence:
        symbol = "-" if op.name == "neg" else op.name
        text = f" {symbol} ".join(names) if arity > 1 else f"{symbol} a"
    else:
        text = f"{op.name}({', '.join(names)})"
    return f"input {', '.join(names)}; {text}"


def points(op, arity):
    usual = [[x] for x in line(op)] if arity == 1 else cloud(op, arity)
    usual += [list(x) for name, x in ENDS if name == op.name and len(x) == arity]
    edges = EDGES if arity < 3 else EDGES[:6]
    return usual + [list(x) for x in itertools.product(edges, repeat=arity)][:5000]


def same(a, b):
    return repr(a) == repr(b)


def distance(got, want):
    """How far two floats are apart, in units of the spacing at the second; nan is nan."""
    if math.isnan(want) or math.isnan(got) or got == want:
        return 0 if math.isnan(want) == math.isnan(got) else math.inf
    if math.isinf(want) or math.isinf(got):
        finite = min(abs(want), abs(got))
        return 1 if finite > 1.797e308 and want * got > 0 else math.inf
    return abs(got - want) / math.ulp(want)


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_a_row_is_what_eval_gives(name, arity):
    op = ROWS[name]
    text = program(op, arity)
    function = micrograd_cli.compile(text)
    parsed = parse(text)
    for x in points(op, arity)[::7]:
        value, grad = gradients(parsed, **dict(zip(NAMES, x, strict=False)))
        want = [value, *grad.values()]
        found = function.row(*x)
        if 0 < abs(value) < sys.float_info.min:  # eval's gradients come back from beyond the range
            assert found == pytest.approx(want, rel=1e-3, nan_ok=True)
            continue
        assert all(map(same, found, want)), (x, found, want)


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_a_column_is_the_row_to_4_ulp(name, arity):
    pytest.importorskip("numpy")
    op = ROWS[name]
    function = micrograd_cli.compile(program(op, arity))
    at = points(op, arity)
    columns = function.kernel(list(map(list, zip(*at, strict=True))))
    for x, *found in zip(at, *columns, strict=True):
        want = function.row(*x)
        for a, b in zip(found, want, strict=True):
            assert distance(float(a), b) <= ULPS, (x, float(a), b)


ROOTS = (-1.2784645427610737, -0.7517915246935645, -1.273594626338404, 1.0, -1.0, 0.0)


@pytest.mark.parametrize("name", [name for name, arity in CASES if arity == 1])
def test_long_columns_are_the_rows_to_6_ulp(name):
    """So long that NumPy's vector code is at work, and dense where derivatives are 0."""
    numpy = pytest.importorskip("numpy")
    random, (low, high) = numpy.random.default_rng(7), ROWS[name].domain
    near = [x + random.normal(size=200) * 10.0 ** random.uniform(-12, -1, 200) for x in ROOTS]
    x = numpy.concatenate([random.uniform(-5, 5, 1000), random.uniform(-745, 745, 400), *near])
    x = x[(x >= low) & (x <= high)]
    function = micrograd_cli.compile(program(ROWS[name], 1))
    columns = function.kernel([x])
    for i, at in enumerate(x.tolist()):
        for column, want in zip(columns, function.row(at), strict=True):
            assert distance(float(column[i]), want) <= 6, at


# --- masks ----------------------------------------------------------------------------------------

MASKS = [  # program, x, derivative
    ("where(x > 0, sqrt(x), x)", [-1.0, 0.0, 4.0], [1.0, 1.0, 0.25]),
    ("where(x > 0, log(sqrt(x)*x), 2*x)", [-1.0, 0.0, 2.0], [2.0, 2.0, 0.75]),
    ("where(x > 1, where(x > 2, x^2, sqrt(x - 1)), 3*x)", [0.0, 1.0, 1.25, 3.0], [3.0, 3.0, 1.0, 6.0]),
    ("relu(sqrt(relu(x)))", [-1.0, 0.0, 4.0], [0.0, 0.0, 0.25]),
    ("min(1/x, 5) + relu(x)", [0.0, 1.0], [0.0, 0.0]),
    ("clamp(log(x), -1, 1)*0 + x", [0.0, 1.0], [1.0, 1.0]),
    ("where(x > 0, sqrt(x), 0) + where(x < 0, sqrt(-x), 0)", [-4.0, 0.0, 4.0], [-0.25, 0.0, 0.25]),
    ("detach(sqrt(x)) + x", [0.0], [1.0]),
    ("max(where(x > 0, log(x), -5), where(x < 9, -9, log(x)))", [0.0, 2.0], [0.0, 0.5]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "x", "slopes"), MASKS)
def test_nothing_leaks_where_no_gradient_flows(text, x, slopes):
    function = micrograd_cli.compile(text)
    assert function({"x": x})["d_x"] == slopes
    assert [gradients(text, x=each)[1]["x"] for each in x] == slopes
    numpy = pytest.importorskip("numpy")
    assert list(function({"x": numpy.array(x)})["d_x"]) == slopes


UNARY = ["sqrt", "log", "tanh", "relu", "abs", "exp", "sin", "gelu", "erfc", "floor", "softplus"]
TERMS = st.recursive(
    st.sampled_from(["a", "b", "2", "0", "-1.5", "b"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(UNARY), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"where({t[0]} > 0, {t[1]}, {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
    ),
    max_leaves=12,
)
NUMBERS = st.lists(
    st.sampled_from([-2.0, -1.0, -0.0, 0.0, 0.3, 1.0, 700.0]), min_size=2, max_size=2
)


@settings(max_examples=200, deadline=None)
@given(TERMS, NUMBERS)
def test_any_program_gives_what_eval_gives(text, x):
    text = f"input a, b; {text}"
    value, grad = gradients(text, a=x[0], b=x[1])
    got = micrograd_cli.compile(text).row(*x)
    assert all(map(same, got, [value, *grad.values()])), (got, value, grad)


# --- the function ---------------------------------------------------------------------------------

NEURON = "tanh(a*b + c)"
COLUMNS = {"a": [1.0, 2.0], "b": [0.5, -1.0], "c": [0.0, 2.0]}


def test_names_and_choices():
    two = "p = a*b; q = a + b; p; q; a"
    assert micrograd_cli.compile(NEURON).result_columns == ["value", "d_a", "d_b", "d_c"]
    assert micrograd_cli.compile(NEURON, wrt=["c"]).result_columns == ["value", "d_c"]
    assert micrograd_cli.compile(NEURON, wrt=[]).result_columns == ["value"]
    assert micrograd_cli.compile(two, wrt=["b"]).result_columns == (
        ["p", "d_p_b", "q", "d_q_b", "o3", "d_o3_b"]
    )
    assert micrograd_cli.compile(two)(a=[2.0], b=[3.0]) == {
        "p": [6.0], "d_p_a": [3.0], "d_p_b": [2.0], "q": [5.0], "d_q_a": [1.0], "d_q_b": [1.0],
        "o3": [2.0], "d_o3_a": [1.0], "d_o3_b": [0.0],
    }  # fmt: skip


def test_numbers_defaults_and_constants():
    assert micrograd_cli.compile("k = 3; k*x")(x=[1.0, 2.0])["value"] == [3.0, 6.0]
    assert micrograd_cli.compile("k = 3; k*x")(x=[1.0, 2.0], k=10)["value"] == [10.0, 20.0]
    assert micrograd_cli.compile("k*x", numbers={"k": 2})({"x": [5]})["d_k"] == [5.0]
    assert micrograd_cli.compile("e*x", numbers={"e": 2})({"x": [5]})["value"] == [10.0]
    assert micrograd_cli.compile("2*3")() == {"value": [6.0]}
    assert micrograd_cli.compile("x")({"x": ()}) == {"value": [], "d_x": []}


def test_it_can_be_pickled():
    function = micrograd_cli.compile(parse(NEURON), wrt=["a"], numbers={"c": 1.0})
    assert isinstance(function.program, Program)
    again = pickle.loads(pickle.dumps(function))
    assert again(COLUMNS) == function(COLUMNS)


def test_arrays_in_arrays_out():
    numpy = pytest.importorskip("numpy")
    function = micrograd_cli.compile(NEURON)
    columns = {name: numpy.array(column * 50_000) for name, column in COLUMNS.items()}
    found = function({**columns, "c": columns["c"].astype("float32")})
    want = function(COLUMNS)
    for name, column in found.items():
        assert column.dtype == float
        assert column.tolist() == pytest.approx(want[name] * 50_000, rel=1e-15)
    assert function(columns, c=2.0)["value"].shape == (100_000,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: micrograd_cli.compile("a*")({}), "missing operand"),
        (lambda: micrograd_cli.compile("a", wrt=["b"]), "'b' is not an input"),
        (lambda: micrograd_cli.compile("a", numbers={"z": 1}), "'z' is not an input"),
        (lambda: micrograd_cli.compile("a*b")({"a": [1.0]}), "missing input 'b'"),
        (lambda: micrograd_cli.compile("a; b; o1 = 2*a; o1"), "called 'o1'"),
    ],
)
def test_mistakes(call, message):
    with pytest.raises(MgradError, match=message):
        call()


def test_lengths_must_agree():
    numpy = pytest.importorskip("numpy")
    with pytest.raises(ValueError, match="different lengths"):
        micrograd_cli.compile("a*b")(a=[1.0], b=[1.0, 2.0])
    with pytest.raises(ValueError, match="different lengths"):
        micrograd_cli.compile("a*b")(a=numpy.ones(70_000), b=numpy.ones(2))
    with pytest.raises(TypeError, match="not numeric"):
        micrograd_cli.compile("a*b")(a=numpy.full(70_000, "1"), b=numpy.ones(70_000))


def test_lists_need_no_numpy():
    code = ("import sys, micrograd_cli; f = micrograd_cli.compile('a*a'); f(a=[2.0]);"
            "sys.exit('numpy' in sys.modules)")  # fmt: skip
    assert (
        subprocess.run(
            [sys.executable, "-c", code], cwd=micrograd_cli.__path__[0] + "/.."
        ).returncode
        == 0
    )


SHAPES = (
    "a*b + max(a*b, c); exp(a*b) - sin(c)*tanh(a - b); input d; a; 2; min(a*b)*min(a*b) + gelu(c)"
)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_long_columns_are_computed_block_by_block_to_the_same_bits(threads):
    """Whatever the blocks and the threads: registers of one block are not those of another."""
    numpy = pytest.importorskip("numpy")
    function = micrograd_cli.compile(SHAPES)
    kernel = function.kernel
    columns = list(numpy.random.default_rng(1).normal(size=(4, 1_003)))
    whole = replace(kernel, threads=1, block=2_000)(columns)
    parts = replace(kernel, threads=threads, block=17)(columns)
    for got, want in zip(parts, whole, strict=True):
        assert got.tobytes() == want.tobytes()
    for row in (0, 16, 17, 1_002):
        want = function.row(*(float(column[row]) for column in columns))
        assert [float(column[row]) for column in whole] == pytest.approx(want, rel=1e-14)


# --- rows: short and long functions ---------------------------------------------------------------


@pytest.mark.parametrize("name", examples.names())
def test_a_long_calculation_in_pieces_gives_the_same(name, monkeypatch):
    text = examples.text(name)
    short = micrograd_cli.compile(text)
    rng = random.Random(name)
    points = [[rng.uniform(-2, 2) for _ in short.inputs] for _ in range(5)]
    points += [[0.0] * len(short.inputs), [1e300] * len(short.inputs)]
    want = [short.row(*point) for point in points]
    for piece in (1, 7):
        monkeypatch.setattr("micrograd_cli.tape.python_code.PIECE", piece)
        for few in (0, len(points)):
            monkeypatch.setattr("micrograd_cli.tape.python_code.FEW", few)
            row = micrograd_cli.compile(text).row
            assert repr([row(*point) for point in points]) == repr(want)


def test_the_collector_is_as_it_was():
    assert gc.isenabled()
    with without_collector():
        assert not gc.isenabled()
        with without_collector():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
