"""`diff`, `jacobian` and `hessian`: against SymPy, as programs that go back in, and their growth."""

import json
import math
import random
from itertools import chain, product
from types import SimpleNamespace

import pytest
import sympy
from conftest import EXAMPLES
from exact import EXACT, NoFloat
from graphs import computed
from mpmath import mp, mpf

from micrograd_cli.analysis.matrices import (
    Arithmetic,
    hessian,
    hessian_product,
    jacobian,
    jacobian_product,
    slopes,
)
from micrograd_cli.checks.curvature import HessianSubject
from micrograd_cli.estimation.minimizing.objective import Curvature
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind
from micrograd_cli.ops import FUNCTIONS
from micrograd_cli.symbolic.curvature import CurvedGraph
from micrograd_cli.symbolic.derivative import derivatives
from micrograd_cli.symbolic.graph import Graph

POLAR = ["r*cos(t); r*sin(t)", "--r", "2", "--t", "pi/6"]


def bound(text, numbers):
    return bind(parse(text), numbers)


SMOOTH = "exp log sqrt sin cos tan atan sinh cosh tanh asinh erf sigmoid softplus silu gelu".split()
SYMPY = {
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "silu": lambda x: x / (1 + sympy.exp(-x)),
    "gelu": lambda x: x * sympy.erfc(-x / sympy.sqrt(2)) / 2,
}


def random_expression(rng, depth):
    """The same random expression for mgrad and for SymPy, defined for positive inputs."""
    if depth == 0:
        name = rng.choice("xyz")
        return name, sympy.Symbol(name, positive=True)
    if rng.random() < 0.4:
        name = rng.choice(SMOOTH)
        text, symbol = random_expression(rng, depth - 1)
        safe_text, safe = (
            (f"({text})^2 + 1", symbol**2 + 1) if name in ("log", "sqrt") else (text, symbol)
        )
        return f"{name}({safe_text})", SYMPY.get(name, getattr(sympy, name, None))(safe)
    (a, x), (b, y) = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
    return rng.choice([(f"(({a}) + ({b}))", x + y), (f"(({a}) - ({b}))", x - y),
                       (f"(({a})*({b}))", x * y), (f"({a})/(({b})^2 + 1)", x / (y**2 + 1))])  # fmt: skip


@pytest.mark.parametrize("seed", range(200))
def test_first_and_second_derivatives_against_sympy(seed):
    rng = random.Random(seed)
    text, formula = random_expression(rng, 3)
    numbers = {name: rng.uniform(0.3, 1.2) for name in "xyz"}
    run = bound(f"input x, y, z\n{text}", numbers)
    symbols = {name: sympy.Symbol(name, positive=True) for name in "xyz"}
    at = {symbols[name]: sympy.Float(x, 40) for name, x in numbers.items()}
    first = jacobian(run, "xyz").entries[0]
    second = hessian(run, run.program.outputs[0], "xyz").entries
    scale = max(1e-3, *map(abs, first), *[abs(e) for row in second for e in row])
    for i, a in enumerate("xyz"):
        exact = formula.diff(symbols[a])
        assert abs(first[i] - exact.evalf(30, subs=at)) <= 1e-9 * scale
        for j, b in enumerate("xyz"):
            assert abs(second[i][j] - exact.diff(symbols[b]).evalf(30, subs=at)) <= 1e-9 * scale


def nth_derivative(root, leaf, order, point):
    for _ in range(order):
        graph = Graph()
        root, leaf = derivatives(root, [leaf], graph)[leaf], graph.leaf(leaf)
    return computed([root], point)[root]


