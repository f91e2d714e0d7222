"""`mgrad minimize`: the problems of Moré, Garbow and Hillstrom, roots, training."""

import csv
import json
import re
import tomllib

import mpmath
import numpy as np
import pytest
from conftest import ROOT

from micrograd_cli import examples
from micrograd_cli.estimation.fitting.trust_region import Box
from micrograd_cli.estimation.minimizing import objective
from micrograd_cli.estimation.minimizing.minimize import (
    NotFiniteError,
    Search,
    Task,
    minimize,
    objective_of,
)
from micrograd_cli.estimation.minimizing.newton import trust_step
from micrograd_cli.estimation.minimizing.roots import find_root
from micrograd_cli.estimation.minimizing.squares import residuals_of
from micrograd_cli.language.block_values import by_element
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind

PROBLEMS = tomllib.loads((ROOT / "tests" / "problems" / "mgh.toml").read_text())


def task(program, start, box=None, **options):
    read = parse(program)
    names = [name for name in read.inputs if name in start]
    x = np.array([start[name] for name in names], float)
    box = box or Box(np.full(len(x), -np.inf), np.full(len(x), np.inf))
    return Task(read, names, {}, [x], box, **options)


def solved(value, optima):
    """Whether a value is one of the published ones, which have six digits."""
    return any(abs(value - each) <= 1e-5 * each if each else value <= 1e-8 for each in optima)


@pytest.mark.parametrize("name", PROBLEMS)
def test_published_optima(name):
    problem = PROBLEMS[name]
    found = minimize(task(problem["program"], problem["start"]))
    assert found.converged
    assert found.kind in ("minimum", "flat")
    assert solved(found.value, problem["optima"])


@pytest.mark.parametrize(("method", "least"), [("newton", 33), ("lbfgs", 34)])
def test_optima_without_the_squares(method, least):
    """SciPy's best with the same derivatives, `BFGS`, solves 32 of the 35; `trust-exact` 29."""
    reached = 0
    for problem in PROBLEMS.values():
        given = task(problem["program"], problem["start"], method=method, steps=1000)
        reached += solved(minimize(given).value, problem["optima"])
    assert reached >= least


def test_second_derivatives_are_those_of_mpmath():
    given = task("exp(x*y) + sin(x)*y^3 + z*x", {"x": 0.3, "y": 0.7, "z": 2})
    f = lambda x, y, z: mpmath.exp(x * y) + mpmath.sin(x) * y**3 + z * x
    for i in range(3):
        for j in range(3):
            order = tuple((i == k) + (j == k) for k in range(3))
            expected = float(mpmath.diff(f, (0.3, 0.7, 2), order))
            found = objective_of(given).hessian(given.starts[0])[i, j]
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_step_in_the_trust_region_is_the_best_one(seed):
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(4, 4))
    matrix += matrix.T
    grad = random.normal(size=4) * (seed % 3 > 0)  # 0: the hard case
    radius = 0.7
    step = trust_step(matrix, grad, radius)
    model = lambda p: grad @ p + 0.5 * p @ matrix @ p
    points = random.normal(size=(20_000, 4))
    points *= (
        radius
        * random.uniform(size=(20_000, 1)) ** 0.25
        / np.linalg.norm(points, axis=1, keepdims=True)
    )
    assert np.linalg.norm(step) <= radius * (1 + 2e-3)
    assert model(step) <= min(map(model, points)) + 1e-9


@pytest.mark.parametrize(
    ("program", "weights"),
    [
        ("(x-1)^2 + 2*square(y)", [1.0, 2**0.5]),
        ("mean((x-1)^2, (y-2)^2)", [0.5**0.5, 0.5**0.5]),
        ("x*x/4", [0.5]),
        ("sum([x, y]^2)", [1.0, 1.0]),
        ("(x-1)^2 - y^2", None),
        ("(x-1)^2 + y", None),
        ("x^4", None),
        ("-1*x^2", None),
    ],
)
def test_sums_of_squares_are_recognized(program, weights):
    found = residuals_of(parse(program).outputs[0].node)
    assert (None if found is None else [each.weight for each in found]) == weights


