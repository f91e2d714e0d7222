"""Arrays, repetition and derivatives in the language, against NumPy, mpmath and finite differences."""

import json
import pickle
import re
import subprocess
import sys

import jsonschema
import mpmath
import numpy as np
import pytest
from conftest import EXAMPLES, ROOT

import micrograd_cli
from micrograd_cli.engine import backward
from micrograd_cli.errors import MgradError
from micrograd_cli.language.printer import expression
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind

A, B, X, Y = "[[1,2],[3,4]]", "[[2,-1,0.5],[1,3,-2]]", "[1,2,3]", "[0.5,-1,4]"
NUMPY = {name: np.array(json.loads(text)) for name, text in zip("ABXY", (A, B, X, Y), strict=True)}


def values(text, **numbers):
    program = parse(text)
    run = bind(program, numbers)
    found = np.array([run.value(output.node) for output in program.outputs])
    return found.reshape(program.outputs[0].shape)


FORMS = {
    "A + 1": lambda A, B, X, Y: A + 1,
    "A @ B": lambda A, B, X, Y: A @ B,
    "X @ Y": lambda A, B, X, Y: X @ Y,
    "B @ X": lambda A, B, X, Y: B @ X,
    "[1, 2] @ B": lambda A, B, X, Y: np.array([1, 2]) @ B,
    "X * Y - X / Y": lambda A, B, X, Y: X * Y - X / Y,
    "B + X": lambda A, B, X, Y: B + X,
    "B * transpose([[1, 2]])": lambda A, B, X, Y: B * np.array([[1], [2]]),
    "X[1:]": lambda A, B, X, Y: X[1:],
    "X[::-1]": lambda A, B, X, Y: X[::-1],
    "X[-1]": lambda A, B, X, Y: X[-1],
    "B[1]": lambda A, B, X, Y: B[1],
    "B[:, 0]": lambda A, B, X, Y: B[:, 0],
    "B[1, 1:3]": lambda A, B, X, Y: B[1, 1:3],
    "B[-1, -1]": lambda A, B, X, Y: B[-1, -1],
    "sum(B)": lambda A, B, X, Y: B.sum(),
    "mean(B)": lambda A, B, X, Y: B.mean(),
    "max(B)": lambda A, B, X, Y: B.max(),
    "min(B)": lambda A, B, X, Y: B.min(),
    "prod(X)": lambda A, B, X, Y: X.prod(),
    "var(B)": lambda A, B, X, Y: B.var(),
    "std(X)": lambda A, B, X, Y: X.std(),
    "norm(B)": lambda A, B, X, Y: np.linalg.norm(B),
    "hypot(X)": lambda A, B, X, Y: np.linalg.norm(X),
    "logsumexp(X)": lambda A, B, X, Y: np.log(np.exp(X).sum()),
    "softmax(X)": lambda A, B, X, Y: np.exp(X) / np.exp(X).sum(),
    "max(X, Y)": lambda A, B, X, Y: np.maximum(X, Y),
    "where(X > 1, X, Y)": lambda A, B, X, Y: np.where(X > 1, X, Y),
    "transpose(B)": lambda A, B, X, Y: B.T,
    "dot(A, B)": lambda A, B, X, Y: A @ B,
    "dot(X, Y)": lambda A, B, X, Y: X @ Y,
    "concat(X, Y)": lambda A, B, X, Y: np.concatenate([X, Y]),
    "len(B)": lambda A, B, X, Y: len(B),
    "zeros(2, 3) + ones(3)": lambda A, B, X, Y: np.zeros((2, 3)) + 1,
    "eye(3)": lambda A, B, X, Y: np.eye(3),
    "range(2, 9, 3)": lambda A, B, X, Y: np.arange(2, 9, 3),
    "linspace(-1, 1, 7)": lambda A, B, X, Y: np.linspace(-1, 1, 7),
    "linspace(-X[0], 1, 7)": lambda A, B, X, Y: np.linspace(-1, 1, 7),
    "linspace(X[1], 1, 1)": lambda A, B, X, Y: np.array([2.0]),
    "range(0) @ [k for k in range(3) if k > 9]": lambda A, B, X, Y: np.zeros(0) @ np.zeros(0),
    "N = [[k for k in range(0)] for i in range(2)]; N @ transpose(N)": lambda A, B, X, Y: (
        np.zeros((2, 0)) @ np.zeros((0, 2))
    ),
    "dot(X[0], Y[1])": lambda A, B, X, Y: X[0] * Y[1],
    "fold(concat, [1], [[2], [3]])": lambda A, B, X, Y: np.array([1, 2, 3]),
    "g(x) = x*x; ones(g(1 + 1))": lambda A, B, X, Y: np.ones(4),
    "[x^2 for x in X]": lambda A, B, X, Y: X**2,
    "[row @ X for row in B]": lambda A, B, X, Y: B @ X,
    "[[A[i, k]*k for k in range(2)] for i in range(2)]": lambda A, B, X, Y: A * np.arange(2),
    "[i*10 + j for i in range(3) for j in range(i) if i + j != 2]": lambda A, B, X, Y: [10, 21],
    "sum(X[i]*Y[i] for i in range(3) if i != 1)": lambda A, B, X, Y: X[0] * Y[0] + X[2] * Y[2],
}