@pytest.mark.parametrize("seed", range(200))
def test_third_derivatives_against_sympy(seed):
    rng = random.Random(1000 + seed)
    text, formula = random_expression(rng, 2)
    numbers = {name: rng.uniform(0.3, 1.2) for name in "xyz"}
    run = bound(f"input x, y, z\n{text}", numbers)
    symbols = {name: sympy.Symbol(name, positive=True) for name in "xyz"}
    at = {symbols[name]: sympy.Float(value, 40) for name, value in numbers.items()}
    exact = formula.diff(symbols["x"], 3).evalf(30, subs=at)
    program = run.program
    found = nth_derivative(program.outputs[0].node, program.inputs["x"], 3, numbers)
    assert abs(found - exact) <= 1e-9 * max(1e-2, abs(exact))


X = sympy.Symbol("x", real=True)
OF_ONE = SYMPY | {
    "exp2": lambda x: 2**x,
    "expm1": lambda x: sympy.exp(x) - 1,
    "log2": lambda x: sympy.log(x, 2),
    "log10": lambda x: sympy.log(x, 10),
    "log1p": lambda x: sympy.log(1 + x),
    "cbrt": lambda x: x ** sympy.Rational(1, 3),
    "square": lambda x: x**2,
    "softsign": lambda x: x / (1 + x),
    "logit": lambda x: sympy.log(x / (1 - x)),
    "normpdf": lambda x: sympy.exp(-(x**2) / 2) / sympy.sqrt(2 * sympy.pi),
    "normcdf": lambda x: sympy.erfc(-x / sympy.sqrt(2)) / 2,
    "lgamma": sympy.loggamma,
    # at the row's own point, away from kinks
    **dict.fromkeys(["relu", "leaky_relu", "elu", "abs"], lambda x: x),
    **dict.fromkeys(["sign", "floor", "ceil", "round", "trunc", "detach"], lambda x: 0 * x),
}


@pytest.mark.parametrize(
    "name", [n for n, op in FUNCTIONS.items() if op.arity[0] == 1 and len(op.near) == 1]
)
def test_every_function_against_sympy(name):
    (point,), row = FUNCTIONS[name].near, FUNCTIONS[name].name
    formula = OF_ONE.get(row, getattr(sympy, row, None))(X)
    for order in (1, 2, 3):
        program = parse(f"{name}(x)")
        exact = formula.diff(X, order).evalf(30, subs={X: sympy.Float(point, 40)})
        found = nth_derivative(program.outputs[0].node, program.inputs["x"], order, {"x": point})
        assert abs(found - exact) <= 1e-9 * max(1e-2, abs(exact))


MANY_DIGITS = Arithmetic(EXACT, lambda constant: mpf(constant.number), Graph)
POINTS = [1e-100, 1e-17, -1e-17, 1e-9, -1e-9, 1e-5, -0.01, 0.3, 0.5, 0.7, 0.999, 1 - 1e-10]
POINTS += [1e-10 - 1, 1 - 1e-15, 1 + 1e-9, 1.5, -3.0, 5.0, 20.0, -40.0, 300.0]
SIZES = [1e-150, 2.6e-8, -1e-3, 0.7, 0.7 + 1e-9, -2.75, 30.0, 1e8, 1e100]
ONE_ARGUMENT = sorted({op.name for op in FUNCTIONS.values() if op.parameters == "x"})
NORMS = ["hypot(x, y)", "atan2(x, y)", "logsumexp(x, y)", "std(x, y)", "std(x, y, 0.7, 30)"]
NORMS += ["x/y", "x^y", "x^-y"]


@pytest.mark.parametrize("text", [*(f"{name}(x)" for name in ONE_ARGUMENT), *NORMS])
def test_second_derivatives_lose_no_digits(text):
    """Against the derivatives of the rules as they are written, at 700 digits."""
    names = "xy" if "y" in text.partition("(")[2] or "(" not in text else "x"
    program = parse(f"input {', '.join(names)}\n{text}")
    for point in product(SIZES, SIZES) if names == "xy" else [(x,) for x in POINTS]:
        run = bind(program, dict(zip(names, point, strict=True)))
        found = hessian(run, program.outputs[0], names).entries
        if not all(map(math.isfinite, (run.value(program.outputs[0].node), *chain(*found)))):
            continue  # outside the domain, or the result is no float
        assert found == [list(column) for column in zip(*found, strict=True)]
        with mp.workdps(700):
            exactly = SimpleNamespace(program=program, values=[mpf(x or 0) for x in run.values])
            try:
                truth = hessian(exactly, program.outputs[0], names, MANY_DIGITS).entries
            except (NoFloat, ZeroDivisionError):
                continue
            for got, true in zip(chain(*found), chain(*truth), strict=True):
                assert abs(got - true) <= 1e-14 * abs(true) + 1e-290, point


