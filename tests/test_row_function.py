"""Programs with arrays as functions of columns: against the tape of scalars, and NumPy by hand."""

import numpy as np
import pytest
from test_objective import BODIES, DECLARED

from micrograd_cli import compiled
from micrograd_cli.language.reading import parse
from micrograd_cli.objective import Objective
from micrograd_cli.tape.kernel import make_kernel
from micrograd_cli.tape.row_function import RowFunction, pays

REDUCTIONS = [
    "max(W @ x)", "min(W*s)", "prod(x*s)", "prod(W)", "prod([s])*y", "var(W @ x + b)",
    "std(W) + std(x)", "std([s, y])", "hypot(W @ x)", "norm(W)*y", "norm(x - x)",
    "logsumexp(W*s)", "max([s]) + var([y])", "max([s, s, y])", "max(x*0)", "mean(var(x)*c)",
    "hypot(x)*max(c)*min(d)", "logsumexp(zeros(3))*s", "std(ones(3))*s", "x; sum(x); W @ x",
]  # fmt: skip
EDGES = [0.0, -0.0, 1.0, 2.0, -3.0, np.inf, -np.inf, np.nan, 1e308, -1e308, 1e-308, 5e-324, 1e200]


def on_arrays(function):
    return RowFunction(function.program, function.results, function.numbers, function.uncertain,
                       function.inputs, 2)  # fmt: skip


def on_scalars(function):
    return make_kernel(*function.tape, function.inputs)


def same(found, expected, digits):
    found, expected = np.array(found), np.array(expected)
    with np.errstate(all="ignore"):
        close = np.abs(found - expected) <= digits * np.maximum(1, np.abs(expected))
    return (close | (found == expected) | (np.isnan(found) & np.isnan(expected))).all()


@pytest.mark.parametrize("body", BODIES + REDUCTIONS)
@pytest.mark.parametrize("fixed", [True, False])
def test_whole_arrays_give_the_values_and_gradients_of_their_elements(body, fixed):
    program = parse(DECLARED + body)
    rng = np.random.default_rng(len(body))
    for columns in (("x", "y"), ("x", "W"), ("d", "b", "t"), ("s",)):
        of_rows = {name for name in program.inputs if name.split("[")[0] in columns}
        numbers = {name: rng.uniform(0.2, 1.5) for name in program.inputs if name not in of_rows}
        function = compiled.Compiled(program, None, numbers if fixed else {})
        data = [rng.uniform(0.2, 1.5, 400) if name in of_rows else numbers[name]
                for name in function.inputs]  # fmt: skip
        whole = on_arrays(function)(data)
        assert same(whole, on_scalars(function)(data), 1e-13), columns
        some = on_arrays(function)([x if isinstance(x, float) else x[5:17] for x in data])
        assert np.array_equal(some, np.array(whole)[:, 5:17])  # to the bit


@pytest.mark.parametrize("call", ["max(x)", "min(x)", "prod(x)", "var(x)", "std(x)", "hypot(x)",
                                  "logsumexp(x)", "mean(x)", "sum(softmax(x)*[1, 2, 3])"])  # fmt: skip
def test_edges_of_reductions_are_those_of_the_scalars(call):
    function = compiled.Compiled(parse(f"input x[3]; {call}"), None, {})
    data = list(np.random.default_rng(1).choice(EDGES, size=(3, 2000)))
    with np.errstate(all="ignore"):
        assert same(on_arrays(function)(data), on_scalars(function)(data), 2e-15)