@pytest.mark.parametrize("text", FORMS)
def test_a_form_gives_what_numpy_gives(text):
    found = values(f"A = {A}; B = {B}; X = {X}; Y = {Y}\n{text}")
    expected = np.asarray(FORMS[text](**NUMPY), float)
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("text", ["sum(tanh(A @ B)^2)", "logsumexp(B @ X)*Y[1]", "norm(softmax(X*Y))",
                                  "std(B + X) + var(Y)", "prod(X) + fold(hypot, 1, Y)"])  # fmt: skip
def test_gradients_are_those_of_finite_differences(text):
    text = f"input A[2, 2], B[2, 3], X[3], Y[3]\n{text}"
    given = {name: array.tolist() for name, array in NUMPY.items()}
    _, grad = micrograd_cli.gradients(text, **given)
    for name, array in NUMPY.items():
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = array.astype(float).copy()
                moved[place] += step
                ends.append(micrograd_cli.gradients(text, **{**given, name: moved.tolist()})[0])
            assert np.array(grad[name])[place] == pytest.approx(
                (ends[0] - ends[1]) / 2e-6, rel=1e-6, abs=1e-8
            )


ERRORS = {
    "[1,2] + [1,2,3]": "shapes (2,) and (3,) do not fit",
    "[[1,2],[3,4]] @ [1,2,3]": "shapes (2, 2) and (3,) do not fit",
    "3 @ 4": "'@' takes arrays",
    "[[1,2],[3]]": "differ: shape (2,) and shape (1,)",
    "x = [1,2]; x[2]": "index 2 is outside",
    "x = [1,2]; x[-3]": "index -3 is outside",
    "n = 3; zeros(n)": "the size is not constant",
    "zeros(1.5)": "no whole number",
    "[i for i in k]": "this is a scalar",
    "[i for i in range(3) if k > i]": "the condition is not constant",
    "zeros(10^9)": "graph is too large",
    "[i for i in range(10^9)]": "graph is too large",
    "zeros(10^5, 10^5)": "graph is too large",
    "x = 2; x[0]": "it has no elements",
    "input x[2]; x = [1,2,3]": "declared with shape (2,)",
    "f(a, b) = a*b; f'(1)": "function of one number",
    "x = 1; grad(x^2, x + 1)": "does not contain this expression",
    "iterate(3, 1, 2)": "no function",
    "f(a, b) = a; iterate(f, 1, 2)": "does not take 1 argument",
    "f(x) = iterate(f, x, 2)": "calls itself",
    "mean(x for x in range(0))": "mean of no elements",
    "x = [1,2]; grad([[1,2],[3,4]]*x, x)": "has 3 dimensions",
    "[1, 2": "'[' is never closed",
    "a]": "closes no bracket",
    "norm(3)": "norm takes an array, this is a scalar",
    "zeros(0)": "the size is 0, it must be at least 1",
    "zeros([1, 2])": "the size is an array, not a whole number",
    "range(1, 5, 0)": "the step is 0",
    "concat([1, 2], [[3, 4]])": "shapes (2,) and (1, 2) do not fit",
    "fold(concat, [1], [[[2, 3]]])": "an array has one or two dimensions",
    "fold(dot, [1, 2], [[1, 2, 3]])": "shapes (2,) and (3,) do not fit",
    "[[k for k in range(n)] for n in range(1, 3)]": "differ: shape (1,) and shape (2,)",
    "[[[1]]]": "an array has one or two dimensions",
    "input x[2, 3, 4]; sum(x)": "an array has one or two dimensions",
    "iterate(cos, 1, -1)": "the number of steps is -1",
    "f0(x) = x\n"
    + "\n".join(f"f{i}(x) = iterate(f{i - 1}, x, 1)" for i in range(1, 103))
    + "\nf102(a)": "repetitions are nested more than 100 deep",
    "[x if y]": "this comprehension cannot be read",
    "x = [1,2]; x[0, 1]": "2 indices of an array of shape (2,)",
    "x = [1,2]; x[::0]": "the step of the slice is 0",
    "x = [1,2]; x[x]": "an index is a number or a slice",
    "x = [1,2]; x[2:]": "the slice has no elements",
    "size n = 2; size n = 3; n": "'n' is assigned twice",
    "norm'(3)": "norm' is for a function of one number",
    "fold(sin', 1, [2])": "sin'(x) does not take 2 arguments",
    "max(sin', 2)": "sin' is a function",
    "f(x) = [x, x]; f'(3)": "the value of the function is an array",
    f"sin{31 * chr(39)}(1)": "the order of the derivative is 31, at most 30",
}


