"""Gradients that over- or underflow on their way, beside those of mpmath, which knows no range."""

import math

import pytest
from mpmath import mp, mpf

from micrograd_cli import bind, parse, reports
from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.algebra.wide import WIDE, Wide, wide
from micrograd_cli.analysis.matrices import jacobian
from micrograd_cli.engine import evaluate
from micrograd_cli.ops import OPS

ROWS = {op.name: op for op in OPS.values()}

CASES = [
    ("1/exp(x)", {"x": 370.0}, {"x": lambda x: -mp.exp(-x)}),
    ("1/exp(x)", {"x": 375.0}, {"x": lambda x: -mp.exp(-x)}),
    ("1/exp(x)", {"x": -375.0}, {"x": lambda x: -mp.exp(-x)}),
    ("exp(x)^-1", {"x": 500.0}, {"x": lambda x: -mp.exp(-x)}),
    ("sqrt(x^2)", {"x": 1e-200}, {"x": lambda x: mpf("nan")}),  # the value itself is lost
    ("(1/y)*z^2", {"y": 1e-200, "z": 1e-150}, {"y": lambda y, z: -((z / y) ** 2),
                                               "z": lambda y, z: 2 * z / y}),
    ("prod(x, 1e200, y)", {"x": 1e-250, "y": 1e-200}, {"x": lambda x, y: mpf("1e200") * y,
                                                       "y": lambda x, y: mpf("1e200") * x}),
    ("log(exp(x)*exp(x))", {"x": 354.0}, {"x": lambda x: 2}),
    ("1/(exp(x) + exp(y))", {"x": 400.0, "y": 401.0},
     {"x": lambda x, y: -mp.exp(x) / (mp.exp(x) + mp.exp(y)) ** 2,
      "y": lambda x, y: -mp.exp(y) / (mp.exp(x) + mp.exp(y)) ** 2}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "numbers", "exact"), CASES)
def test_a_gradient_that_comes_back_into_the_range_is_right(text, numbers, exact):
    run = bind(parse(text), numbers)
    found = next(reports(run))
    row = jacobian(run, list(numbers)).entries[0]
    with mp.workdps(60):
        for (name, formula), entry in zip(exact.items(), row, strict=True):
            want = formula(**{key: mpf(x) for key, x in numbers.items()})
            if want == want:
                assert abs(found.grad[name] / want - 1) < 1e-15
                assert found.digits.grad[name] >= 13  # as the second run estimates
                assert entry == found.grad[name]
            else:
                assert found.warnings
                return
    assert found.warnings == []


def test_what_stays_out_of_range_is_told():
    found = next(reports(bind(parse("exp(-x)*y/exp(x)^2"), {"x": 300.0, "y": 1e100})))
    assert found.grad["x"] == pytest.approx(-4.0934316370970467e-291, rel=1e-14)
    assert (found.digits.grad["x"], found.digits.grad["y"], found.grad["y"]) == (13, 0, 0.0)
    (warning,) = found.warnings
    assert warning.kind == "underflow"
    assert "gradient of y" in warning.message
    overflow = next(reports(bind(parse("1/y"), {"y": 1e-200})))
    assert overflow.grad["y"] == -math.inf
    assert overflow.warnings


@pytest.mark.parametrize(
    ("text", "numbers", "lost"),
    [
        ("y*tanh(x)", {"x": 370.0, "y": 1e100}, "x"),  # the derivative of tanh is 1.7e-321
        ("y*tanh(x) + 1/exp(z)", {"x": 370.0, "y": 1e100, "z": 375.0}, "x"),
        ("y*exp(-x^2/2)", {"x": 38.5, "y": 1e100}, "x"),
    ],
)
def test_digits_that_a_derivative_itself_has_lost_are_not_claimed(text, numbers, lost):
    found = next(reports(bind(parse(text), numbers)))
    assert found.digits.grad[lost] < 8
    assert any(warning.kind == "underflow" for warning in found.warnings)
    assert all(
        digits >= 13 for name, digits in found.digits.grad.items() if name not in (lost, "y")
    )


@pytest.mark.parametrize("name", ROWS)
def test_at_ordinary_numbers_the_partials_are_those_of_floats(name):
    op = ROWS[name]
    x = op.near[: len(op.near)]
    y = evaluate(FLOAT, op.value, *x)
    wanted = evaluate(FLOAT, op.partials, y, *x)
    found = evaluate(WIDE, op.partials, Wide(y), *map(Wide, x))
    for got, want in zip(found, wanted, strict=True):
        assert (got is None) == (want is None)
        assert want is None or float(wide(got)) == pytest.approx(want, rel=4e-16, abs=0)


@pytest.mark.parametrize(
    ("x", "y"),
    [(1e200, 1e300), (-1e-200, 1e300), (0.0, 3.0), (math.inf, 2.0), (-math.inf, math.inf),
     (math.nan, 1.0), (0.1, -0.1), (5e-324, 1.0), (-0.0, 0.0)],
)  # fmt: skip
def test_arithmetic(x, y):
    same = lambda a, b: a == b or (a != a and b != b)
    for a, b in ((x, y), (y, x)):
        assert same(float(Wide(a) + b), a + b)
        assert same(float(a + Wide(b)), a + b)
        assert same(float(Wide(a) - b), a - b)
        assert same(float(a - Wide(b)), a - b)
        if abs(a * b) > 1e-300 or a * b == 0 or a * b != a * b:
            assert same(float(Wide(a) * b), a * b)
    assert float(Wide(1e300) * 1e300 / 1e300) == 1e300
    assert float(Wide(1e-300) * 1e-300 / 1e-300) == 1e-300
    assert float(Wide(1e300) * 1e300) == math.inf