def test_kinds_of_points():
    at = {"x": 0.0, "y": 0.0}
    assert minimize(task("cosh(x) + y^4", at, method="lbfgs")).kind == "flat"
    assert minimize(task("cosh(x) + cosh(y)", at)).kind == "minimum"
    assert minimize(task("x*y + cosh(x) - 1", at, method="lbfgs")).kind == "saddle"
    assert minimize(task("-cosh(x) - cosh(y)", at, maximize=True)).kind == "maximum"
    saddle = minimize(task("x^4 + y^4 - 4*x*y", at, method="newton"))  # which it leaves
    assert saddle.value == pytest.approx(-2, abs=1e-12)


def test_bounds_are_kept():
    box = Box(np.array([0.0, -np.inf]), np.array([0.5, 1.2]))
    rosenbrock = "(1-x)^2 + 100*(y-x^2)^2 + exp(0*x) - 1"
    for method in ("newton", "lbfgs", "squares"):
        program = rosenbrock if method != "squares" else "(1-x)^2 + 100*(y-x^2)^2"
        found = minimize(task(program, {"x": 0.1, "y": 1}, box, method=method))
        assert found.params == pytest.approx({"x": 0.5, "y": 0.25}, abs=1e-7), method
        assert [each.kind for each in found.warnings] == ["bound"]


# --- the command ----------------------------------------------------------------------------------


def fields(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_json_has_its_schema(mgrad):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "micrograd_cli" / "schema" / "minimize.json").read_text())
    for words in (["x^4 - x", "--x", "1"], ["cosh(x)", "--start", "x=0:1", "--starts", "3"],
                  ["x^2", "--method", "adam", "--x", "1", "--steps", "3"]):  # fmt: skip
        jsonschema.validate(fields(mgrad("minimize", *words, "--format", "json")), schema)


def test_the_table_of_many_variables_and_starts(here):
    squares = "input x[45]; sum((x[i] - i)^2 for i in range(45))"
    _, text, _ = here("minimize", squares, "--x", str([1] * 45))
    assert "│ x[39] │" in text
    assert "x[40]" not in text
    assert "\n5 more inputs: --format json has all\n" in text
    _, text, _ = here("minimize", "(x^2 - 1)^2 + x/9", "--start", "x=-2:2", "--starts", "5")
    assert re.search(r"\n[1-5] of 5 starts led here\n", text)


def test_roots(mgrad):
    done = mgrad("minimize", "cos(x) - x", "--find-root", "--x", "1", "--format", "json")
    expected = float(mpmath.findroot(lambda x: mpmath.cos(x) - x, 1))
    assert fields(done)["params"]["x"] == pytest.approx(expected, rel=1e-15)
    done = mgrad("minimize", "x^2 + y^2 - 4; x - y", "--find-root", "--x", "1", "--y", "2",
                 "--format", "json")  # fmt: skip
    assert fields(done)["params"] == pytest.approx({"x": 2**0.5, "y": 2**0.5}, rel=1e-14)
    done = mgrad("minimize", "atan(x - 3)", "--find-root", "--x", "-50:100", "--format", "json")
    assert fields(done)["params"]["x"] == pytest.approx(3, rel=1e-14)
    done = mgrad("minimize", "x^2 + 1", "--find-root", "--x", "1")
    assert done.returncode == 1
    assert "warning: 0 is not reached" in done.stderr


def test_an_implied_volatility(mgrad):
    def price(sigma):
        d1 = (mpmath.log(mpmath.mpf(100) / 105) + (0.03 + sigma**2 / 2) * 0.5) / (
            sigma * mpmath.sqrt(0.5)
        )
        d2 = d1 - sigma * mpmath.sqrt(0.5)
        return 100 * mpmath.ncdf(d1) - 105 * mpmath.exp(-0.015) * mpmath.ncdf(d2)

    done = mgrad("minimize", "-f", "black_scholes.mg", "--find-root", "--equals", "10",
                 "--sigma", "0.01:2", "--format", "json")  # fmt: skip
    expected = float(mpmath.findroot(lambda sigma: price(sigma) - 10, 0.4))
    assert fields(done)["params"]["sigma"] == pytest.approx(expected, rel=1e-12)


def test_the_trace_is_a_path_for_plot(mgrad, tmp_path):
    rosenbrock = "(1-x)^2 + 100*(y-x^2)^2"
    mgrad("minimize", rosenbrock, "--x", "-1.2", "--y", "1", "--trace", "trace.csv")
    header, first, *rest = csv.reader((tmp_path / "trace.csv").open())
    assert header == ["step", "value", "grad_norm", "x", "y"]
    assert list(map(float, first)) == pytest.approx([0, 24.2, 232.86768775, -1.2, 1])
    assert list(map(float, rest[-1])) == pytest.approx([len(rest), 0, 0, 1, 1], abs=1e-9)
    done = mgrad("plot", rosenbrock, "--x", "-2:2", "--y", "-1:3", "--path", "trace.csv")
    assert done.returncode == 0