@pytest.mark.parametrize("text", ERRORS)
def test_a_mistake_is_told(text):
    with pytest.raises(MgradError) as caught:
        parse(text)
    assert ERRORS[text] in str(caught.value)
    assert "^" in str(caught.value)


def test_words_of_comprehensions_are_names_elsewhere():
    assert values("for = 2; in = 3; if = 4; for*in*if") == 24
    assert values("size = 2; size + 1") == 3
    assert values("norm(a, b) = a + b; range = 2; norm(range, 1)") == 3


def test_a_computed_index_chooses_and_stops_the_gradient():
    text = "z = [10, 20, 30]; k = 1; z[k]^2"
    assert micrograd_cli.gradients(text) == (400.0, {"z": [0.0, 40.0, 0.0], "k": 0.0})
    assert micrograd_cli.gradients(text, k=-1)[0] == 900
    assert all(np.isnan(micrograd_cli.gradients(text, k=k)[0]) for k in (3, -4, 0.5))


# --- derivatives ----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", range(1, 11))
def test_higher_derivatives_share_their_parts(order):
    program = parse(f"x = 1\nf(x) = exp(sin(x))\nf{chr(39) * order}(x)")
    mpmath.mp.dps = 40
    expected = mpmath.diff(lambda x: mpmath.exp(mpmath.sin(x)), 1, order)
    assert values(program.text) == pytest.approx(float(expected), rel=1e-12)
    assert len(program.nodes) < 500


def test_a_derivative_may_be_differentiated_again():
    text = "x = 0.7; y = grad(sin(x)^2, x); grad(y, x) + y"
    value, grad = micrograd_cli.gradients(text)
    assert value == pytest.approx(2 * np.cos(1.4) + np.sin(1.4), rel=1e-14)
    assert grad["x"] == pytest.approx(-4 * np.sin(1.4) + 2 * np.cos(1.4), rel=1e-13)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("iterate(sin', 1, 2)", np.cos(np.cos(1))),
        ("iterate(tan′′, 0.1, 1)", 2 * np.tan(0.1) / np.cos(0.1) ** 2),
        ("f(x) = x^3 + b; iterate(f', 2, 2)", 3 * 12**2),
        ("x = 3; y = x^3; grad(grad(y, x)^2, grad(y, x))", 54),  # 2 y'
        ("f(x) = b*2*x^3 + x; f'(2) + f''(2)", 6 * 5 * 4 + 1 + 12 * 5 * 2),
    ],
)
def test_a_derivative_is_a_function_and_a_node(text, expected):
    assert values(text, b=5.0) == pytest.approx(expected, rel=1e-15)