@pytest.mark.parametrize("body", [
    "sqrt(x)[0]", "[sqrt(s), x[0]][1]", "(1/W)[1] @ x", "sum((sqrt(x)*2)[0:2][0:1])", "log(W)[0, 1]*s",
    "transpose(sqrt(W))[0]", "(sqrt(x) + log(s))[0]", "sqrt(x)", "max(sqrt(W)[0])", "x^s",
    "sum(sqrt(t)[0] @ W) + sum(sqrt(t)[0])", "sum(relu(sqrt(x) - 1)*[1, 0, 2])", "concat(sqrt(x), 1/b)",
    "sqrt(x)[0] + where(y > 0.5, sqrt(x), 1)[1]", "(s + sqrt(x))[2]*relu(log(s))", "norm(x/s) + (x/s)[1]",
    "b @ sqrt(t)", "(t @ sqrt(t))[0]", "transpose(t @ (b/s)) + sqrt(x)[0:2]",
])  # fmt: skip
def test_nothing_flows_to_elements_that_are_not_taken(body):
    """There a partial may be inf, and 0 times it would be nan."""
    program = parse(DECLARED + body)
    for columns in ({"x", "y"}, {"W", "s"}, {"t", "b"}):
        rng = np.random.default_rng(5)
        function = compiled.Compiled(program, None, {})
        data = [rng.choice([0.0, 1.0, 4.0, -1.0], 300) if name.split("[")[0] in columns
                else float(rng.choice([0.0, 1.0, 2.0])) for name in function.inputs]  # fmt: skip
        if all(isinstance(x, float) for x in data):
            continue
        assert same(on_arrays(function)(data), on_scalars(function)(data), 1e-13), columns
    objective = Objective(program._replace(outputs=program.outputs[:1]), [])
    point = [float(np.random.default_rng(i).choice([0.0, 1.0, 4.0])) for i in
             range(len(objective.parameters))]  # fmt: skip
    given = dict(zip(objective.parameters, point, strict=True))
    found = compiled.Compiled(program._replace(outputs=program.outputs[:1]), None, {})
    expected = on_scalars(found)([given[name] for name in found.inputs])
    total, slopes = objective(point, {})
    assert same([total, *slopes], [x[0] for x in expected], 1e-13)


def test_the_product_of_many_others():
    function = compiled.Compiled(parse("input x[1200]; prod(x)"), ("x[7]", "x[1199]"), {})
    rng = np.random.default_rng(2)
    x = rng.uniform(0.5, 2, (1200, 3))
    value, by_8th, by_last = on_arrays(function)(list(x))
    assert value == pytest.approx(x.prod(0), rel=1e-12)
    assert by_8th == pytest.approx(np.delete(x, 7, 0).prod(0), rel=1e-12)
    assert by_last == pytest.approx(x[:-1].prod(0), rel=1e-12)


def test_the_gradient_of_each_row_of_a_network():
    program = parse("size h = 6\ninput x[2], W[h, 2], b[h], v[h]; v @ tanh(W @ x + b)")
    assert pays(program, 3)
    assert not pays(program, 1000)
    rng = np.random.default_rng(3)
    numbers = {name: rng.normal() for name in program.inputs if name[0] != "x"}
    W, b, v = (np.array([numbers[n] for n in numbers if n[0] == name]) for name in "Wbv")
    x = rng.normal(size=(700, 2))
    hidden = np.tanh(x @ W.reshape(6, 2).T + b)
    inner = v * (1 - hidden**2)
    found = compiled.compile(program, numbers=numbers)({"x[0]": x[:, 0], "x[1]": x[:, 1]})
    assert found["value"] == pytest.approx(hidden @ v, rel=1e-12)
    assert found["d_x[1]"] == pytest.approx(inner @ W.reshape(6, 2)[:, 1], rel=1e-11)
    assert found["d_W[4,1]"] == pytest.approx(inner[:, 4] * x[:, 1], rel=1e-11)
    assert found["d_b[3]"] == pytest.approx(inner[:, 3], rel=1e-11)
    assert found["d_v[5]"] == pytest.approx(hidden[:, 5], rel=1e-12)


def test_uncertain_elements():
    program = parse("input x[2], w[2]; (w @ x)^2")
    function = compiled.Compiled(program, (), {"w[0]": 2.0, "w[1]": 3.0}, ("x[1]",))
    data = [np.array([1.0, 2.0]), np.array([1.0, 0.5]), np.array([0.1, 0.2])]
    value, u = on_arrays(function)(data)
    assert value == pytest.approx([25, 5.5**2])
    assert u == pytest.approx([2 * 5 * 3 * 0.1, 2 * 5.5 * 3 * 0.2])


def test_arrays_of_numpy_give_arrays_of_numpy():
    function = compiled.compile("input x[2, 2], w[2]; (x @ w) @ w", wrt=["w"])
    x, w = np.random.default_rng(4).normal(size=(2, 5, 2, 2))
    found = function({"x": x, "w": w[:, 0]})
    assert all(isinstance(column, np.ndarray) for column in found.values())
    w = w[:, 0]
    assert found["value"] == pytest.approx(np.einsum("ri,rij,rj->r", w, x, w))
    slopes = np.einsum("rij,rj->ri", x + x.transpose(0, 2, 1), w)
    assert found["d_w[1]"] == pytest.approx(slopes[:, 1])
    with pytest.raises(ValueError, match=r"each row of 'w' has shape \(2,\)"):
        function({"x": x, "w": np.ones((5, 3))})
    lists = function({"x": x.tolist(), "w": w.tolist()})
    assert isinstance(lists["value"], list)
    assert lists["d_w[0]"] == pytest.approx(slopes[:, 0])
