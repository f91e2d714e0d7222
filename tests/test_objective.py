"""Sums over rows on whole arrays: against NumPy by hand, and against the graph of scalars."""

import math

import numpy as np
import pytest
from conftest import EXAMPLES

from micrograd_cli.analysis.report import reports
from micrograd_cli.errors import UsageError
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind
from micrograd_cli.objective import Objective
from micrograd_cli.ops import FUNCTIONS

ROWS = 7


def by_scalars(objective, point, columns):
    """The sum and its gradient, row by row through the graph of scalars."""
    program = objective.program
    total, grads = 0.0, dict.fromkeys(objective.parameters, 0.0)
    for row in range(len(next(iter(columns.values())))):
        numbers = dict(zip(objective.parameters, point, strict=True))
        numbers |= {name: np.asarray(column)[row] for name, column in columns.items()}
        report = next(reports(bind(program, {**objective.numbers, **numbers}), nodes="inputs"))
        total += report.value
        for name in grads:
            grads[name] += report.grad[name]
    return total, [grads[name] for name in objective.parameters]


def agree(text, columns, scale=0.4):
    """Whether both ways give the same; the columns are random arrays."""
    rng = np.random.default_rng(len(text))
    objective = Objective(text, columns)
    shapes = objective.program.arrays
    data = {name: rng.uniform(0.2, 1.5, (ROWS, *shapes.get(name, ()))) for name in columns}
    point = rng.uniform(-1, 1, len(objective.parameters)) * scale + 0.9
    total, slopes = objective(point, data)
    expected, other = by_scalars(objective, point, data)
    assert total == pytest.approx(expected, rel=1e-12)
    assert slopes == pytest.approx(np.array(other), rel=1e-11, abs=1e-12)