def test_a_derivative_is_by_the_node_alone():
    assert values("x = 3; f(t) = t*x; f'(x)") == 3
    assert values("a = 2; u = sin(a); v = sin(a); grad(u*v, u)") == pytest.approx(np.sin(2))
    assert values("a = 2; u = a^2; grad(u*a, u)") == 2


def test_jacobian_of_an_array():
    found = values("x = [1, 2]; grad([x[0]*x[1], x[0]^2], x)")
    assert found.tolist() == [[2, 1], [2, 0]]


def test_nothing_leaks_from_the_other_branch():
    assert values("x = 0; grad(where(x > 0, sqrt(x), x), x)") == 1


@pytest.mark.parametrize("prime", ["'", "′", "’"])
def test_primes(prime):
    assert values(f"f(x) = x^3; f{prime}(2) + f{prime}{prime}(2)") == 24
    assert values(f"sin{prime}([0, 0])").tolist() == [1, 1]


# --- size -----------------------------------------------------------------------------------------


def test_a_network_over_100_points_is_small():
    text = """size n = 16
    input W[n, 2], b[n], V[n, n], c[n], w[n], d, X[100, 2], y[100]
    net(x) = w @ tanh(V @ tanh(W @ x + b) + c) + d
    mean((net(X[i]) - y[i])^2 for i in range(100))"""
    program = parse(text)
    assert len(program.nodes) < 40_000
    rng = np.random.default_rng(0)
    shapes = {name: rng.normal(size=shape) for name, shape in program.arrays.items()}
    run = bind(program, {**shapes, "d": 0.5})
    grads = backward(program.order, run.values, program.outputs[0].node, 1.0)
    w = shapes
    h = np.tanh(w["X"] @ w["W"].T + w["b"])
    k = np.tanh(h @ w["V"].T + w["c"])
    error = k @ w["w"] + 0.5 - w["y"]
    inner = np.outer(2 * error / 100, w["w"]) * (1 - k**2)
    expected = inner.T @ h
    found = [grads[program.inputs[f"V[{i},{j}]"].index] for i in range(16) for j in range(16)]
    assert np.allclose(found, expected.ravel(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("index", ["1:", ":2", "::-1", ":", "1", ":, 1", ":, ::-2", "0:3:2, 1:"])
@pytest.mark.parametrize("array", ["A", "A*2", "y"])
def test_the_name_of_an_element_is_what_it_is(index, array):
    """In a function the text says too little: the name is an expression of the same value."""
    inputs = "A = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]; y = (A*3)[::-1]\n"
    program = parse(f"{inputs}f(x) = sum(x[{index}]*2)\nf({array})")
    run = bind(program, {})
    named = [node for node in program.outputs[0].node.args if "*" in program.labels(node)]
    assert named
    for node in named:
        assert values(inputs + program.labels(node)) == run.value(node)


def test_a_dot_product_prints_as_one():
    program = parse("input x[2], y[2]; x @ y")
    assert expression(program.outputs[0].node) == "dot([x[0], x[1]], [y[0], y[1]])"


# --- examples -------------------------------------------------------------------------------------


def example(name, **numbers):
    return micrograd_cli.gradients((EXAMPLES / f"{name}.mg").read_text(encoding="utf-8"), **numbers)


def defaults(name):
    program = parse((EXAMPLES / f"{name}.mg").read_text(encoding="utf-8"))
    return {
        array: np.array([program.defaults[each] for each in program.inputs if each.startswith(f"{array}[")]).reshape(shape)
        for array, shape in program.arrays.items()
        if any(each.startswith(f"{array}[") for each in program.defaults)
    }  # fmt: skip


def test_moons():
    d = defaults("moons_mlp")
    hidden = np.tanh(d["X"] @ d["W"].T + d["b"])
    score = hidden @ d["v"] + 0.1
    value, grad = example("moons_mlp")
    assert value == pytest.approx((np.log1p(np.exp(score)) - d["label"] * score).mean(), rel=1e-13)
    slope = (1 / (1 + np.exp(-score)) - d["label"]) / 12
    inner = np.outer(slope, d["v"]) * (1 - hidden**2)
    assert np.allclose(grad["v"], slope @ hidden, rtol=1e-12)
    assert np.allclose(grad["W"], inner.T @ d["X"], rtol=1e-11, atol=1e-16)


def test_karate():
    text = (EXAMPLES / "karate.mg").read_text(encoding="utf-8")
    pairs = [
        tuple(map(int, each)) for each in re.findall(r"\[(\d+), (\d+)\]", text.partition("W =")[0])
    ]
    assert len(pairs) == 78
    mean = np.zeros((34, 34))
    for i, j in pairs:
        mean[i, j] = mean[j, i] = 1
    mean /= mean.sum(1, keepdims=True)
    d = defaults("karate")
    features = np.array([[np.sin(i), np.cos(i)] for i in range(34)])
    hidden = np.tanh(mean @ features @ d["W"].T)
    out = mean @ (hidden @ d["v"])
    value, grad = example("karate")
    loss = (np.log1p(np.exp(-out[0])) + np.log1p(np.exp(out[33]))) / 2
    assert value == pytest.approx(loss, rel=1e-13)
    slope = np.zeros(34)
    slope[0], slope[33] = -1 / (1 + np.exp(out[0])) / 2, 1 / (1 + np.exp(-out[33])) / 2
    back = mean.T @ slope
    assert np.allclose(grad["v"], back @ hidden, rtol=1e-12)
    inner = np.outer(back, d["v"]) * (1 - hidden**2)
    assert np.allclose(grad["W"], inner.T @ (mean @ features), rtol=1e-12)


def test_polynomial():
    d = defaults("polynomial")
    powers = np.vander(d["x"], 4, increasing=True)
    error = powers @ d["c"] - d["y"]
    value, grad = example("polynomial")
    assert value == pytest.approx((error**2).mean(), rel=1e-13)
    assert np.allclose(grad["c"], 2 * error @ powers / 8, rtol=1e-12, atol=1e-15)


def test_softmax_classifier():
    d = defaults("softmax_classifier")
    score = d["X"] @ d["W"].T + d["b"]
    share = np.exp(score) / np.exp(score).sum(1, keepdims=True)
    value, grad = example("softmax_classifier")
    assert value == pytest.approx(-(np.log(share) * d["kind"]).sum(1).mean(), rel=1e-13)
    assert np.allclose(grad["W"], (share - d["kind"]).T @ d["X"] / 6, rtol=1e-12)


def test_recurrent():
    d = defaults("recurrent")

    def loss(w):
        state = np.zeros(2)
        for k in range(20):
            state = np.tanh(w @ state + d["u"] * np.sin(0.3 * k) + d["b"])
        return (d["v"] @ state - np.sin(6)) ** 2

    value, grad = example("recurrent")
    assert value == pytest.approx(loss(d["W"]), rel=1e-12)
    for place in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[place] = 1e-6
        slope = (loss(d["W"] + step) - loss(d["W"] - step)) / 2e-6
        assert np.array(grad["W"])[place] == pytest.approx(slope, rel=1e-6)


def test_poisson():
    u = defaults("poisson")["u"]
    grid = np.linspace(0, 1, 11)[1:-1]
    matrix = (np.eye(9, k=1) - 2 * np.eye(9) + np.eye(9, k=-1)) * 100
    residual = matrix @ u + np.sin(np.pi * grid)
    value, grad = example("poisson")
    assert value == pytest.approx((residual**2).mean(), rel=1e-12)
    assert np.allclose(grad["u"], 2 * matrix.T @ residual / 9, rtol=1e-11)


def test_newton_and_the_implicit_derivative():
    value, grad = example("newton")
    assert value == pytest.approx(
        float(mpmath.findroot(lambda x: mpmath.cos(x) - x, 0.7)), rel=1e-15
    )
    assert grad["a"] == pytest.approx(-value / (np.sin(value) + 1), rel=1e-12)
    assert abs(grad["start"]) < 1e-100


def test_error_budget():
    value, _ = example("error_budget")
    g = (2 * np.pi / 2.46) ** 2 * 1.5
    assert value == pytest.approx(g * np.hypot(0.002 / 1.5, 2 * 0.01 / 2.46), rel=1e-13)


# --- commands -------------------------------------------------------------------------------------


def test_json_holds_nested_lists_and_is_valid(mgrad):
    schema = json.loads((ROOT / "micrograd_cli" / "schema" / "eval.json").read_text())
    for program in ("input W[2,2], x[2]; sum(W @ x)", "input W[2,2], x[2]; W @ x"):
        done = mgrad("eval", program, "--W", "[[1,2],[3,4]]", "--x", "[5,6]", "--format", "json")
        record = json.loads(done.stdout)
        jsonschema.validate(record, schema)
    assert record["value"] == [17.0, 39.0]
    assert record["grad"]["x"] == [[1.0, 2.0], [3.0, 4.0]]
    assert record["grad"]["W"] == [[[5.0, 6.0], [0.0, 0.0]], [[0.0, 0.0], [5.0, 6.0]]]


def test_arrays_come_from_files(mgrad, tmp_path):
    (tmp_path / "x.json").write_text("[1, 2]")
    (tmp_path / "x.csv").write_text("p,q\n1,2\n")
    (tmp_path / "p.json").write_text('{"x": [1, 2]}')
    for words in (["--x", f"@{tmp_path}/x.json"], ["--x", f"@{tmp_path}/x.csv"],
                  ["--params", f"{tmp_path}/p.json"], ["--x[0]", "1", "--x[1]", "2"]):  # fmt: skip
        done = mgrad("eval", "input x[2]; sum(x^2)", *words, "--print", "grad.x")
        assert done.stdout == "[2.0, 4.0]\n", done.stderr
    done = mgrad(
        "eval", "size n = 3; input x[n]; sum(x)", "--n", "2", "--x", "[1, 2]", "--print", "value"
    )
    assert done.stdout == "3.0\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--x", "[1]"], "'x' has shape (2,), got a value of shape (1,)"),
        (["--x", "3"], "'x' has shape (2,), got a number"),
        (["--x", "[1, y]"], "invalid list of numbers for --x"),
        ([], "missing input 'x'"),
        (["--x[0]", "1"], "missing input 'x[1]'"),
        (["--x", "[1,2]", "--wrt", "x[5]"], "'x[5]' is not an input"),
        (["--x", "@none.json"], "cannot read 'none.json'"),
    ],
)
def test_wrong_bindings_are_told(mgrad, words, message):
    done = mgrad("eval", "input x[2]; sum(x)", *words)
    assert message in done.stderr
    assert done.returncode in (2, 5)