def test_the_mean_over_rows_is_least_squares(mgrad, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n1,1\n2,2.5\n3,2.7\n4,4.4\n")
    a, b = np.polyfit([1, 2, 3, 4], [1, 2.5, 2.7, 4.4], 1)
    for method in ("auto", "newton", "lbfgs"):
        done = mgrad("minimize", "(a*x + b - y)^2", "t.csv", "--method", method, "--format", "json")
        assert fields(done)["params"] == pytest.approx({"a": a, "b": b}, abs=1e-7), method
    mean, total = (
        fields(mgrad("minimize", "(a*x + b - y)^2", "t.csv", "--reduce", how, "--format", "json"))
        for how in ("mean", "sum")
    )
    assert total["value"] == pytest.approx(4 * mean["value"])


NET = """
input W1[16, 2], b1[16], W2[16, 16], b2[16], w3[16], b3
score = w3 @ tanh(W2 @ tanh(W1 @ [x1, x2] + b1) + b2) + b3
softplus(score) - label*score
"""
STARTS = ["--start", "W1=-1:1,b1=-1:1,W2=-0.5:0.5,b2=-0.5:0.5,w3=-1:1,b3=0"]


@pytest.fixture
def moons(tmp_path):
    random = np.random.default_rng(0)
    angle = np.pi * np.arange(100) / 99
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    points = np.vstack([upper, [1, 0.5] - upper]) + random.normal(0, 0.1, (200, 2))
    rows = [f"{x:.5f},{y:.5f},{i // 100}" for i, (x, y) in enumerate(points)]
    (tmp_path / "moons.csv").write_text("\n".join(["x1,x2,label", *rows]) + "\n")
    (tmp_path / "net.mg").write_text(NET)
    return ["minimize", "-f", "net.mg", "moons.csv", "--format", "json"]


def test_a_network_learns_two_moons(mgrad, moons, tmp_path):
    """In about a second; the loss is computed once more by NumPy."""
    found = fields(mgrad(*moons, *STARTS, "--steps", "100"))
    assert found["value"] < 0.02
    p = {name: np.array(x) for name, x in found["params"].items()}
    x1, x2, label = np.loadtxt(tmp_path / "moons.csv", delimiter=",", skiprows=1).T
    h = np.tanh(np.column_stack([x1, x2]) @ p["W1"].T + p["b1"])
    score = np.tanh(h @ p["W2"].T + p["b2"]) @ p["w3"] + p["b3"]
    loss = np.mean(np.logaddexp(0, score) - label * score)
    assert found["value"] == pytest.approx(loss, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("method", ["sgd", "adam"])
def test_a_resumed_training_has_the_same_bits(mgrad, moons, tmp_path, method):
    train = [*moons, "--method", method, "--batch", "32", "--seed", "3"]
    (tmp_path / "half.json").write_text(mgrad(*train, *STARTS, "--steps", "10").stdout)
    resumed = fields(mgrad(*train, "--resume", "half.json", "--steps", "7"))
    whole = fields(mgrad(*train, *STARTS, "--steps", "17"))
    assert resumed["params"] == whole["params"]
    assert resumed["state"] == whole["state"]


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("params", 3, "params is not an object"),
        ("params", {"x": None}, "the value of 'x' in params is not a number"),
        ("params", {"x": [1.0]}, "the file is of other variables"),
        ("params", {}, "the file is of other variables"),
        ("state", 5, "state is not an object"),
        ("state", {}, "the file is of no training"),
        ("method", 4, "method is not a name"),
        ("method", "sgd", "it was trained by sgd"),
        ("step", None, "step is not a whole number"),
        ("step", -1, "step is not a whole number"),
        ("first", 3, "first is not an object"),
        ("first", {"x": "q"}, "the value of 'x' in first is not a number"),
        ("second", {}, "the file is of other variables"),
    ],
)
def test_a_damaged_checkpoint_is_an_error(here, tmp_path, place, value, told):
    checkpoint = {
        "params": {"x": 1.0},
        "state": {"method": "adam", "step": 3, "first": {"x": 0.5}, "second": {"x": 0.1}},
    }
    (checkpoint if place in checkpoint else checkpoint["state"])[place] = value
    (tmp_path / "half.json").write_text(json.dumps(checkpoint))
    status, out, err = here("minimize", "x^2", "--method", "adam", "--resume", "half.json")
    assert (status in (2, 5), out) == (True, "")
    assert told in err