def test_all_that_take_second_derivatives_take_these():
    program = parse("asin(x) + silu(x)*0")
    graph, *_ = slopes(program, program.outputs[0], ["x"])  # of minimize and uncertainty
    assert type(graph) is CurvedGraph
    assert Curvature(program, ["x"], {}).row(1e-17) == (1e-17,)
    subject = HessianSubject(program, program.outputs[0], ["x"]).at({"x": 1e-17})
    assert subject.gradient == {"x,x": 1e-17}


def test_the_mixed_derivative_of_a_power_at_exponent_0():
    run = bound("x^y", {"x": 2.0, "y": 0.0})
    assert hessian(run, run.program.outputs[0], "xy").entries[0][1] == 0.5


def test_products_are_those_of_the_matrices():
    numbers = {"x": 0.7, "y": -1.3, "z": 2.1}
    run = bound("input x, y, z\nx*tanh(y*z); exp(x - y); max(x, z)^2", numbers)
    vector = {"x": 1.5, "z": -2.0}
    weights = [vector.get(name, 0.0) for name in "xyz"]
    full = jacobian(run, "xyz").entries
    product = jacobian_product(run, vector).entries
    for row, (found,) in zip(full, product, strict=True):
        assert found == pytest.approx(
            sum(a * b for a, b in zip(row, weights, strict=True)), rel=1e-14
        )
    for output in run.program.outputs:
        full = hessian(run, output, "xyz").entries
        for row, (found,) in zip(full, hessian_product(run, output, vector).entries, strict=True):
            expected = sum(a * b for a, b in zip(row, weights, strict=True))
            assert found == pytest.approx(expected, rel=1e-13, abs=1e-15)


SMOOTH_EXAMPLES = sorted(  # the others have a kink of relu in reach of a step
    path for path in EXAMPLES.glob("*.mg") if path.stem not in ("kinks", "micrograd")
)


@pytest.mark.parametrize("path", SMOOTH_EXAMPLES, ids=lambda path: path.stem)
def test_hessians_of_the_examples_are_symmetric_and_right(path):
    program = parse(path.read_text())
    run = bind(program, {})
    names = list(program.inputs)
    for output in program.outputs:
        entries = hessian(run, output, names).entries
        assert all(entries[i][j] == entries[j][i] for i in range(len(names)) for j in range(i))
        for i, name in enumerate(names):
            x = program.defaults[name]
            step = 1e-5 * max(1.0, abs(x))
            slopes = []
            for moved in (x - step, x + step):
                there = bind(program, {name: moved})
                slopes.append(jacobian(there, names).entries[program.outputs.index(output)])
            for j, (a, b) in enumerate(zip(*slopes, strict=True)):
                scale = max(1.0, *map(abs, entries[i]))
                assert entries[i][j] == pytest.approx(
                    (b - a) / (2 * step), rel=1e-5, abs=1e-5 * scale
                )


@pytest.mark.parametrize("name", [n for n, op in FUNCTIONS.items() if op.parameters == "x"])
def test_what_diff_prints_evaluates_to_the_gradient(mgrad, name):
    point = repr(FUNCTIONS[name].near[0])
    derivative = mgrad("diff", f"{name}(x)", "--wrt", "x").stdout
    found = mgrad("eval", "-", "--x", point, "--print", "value", input=derivative).stdout
    expected = mgrad("eval", f"{name}(x)", "--x", point, "--print", "grad.x").stdout
    assert float(found) == pytest.approx(float(expected), rel=1e-14)