def test_map_reads_arrays(mgrad, tmp_path):
    program = "input x[2]; a*sum(x^2)"
    (tmp_path / "a.csv").write_text("x[0],x[1],a\n1,2,3\n")
    (tmp_path / "b.csv").write_text("p,q,a\n1,2,3\n")
    (tmp_path / "c.jsonl").write_text('{"x": [1, 2], "a": 3}\n')
    first = mgrad("map", program, str(tmp_path / "a.csv"), "--only-results").stdout
    assert first == "value,d_x[0],d_x[1],d_a\n15.0,6.0,12.0,5.0\n"
    bound = mgrad("map", program, str(tmp_path / "b.csv"), "--bind", "x=p,q", "--only-results")
    assert bound.stdout == first
    listed = mgrad("map", program, str(tmp_path / "c.jsonl"), "--only-results", "--to", "csv")
    assert listed.stdout == first
    polars = pytest.importorskip("polars")
    polars.DataFrame({"x": [[1.0, 2.0]], "a": [3.0]}).write_parquet(tmp_path / "d.parquet")
    binary = mgrad("map", program, str(tmp_path / "d.parquet"), "--only-results", "--to", "csv")
    assert binary.stdout == first


def test_compiled_functions_take_arrays():
    function = micrograd_cli.compile("input x[2]; a*sum(x^2)", wrt=["x"])
    found = function({"x": np.array([[1.0, 2.0], [4.0, 5.0]]), "a": np.array([3.0, 6.0])})
    assert {name: list(column) for name, column in found.items()} == {
        "value": [15, 246], "d_x[0]": [6, 48], "d_x[1]": [12, 60],
    }  # fmt: skip