def test_the_karate_club_is_told_apart(mgrad):
    """Full training accuracy: the scores of the two who are known have the right signs."""
    done = mgrad(
        "minimize", "-f", "karate.mg", "--over", "W,v", "--steps", "50", "--format", "json"
    )
    found = json.loads(done.stdout)
    assert found["value"] < 1e-3
    params = {"W": found["params"]["W"], "v": found["params"]["v"]}
    program = parse(examples.text("karate") + "\nout\n")
    run = bind(program, by_element(program.arrays, params))
    score = [run.value(output.node) for output in program.outputs]
    assert score[0] > 0 > score[33]


# --- starts that lead nowhere, interrupts ---------------------------------------------------------


def several(program, *starts, **options):
    """A task of one variable with several starts."""
    first = task(program, {"x": starts[0]}, **options)
    return first._replace(starts=[np.array([float(x)]) for x in starts])


def test_a_root_by_the_first_start_that_leads_to_one():
    assert find_root(several("log(x)", -1, 2, 3), 0.0).params["x"] == pytest.approx(1)
    none = find_root(several("2 + x^2", 1, 3, 0.5), 0.0)
    assert (none.value, none.converged, none.kind) == (pytest.approx(2), False, "unknown")
    with pytest.raises(NotFiniteError):
        find_root(several("log(x)", -1, -2), 0.0)


def test_a_corner_ends_the_search():
    box = Box(np.zeros(2), np.full(2, 0.5))
    found = minimize(task("cosh(x-3) + cosh(y-3)", {"x": 0.1, "y": 0.1}, box, method="newton"))
    assert found.params == {"x": 0.5, "y": 0.5}


def test_the_kind_of_a_point_may_be_unknown():
    for method, value in (("newton", 1), ("lbfgs", 0)):  # newton needs the second derivative
        found = minimize(task("abs(x)^1.5 + y^2", {"x": 0, "y": 1}, method=method))
        assert (found.kind, found.value) == ("unknown", pytest.approx(value, abs=1e-15))
    names = [f"x{i}" for i in range(301)]
    many = minimize(task("+".join(f"cosh({each})" for each in names), dict.fromkeys(names, 0.1)))
    assert (many.kind, many.value) == ("unknown", pytest.approx(301))


def test_a_long_program_is_a_loop_over_its_nodes(monkeypatch):
    given = task("(1-x)^2 + 100*(y-x^2)^2 + cosh(x*y)", {"x": -1.2, "y": 1}, method="newton")
    compiled = minimize(given)
    monkeypatch.setattr(objective, "LONG", 0)
    looped = minimize(given)
    assert looped.params == pytest.approx(compiled.params, rel=1e-12)
    assert looped.grad_norm == pytest.approx(0, abs=1e-8)


def test_an_interrupt_ends_it_with_the_best_so_far(inside, monkeypatch):
    once = Search.from_start

    def interrupted(self, start):
        once(self, start)
        raise KeyboardInterrupt

    monkeypatch.setattr(Search, "from_start", interrupted)
    status, out, error = inside("minimize 'cosh(x - 2)' --format json")
    found = json.loads(out)
    assert (status, found["params"]) == (130, {"x": pytest.approx(2)})
    assert (found["converged"], found["stop"]) == (False, "it was interrupted")
    assert "this need not be a minimum: it was interrupted" in error

    def at_once(self, start):
        raise KeyboardInterrupt

    monkeypatch.setattr(Search, "from_start", at_once)
    with pytest.raises(KeyboardInterrupt):
        minimize(task("cosh(x)", {"x": 1}))


def test_rows_that_are_skipped_are_told(inside, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n1,2\n2,oops\n3,6\n")
    status, out, error = inside("minimize '(a*x - y)^2' t.csv --on-error skip --format json")
    assert (status, error) == (0, "warning: 1 row skipped\n")
    assert json.loads(out)["params"]["a"] == pytest.approx(2)