DECLARED = "input x[3], y, W[2, 3], b[2], c[3], d[3, 2], s, t[2, 2]\n"
BODIES = [
    "sum((W @ x + b)^2)*y",
    "sum(W*x)",  # (2, 3) and (3,)
    "sum(W @ d) + y",
    "sum(x @ d)*s",
    "x @ x + c @ c + x @ c",
    "sum(transpose(d) @ x)",
    "sum(transpose(W)*d)*y",
    "mean(x*s) + mean(c)*mean(W)",
    "max(x) + min(c) + max(W)",
    "logsumexp(W @ x)",
    "norm(x - c)",
    "sum(softmax(W @ x)*b)",
    "var(x*c) + std(c) + prod(b)*y",
    "x[0]*c[1] + W[1, 2]*d[0, 1] + x[-1]",
    "sum(W[1]*x) + sum(d[:, 0]*x) + sum(c[::2])",
    "sum(where(W @ x > b, W @ x, 0.1*b))",
    "sum(relu(W @ x - b)) + abs(y - s)",
    "sum(max(x, c)) + sum(min(W, x))",
    "sum(clamp(x*c, 0.5, 1.2))",
    "sum([x[0]*s, y, c[2]])",
    "sum([[x[i]*W[j, i] for i in range(3)] for j in range(2)] @ x)",
    "sum(i*x[i] for i in range(3))",
    "sum(row @ x for row in W)",
    "sum(concat(x, c)*range(6))",
    "sum(eye(2) @ t @ b)",
    "f(v) = tanh(W @ v + b); sum(f(x)*f(c))",
    "step(v) = tanh(t @ v + W @ x); sum(iterate(step, b, 3))",
    "u = W @ x; u[0]*u[1] + sum(u)",
    "grad(sum((W @ x)^2), s) + sum(grad(sum((W @ x)^2), b)) + sum(grad(sum((W @ x)^2), W))",
    "s^2 + sum(c)",  # the same in every row
    "3",
    "sum(W @ x)*detach(s) + detach(y)*sum(c)",
    "(x[0] > 0.7)*s + y % s",
    "sum(zeros(3)*x) + sum([1, 2, 3]*x)*s",
    "[[1, 2], [3, 4]] @ b @ b",
    "x[1]*x[1]*s + x[1:3] @ c[0:2]",
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("columns", [("x", "y"), ("x", "y", "W"), ("d", "b", "t"), ("s",)])
def test_whole_arrays_give_what_their_elements_give(body, columns):
    agree(DECLARED + body, columns)


@pytest.mark.parametrize("name", sorted(name for name in FUNCTIONS if name.isidentifier()))
def test_every_row_of_the_table_runs_on_arrays(name):
    op = FUNCTIONS[name]
    least = max(1, op.arity[0])
    if op.name == "polygamma":
        agree("input x[3], w[3]; sum(polygamma(1, w + x))", ["x"])
        return
    low = max(op.domain[0], 0.0)
    args = ", ".join(f"w*{0.3 + 0.1 * i} + x*{0.2 + 0.15 * i}" for i in range(least))
    scale = f"{1 / 2.6}*" if op.domain[1] <= 1 else ""
    shift = " + 1" if low >= 1 or op.name == "acosh" else ""
    call = f"{name}({scale}({args}){shift})" if least == 1 else f"{name}({args})"
    agree(f"input x[3], w[3]; sum({call})", ["x"])


def test_a_network_is_that_of_numpy():
    text = """
    size h = 5
    input x[2], y, W[h, 2], b[h], V[h, h], v[h], c
    (v @ tanh(V @ tanh(W @ x + b)) + c - y)^2
    """
    objective = Objective(text, ["x", "y"])
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(5000, 2)), rng.normal(size=5000)
    point = rng.normal(size=len(objective.parameters))
    W, b, V, v, c = np.split(point, np.cumsum([10, 5, 25, 5]))
    W, V = W.reshape(5, 2), V.reshape(5, 5)
    first = np.tanh(x @ W.T + b)
    second = np.tanh(first @ V.T)
    error = second @ v + c - y
    by_second = np.outer(2 * error, v) * (1 - second**2)
    by_first = by_second @ V * (1 - first**2)
    expected = np.concatenate(
        [(by_first.T @ x).ravel(), by_first.sum(0), (by_second.T @ first).ravel(),
         second.T @ (2 * error), [2 * error.sum()]]
    )  # fmt: skip
    total, slopes = objective(point, {"x": x, "y": y})
    assert total == pytest.approx((error**2).sum(), rel=1e-12)
    assert slopes == pytest.approx(expected, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_blocks_and_threads_add_up(threads):
    objective = Objective("input x[3], W[3, 3], s; sum(W @ x)^2 + s", ["x"])
    kernel = objective.compiled
    rng = np.random.default_rng(2)
    x, point = rng.normal(size=(1000, 3)), rng.normal(size=10)
    kernel.threads = 1
    total, slopes = objective(point, {"x": x})
    kernel.block, kernel.threads = 37, threads
    again, others = objective(point, {"x": x})
    assert again == pytest.approx(total, rel=1e-13)
    assert others == pytest.approx(slopes, rel=1e-12)


def test_the_tape_does_not_grow_with_the_array():
    def steps(n):
        objective = Objective(f"input x[{n}], W[{n}, {n}], b[{n}]; sum(tanh(W @ x + b))", ["x"])
        return len(objective.compiled.steps)

    assert steps(3) == steps(40) < 40


def test_columns_by_element_and_rows():
    objective = Objective("input x[2], s; s*x[0] + x[1]^2", ["x"])
    whole = objective([3.0], {"x": [[1.0, 2.0], [5.0, 6.0]]})
    parts = objective([3.0], {"x[0]": [1.0, 5.0], "x[1]": [2.0, 6.0]})
    assert whole[0] == parts[0] == 3 * 6 + 40
    assert list(whole[1]) == list(parts[1]) == [6.0]


def test_numbers_that_stay():
    objective = Objective("input a, b, x; a*x + b", ["x"], numbers={"b": 2})
    assert objective.parameters == ["a"]
    total, slopes = objective([3.0], {"x": [1.0, 2.0]})
    assert (total, list(slopes)) == (13.0, [3.0])


def test_edges_are_those_of_the_scalars():
    for text in ("sum(sqrt(x*s))", "sum(where(x > 0, log(x), 0)*s)", "sum(x^s)", "sum(s/x)"):
        objective = Objective(f"input x[3], s; {text}", ["x"])
        columns = {"x": np.array([[0.0, 1.0, 2.0], [-1.0, 0.5, 0.0]])}
        total, slopes = objective([0.0], columns)
        expected, other = by_scalars(objective, [0.0], columns)
        assert repr(total) == repr(expected) or total == pytest.approx(expected), text
        assert [*map(math.isnan, slopes)] == [*map(math.isnan, other)], text


def test_packed_columns_are_taken_as_they_are():
    objective = Objective("input x[2], s; s*x[0] + x[1]^2", ["x"])
    packed = objective.packed({"x[0]": [1.0, 5.0], "x[1]": [2.0, 6.0]})
    assert packed["x"].tolist() == [[1.0, 2.0], [5.0, 6.0]]
    assert objective([3.0], packed)[0] == 3 * 6 + 40


def test_some_elements_may_stay():
    objective = Objective("input x, w[3]; x*sum(w^2)", ["x"], numbers={"w[1]": 5.0})
    assert objective.parameters == ["w[0]", "w[2]"]
    total, slopes = objective([1.0, 2.0], {"x": [1.0, 2.0]})
    assert (total, slopes.tolist()) == (90.0, [6.0, 12.0])


def test_wrong_names_are_told():
    with pytest.raises(ValueError, match="the point has shape"):
        Objective("a*x", ["x"])([1.0, 2.0], {"x": [1.0]})
    with pytest.raises(UsageError, match="'z' is not an input"):
        Objective("a*x", ["z"])
    with pytest.raises(UsageError, match="expected one output"):
        Objective("a; x", ["x"])
    with pytest.raises(ValueError, match="different lengths"):
        Objective("a*x*y", ["x", "y"])([1.0], {"x": [1.0], "y": [1.0, 2.0]})
    with pytest.raises(ValueError, match=r"a row of 'x' has shape \(3,\)"):
        Objective("input x[3]; sum(x)", ["x"])([], {"x": np.zeros((4, 2))})


@pytest.mark.parametrize("name", ["moons_mlp", "karate", "recurrent", "poisson", "polynomial"])
def test_an_example_as_one_row(name):
    program = parse((EXAMPLES / f"{name}.mg").read_text(encoding="utf-8"))
    objective = Objective(program, [])
    point = [program.defaults[each] for each in objective.parameters]
    total, slopes = objective(point, {})
    report = next(reports(program))
    assert total == pytest.approx(report.value, rel=1e-12)
    assert slopes == pytest.approx(np.array([*report.grad.values()]), rel=1e-9, abs=1e-12)