def test_diff_prints_a_program_that_goes_back_in(mgrad):
    text = mgrad("diff", "input W[2,2], x[2]; sum(tanh(W @ x))").stdout
    numbers = {"W": [[0.1, 0.2], [0.3, 0.4]], "x": [0.5, -0.6]}
    expected = micrograd_cli.gradients("input W[2,2], x[2]; sum(tanh(W @ x))", **numbers)[1]
    program = parse(text)
    run = bind(program, numbers)
    found = [run.value(output.node) for output in program.outputs]
    flat = [*expected["W"][0], *expected["W"][1], *expected["x"]]
    assert found == pytest.approx(flat, rel=1e-13)


def test_check_takes_claims_of_arrays(mgrad):
    words = ["check", "input x[3]; sum(x^2)", "--x", "[1,2,3]", "--format", "plain"]
    assert mgrad(*words, "--claim", "x=2*x").returncode == 0
    assert mgrad(*words, "--expect", "x=[2,4,7]").returncode == 1
    assert "expected the shape (3,)" in mgrad(*words, "--claim", "x=2*x[0]").stderr


def test_an_array_is_one_box_of_the_graph(mgrad):
    words = ["graph", "input W[2,2], x[2]; sum(W @ x)", "--W", "[[1,2],[3,4]]", "--x", "[5,6]"]
    whole = mgrad(*words, "--format", "dot").stdout
    assert "W: array of shape (2, 2), |grad| 11.04" in whole
    assert "W[1,0]" not in whole
    assert "W[1,0]" in mgrad(*words, "--format", "dot", "--expand", "W").stdout
    assert mgrad(*words, "--expand", "Z").returncode == 2