def test_a_large_program_is_differentiated_with_sharing(mgrad):
    chain = "\n".join(
        ["x0 = a*b"] + [f"x{i} = tanh(x{i - 1} + a)*x{i - 1}" for i in range(1, 3334)]
    )
    done = mgrad("diff", "-", input=chain)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) < 20 * len(chain)
    numbers = ["--a", "0.3", "--b", "-0.2", "--format", "plain"]
    values = mgrad("eval", "-", *numbers, input=done.stdout).stdout.split()[1::2]
    grads = mgrad("eval", "-", *numbers, input=chain).stdout.split()[3::2]
    assert float(values[0]) == pytest.approx(float(grads[0]), rel=1e-9)


def test_orders_are_bounded(mgrad):
    done = mgrad("diff", "tanh(x)*exp(x)/(1 + x^2)", "--order", "30", "--max-nodes", "2000")
    assert done.returncode == 3
    assert "more than 2,000 nodes (--max-nodes)" in done.stderr


def test_eigenvalues(mgrad):
    done = mgrad(
        "hessian", "x^2 - 3*x*y + y^2", "--x", "1", "--y", "2", "--eigen", "--format", "json"
    )
    record = json.loads(done.stdout)
    assert record["hessian"] == [[2.0, -3.0], [-3.0, 2.0]]
    assert record["eigenvalues"] == pytest.approx([-1, 5])
    assert record["definiteness"] == "indefinite"


def test_without_numpy_the_matrix_is_printed_all_the_same(mgrad, tmp_path):
    (tmp_path / "numpy.py").write_text("raise ImportError")
    from conftest import ROOT

    env = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = mgrad("hessian", "x^2", "--x", "1", "--eigen", "--format", "plain", env=env)
    assert done.stdout == "x\tx\t2.0\n"
    assert "NumPy is not installed" in done.stderr


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "tsv", "plain"])
def test_every_format_of_a_jacobian(mgrad, format_):
    done = mgrad("jacobian", *POLAR, "--format", format_)
    assert done.returncode == 0
    assert "1.7320508075688774" in done.stdout
    product = mgrad("jacobian", *POLAR, "--vector", "t=1", "--format", format_)
    assert "1.7320508075688774" in product.stdout
    assert "0.8660254037844387" not in product.stdout


def test_a_product_is_told_by_the_matrix_and_not_by_a_name(mgrad):
    """An input may be called product."""
    numbers = ["--product", "3", "--format", "json"]
    assert json.loads(mgrad("jacobian", "product^2", *numbers).stdout) == {
        "outputs": ["product^2"], "inputs": ["product"], "jacobian": [[6.0]]
    }  # fmt: skip
    record = json.loads(mgrad("hessian", "product^3", *numbers).stdout)
    assert (record["inputs"], record["hessian"]) == (["product"], [[18.0]])
    numbers += ["--vector", "product=1"]
    assert json.loads(mgrad("hessian", "product^3", *numbers).stdout)["product"] == [18.0]


def test_second_derivatives_of_std_of_many_numbers():
    """(δᵢⱼ - 1/n - dᵢdⱼ/Σd²)/(n·std), where the deviations are d."""
    x = [1.5, -2.0, 0.25, 7.0, 3.5, -1.0, 0.5, 2.0, 4.0, -3.0, 1.0, 6.0]
    n, mean = len(x), sum(x) / len(x)
    d = [each - mean for each in x]
    squares = sum(each * each for each in d)
    run = bind(parse(f"input x[{n}]; std(x)"), {f"x[{i}]": each for i, each in enumerate(x)})
    found = hessian(run, run.program.outputs[0], list(run.program.inputs)).entries
    for i in range(n):
        for j in range(n):
            wanted = ((i == j) - 1 / n - d[i] * d[j] / squares) / (n * math.sqrt(squares / n))
            assert found[i][j] == pytest.approx(wanted, rel=1e-12)
