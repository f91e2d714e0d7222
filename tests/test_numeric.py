"""Numerical derivatives: right to within their error bars, which are to be honest and small."""

import math
import random

import pytest
from mpmath import mp

from micrograd_cli.checks.numerical import Sample, derivative, extrapolated

EPS = 2.0**-52


def line_of(function, noise=2 * EPS, calls=None):
    def line(places):
        if calls is not None:
            calls.extend(places)
        return [Sample(t, value(function, t), noise) for t in places]

    return line


def value(function, t):
    try:
        return function(t)
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def estimate(function, x, thorough=False, **options):
    line = line_of(function, **options)
    return derivative(line, line([x])[0], lambda v: 1e-9 + 1e-7 * abs(v), thorough)


# Name: function, its derivative in mpmath, how to draw a point.
SMOOTH = {
    "exp": (math.exp, mp.exp, lambda r: r.uniform(-20, 20)),
    "sin": (math.sin, mp.cos, lambda r: r.uniform(-1000, 1000)),
    "log": (math.log, lambda t: 1 / t, lambda r: 10 ** r.uniform(-300, 300)),
    "sqrt": (math.sqrt, lambda t: 1 / (2 * mp.sqrt(t)), lambda r: 10 ** r.uniform(-12, 12)),
    "asin": (math.asin, lambda t: 1 / mp.sqrt(1 - t * t), lambda r: r.uniform(-1, 1)),
    "tanh": (math.tanh, lambda t: mp.sech(t) ** 2, lambda r: r.uniform(-30, 30)),
    "tan": (math.tan, lambda t: mp.sec(t) ** 2, lambda r: r.uniform(-20, 20)),
    "steep": (
        lambda t: math.atan(1e6 * t),
        lambda t: 1e6 / (1 + (10**6 * t) ** 2),
        lambda r: r.gauss(0, 1e-5),
    ),
    "narrow": (
        lambda t: t + 1e-3 * math.exp(-((1e4 * t) ** 2)),
        lambda t: 1 - 2 * 10**5 * t * mp.exp(-((10**4 * t) ** 2)),
        lambda r: r.gauss(0, 1e-4),
    ),
    "wave": (
        lambda t: math.sin(1 / t),
        lambda t: -mp.cos(1 / t) / t**2,
        lambda r: r.uniform(1e-4, 1),
    ),
    "line": (lambda t: 3 * t - 1, lambda t: mp.mpf(3), lambda r: r.uniform(-1e6, 1e6)),
    "const": (lambda t: 7.0, lambda t: mp.mpf(0), lambda r: r.uniform(-1e6, 1e6)),
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("thorough", [False, True])
def test_the_error_bar_holds(name, thorough):
    function, exact, draw = SMOOTH[name]
    rng = random.Random(name)
    for x in [draw(rng) for _ in range(100)]:
        with mp.workdps(40):
            true = exact(mp.mpf(x))
        noise = 2 * EPS * (abs(function(x)) + abs(float(true) * x))
        found = estimate(function, x, thorough, noise=noise)
        assert abs(found.value - true) <= found.error, (x, found, true)


def test_the_error_bar_is_small():
    for x in (0.0, 1.0, -2.5):
        found = estimate(math.sin, x)
        assert found.error < 1e-10
        assert abs(found.value - math.cos(x)) < 1e-12
        assert not found.obstacle


def test_one_table_is_enough_for_a_smooth_function():
    calls = []
    estimate(math.exp, 1.0, calls=calls)
    assert len(calls) == 1 + 12


def test_steps_shrink_until_the_function_is_resolved():
    calls = []
    found = estimate(lambda t: math.tanh(1e9 * t), 1e-10, calls=calls)
    assert len(calls) > 13
    assert found.value == pytest.approx(1e9 / math.cosh(0.1) ** 2, rel=1e-6)


def test_a_wave_as_long_as_the_step_is_refuted():
    # sin at 17917.2: the first table happens to agree with itself, on a wrong number
    x = -17917.233547407523
    assert estimate(math.sin, x, thorough=True, noise=1e-11).value == pytest.approx(math.cos(x))


def test_noise_widens_the_error_bar():
    quiet, loud = (estimate(math.sin, 1.0, noise=noise) for noise in (1e-16, 1e-6))
    assert quiet.error < 1e-11
    assert 1e-7 < loud.error < 1e-2


def test_the_error_bar_holds_whatever_the_noise():
    rng = random.Random(1)
    for _ in range(300):
        x, noise = rng.uniform(-3, 3), 10 ** rng.uniform(-12, -6)
        signs = {}

        def line(places, noise=noise, signs=signs):
            shifts = [noise * signs.setdefault(t, rng.choice((-1, 1))) for t in places]
            return [
                Sample(t, 3 * t + shift, noise) for t, shift in zip(places, shifts, strict=True)
            ]

        found = derivative(line, line([x])[0], lambda v: 0.0)
        assert abs(found.value - 3) <= found.error


def test_extrapolation_magnifies_noise():
    # of equal quotients the first extrapolated one is (4*q - q)/3
    assert extrapolated([(1.0, 1e-3)] * 4, order=2).error >= 5 / 3 * 1e-3
    assert extrapolated([(1.0, 1e-3)] * 4, order=1).error >= 3 * 1e-3


def test_values_that_are_noise_tell_nothing():
    assert estimate(math.sin, 1.0, noise=0.1).error == math.inf


OBSTACLES = [
    (abs, 0.0, "kink", (-1.0, 1.0)),
    (lambda t: max(t, 0.0), 0.0, "kink", (0.0, 1.0)),
    (lambda t: max(t, 3 * t), 0.0, "kink", (1.0, 3.0)),
    (lambda t: abs(t - 1), 1.0, "kink", (-1.0, 1.0)),
    (lambda t: abs(t) ** 0.5, 0.0, "kink", (math.nan, math.nan)),  # a cusp
    (math.floor, 2.0, "kink", (math.inf, 0.0)),  # a jump below
    (lambda t: math.atan2(t, -1), 0.0, "kink", (math.inf, -1.0)),
    (math.sqrt, 0.0, "edge", None),
    (lambda t: t**1.5 if t >= 0 else math.nan, 0.0, "edge", None),
    (math.acos, 1.0, "edge", None),
    (math.log, 0.0, "nonfinite", None),
    (math.log, -1.0, "nonfinite", None),
    (lambda t: 0.0 if t == 0 else math.nan, 0.0, "nonfinite", None),
    (math.sin, math.inf, "nonfinite", None),
]


@pytest.mark.parametrize(("function", "x", "obstacle", "slopes"), OBSTACLES)
def test_obstacles(function, x, obstacle, slopes):
    found = estimate(function, x)
    assert found.obstacle == obstacle
    if slopes:
        assert found.slopes == pytest.approx(slopes, nan_ok=True, abs=1e-9)
        if all(map(math.isfinite, slopes)):  # the error bar reaches from slope to slope
            assert found.value - found.error <= min(slopes)
            assert found.value + found.error >= max(slopes)


@pytest.mark.parametrize("distance", [1e-1, 1e-3, 1e-6, 1e-9])
def test_a_kink_that_is_not_at_the_point_is_avoided(distance):
    found = estimate(lambda t: abs(t - 1) + t * t, 1 + distance)
    assert not found.obstacle
    assert found.value == pytest.approx(3 + 2 * distance, rel=1e-5)


@pytest.mark.parametrize("distance", [1e-1, 1e-3, 1e-6, 1e-9])
def test_an_edge_that_is_not_at_the_point_is_avoided(distance):
    found = estimate(math.acos, 1 - distance)
    assert not found.obstacle
    assert found.value == pytest.approx(-1 / math.sqrt(2 * distance - distance**2), rel=1e-4)


def test_pieces_are_told_apart_though_the_values_are_not():
    def line(places):
        return [Sample(t, t * t, EPS, (t > 1,)) for t in places]

    found = derivative(line, line([1.0])[0], lambda v: 1e-9)
    assert (found.obstacle, found.witness.piece) == ("kink", (True,))
    assert abs(found.value - 2) <= found.error < 1e-6  # smooth there: the slopes agree


@pytest.mark.parametrize(
    "x", [0.0, -0.0, 5e-324, 1e-310, 1e15, 1e308, -1.7e308, math.inf, math.nan]
)
@pytest.mark.parametrize("function", [abs, math.atan, lambda t: 3.0 * t, lambda t: 1 / t])
@pytest.mark.parametrize("thorough", [False, True])
def test_any_float_is_a_point(x, function, thorough):
    found = estimate(function, x, thorough)
    assert found.error >= 0