# --- every command --------------------------------------------------------------------------------

NET = "input W[2, 2], x[2]; sum(tanh(W @ x))"
GIVEN = ("--W", "[[0.1, 0.2], [0.3, 0.4]]", "--x", "[1, -1]")
SLOPES = 1 / np.cosh(0.1) ** 2 * np.array([[1, -1], [1, -1]])


def records(mgrad, *words):
    done = mgrad(*words, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_jacobian_and_hessian_of_arrays(mgrad):
    found = records(mgrad, "jacobian", "input W[2, 2], x[2]; W @ x", *GIVEN, "--wrt", "x")
    assert found["inputs"] == ["x[0]", "x[1]"]
    assert found["jacobian"] == [[0.1, 0.2], [0.3, 0.4]]
    found = records(mgrad, "hessian", "input A[2, 2], x[2]; x @ (A @ x)", "--A", "[[1, 2], [3, 4]]",
                    "--x", "[5, 6]", "--wrt", "x")  # fmt: skip
    assert found["hessian"] == [[2.0, 5.0], [5.0, 8.0]]  # A + its transpose


def test_explain_follows_an_array(mgrad):
    done = mgrad("explain", NET, *GIVEN, "--only", "W", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert np.allclose(json.loads(done.stdout)["grad"]["W"], SLOPES)
    assert "did you mean 'W'?" in mgrad("explain", NET, *GIVEN, "--only", "w").stderr


def test_a_page_of_arrays_holds_their_elements(mgrad):
    done = mgrad("page", "input W[2, 2], x[2]; sum(W @ x)", *GIVEN)
    assert done.returncode == 0, done.stderr
    assert "W[1,0]" in done.stdout


def test_plot_moves_an_element(mgrad):
    words = ("plot", "input x[2]; x @ x", "--x", "[0:1, 2]", "--format", "json")
    done = mgrad(*words)
    assert done.returncode == 0, done.stderr
    assert '"x[0]"' in done.stdout
    assert mgrad("plot", "input x[2]; x @ x", "--x[0]", "0:1", "--x[1]", "2",
                 "--format", "json").stdout == done.stdout  # fmt: skip


def test_uncertainty_of_elements(mgrad):
    found = records(mgrad, "uncertainty", "input x[2], y; sum(x^2)*y", "--x", "[1.0(1), 2±5%]",
                    "--y", "2")  # fmt: skip
    assert found["u"] == pytest.approx(np.hypot(2 * 1 * 0.1, 2 * 2 * 0.1) * 2)
    assert [row["input"] for row in found["budget"]] == ["x[0]", "x[1]"]


def test_check_takes_ranges_in_a_list(mgrad):
    done = mgrad("check", "input x[2]; sum(x^2)", "--x", "[1:2, 3]")
    assert done.returncode == 0
    assert "x[0]: 100 passed" in done.stdout


def test_what_is_given_a_list_is_an_array(mgrad):
    found = records(mgrad, "eval", "sum(W @ x)", "--W", "[[1, 2], [3, 4]]", "--x", "[5, pi]")
    assert found["grad"] == {"W": [[5.0, np.pi], [5.0, np.pi]], "x": [4.0, 6.0]}
    assert mgrad("eval", "x = 3; sum(x^2)", "--x", "[1, 2]").returncode == 2
    compiled = micrograd_cli.compile(parse("sum(x^2)", arrays={"x": (2,)}))
    again = pickle.loads(pickle.dumps(compiled))
    assert again({"x[0]": [1.0], "x[1]": [2.0]})["value"] == [5.0]


def test_a_list_comes_through_a_pipe(bash):
    done = bash("mgrad eval 'sum(x^2)' --x @<(echo 1,2) --print value")
    assert (done.stdout, done.returncode) == ("5.0\n", 0), done.stderr


def test_names_of_elements_may_have_blanks(mgrad):
    words = ("input A[2, 2]; A[1, 0]^2", "--A", "[[1, 2], [3, 4]]", "--wrt", "A[1, 0], A[0,1]")
    assert mgrad("eval", *words, "--print", "grad.A[1, 0]").stdout == "6.0\n"


def test_completion_knows_arrays(environment):
    words = ["mgrad", "eval", "'input W[2, 2]; sum(W)'", "--W"]
    env = {**environment, "_MGRAD_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words),
           "COMP_CWORD": "3"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "micrograd_cli"],
        env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "--W" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x = [1, 2]; x(0)", "did you mean 'x['?"),
        ("x = [1, 2]; X[0]", "did you mean 'x'?"),
        ("x = [1, 2]; x.T", "did you mean 'transpose(x)'?"),
        ("x = [1, 2; 3, 4]", "rows stand in brackets of their own: [[1, 2], [3, 4]]"),
    ],
)
def test_what_other_languages_write(text, hint):
    with pytest.raises(MgradError) as error:
        parse(text)
    assert error.value.hint == hint


def test_euler_steps_of_a_pendulum():
    """The angle after 50 steps of symplectic Euler, and how it depends on the length and on g."""
    text = """
    input L, g
    dt = (0.02)
    step(s) = [s[0] + dt*(s[1] - dt*g/L*sin(s[0])), s[1] - dt*g/L*sin(s[0])]
    iterate(step, [0.5, 0], 50)[0]
    """

    def angle(L, g):
        a, v = mpmath.mpf("0.5"), mpmath.mpf(0)
        dt = mpmath.mpf(0.02)
        for _ in range(50):
            v -= dt * g / L * mpmath.sin(a)
            a += dt * v
        return a

    value, grads = micrograd_cli.gradients(text, L=1.3, g=9.81)
    with mpmath.workdps(40):
        assert value == pytest.approx(float(angle(mpmath.mpf(1.3), mpmath.mpf(9.81))), rel=1e-13)
        for name, slope in grads.items():
            at = {"L": mpmath.mpf(1.3), "g": mpmath.mpf(9.81)}
            expected = mpmath.diff(lambda x, n=name, at=at: angle(**{**at, n: x}), at[name])
            assert slope == pytest.approx(float(expected), rel=1e-12)


def test_starts_may_be_arrays(mgrad):
    text = "input w[2], A[2, 2]; sum((w - [1, 2])^2) + sum((A - eye(2))^2)"
    found = records(mgrad, "minimize", text, "--start", "w=[0, 5], A=[[1, 2], [3, 4]]")
    assert np.allclose(found["params"]["w"], [1, 2])
    assert np.allclose(found["params"]["A"], np.eye(2))
    wrong = mgrad("minimize", text, "--start", "w=[0, 5, 6]")
    assert "'w' has shape (2,), got a value of shape (3,)" in wrong.stderr


def test_a_large_input_is_one_row_of_the_table(inside):
    v = list(range(1, 21))
    out = inside(f"eval 'input v[20]; sum(v)' --v {json.dumps(v, separators=(',', ':'))}")[1]
    assert "norm(v), 20" in out
    assert f"{np.linalg.norm(v):.15g}" in out
    assert f"{20**0.5:.15g}" in out
