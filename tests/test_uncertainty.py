"""Uncertainties: the reference results of the GUM, JCGM 101 and NIST TN 1900, and mpmath."""

import json
import re
from math import cos, fsum, inf, sin, sqrt

import mpmath
import numpy as np
import pytest

from micrograd_cli.commands.uncertain_values import Stated, is_uncertain, number_or_stated
from micrograd_cli.errors import UsageError
from micrograd_cli.estimation import second_order
from micrograd_cli.estimation.cautions import cautions
from micrograd_cli.estimation.monte_carlo import draw, simulate
from micrograd_cli.estimation.propagation import propagate
from micrograd_cli.estimation.quantities import (
    DISTRIBUTIONS,
    Measured,
    NotPositiveError,
    Quantity,
    cholesky,
)
from micrograd_cli.estimation.student_t import coverage_factor
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind
from micrograd_cli.render.uncertainty.notation import round_together, short
from micrograd_cli.render.uncertainty.table import methods


def run_of(text, quantities, **exact):
    return bind(parse(text), {name: q.value for name, q in quantities.items()} | exact)


def estimates(text, quantities, correlations=None, coverage=0.95, **exact):
    measured = Measured(quantities, correlations or {})
    return propagate(run_of(text, quantities, **exact), measured, coverage)


def uniform(value, half_width, dof=inf):
    return Quantity(value, half_width / sqrt(3), dof, "uniform")


def messages(text, quantity):
    measured = Measured({"a": quantity}, {})
    run = run_of(text, {"a": quantity})
    (estimate,) = propagate(run, measured, 0.95)
    found = cautions(run, run.program.outputs[0], measured, estimate)
    return [caution.message for caution in found]


# --- reference results ----------------------------------------------------------------------------

H1 = {
    "ls": Quantity(50_000_623, 25, 18),
    "d0": Quantity(215, 5.8, 24),
    "d1": Quantity(0, 3.9, 5),
    "d2": Quantity(0, 6.7, 8),
    "alpha_s": uniform(11.5e-6, 2e-6),
    "d_alpha": uniform(0, 1e-6, 50),
    "d_theta": uniform(0, 0.05, 2),
    "theta_bar": Quantity(-0.1, 0.2),
    "Delta": Quantity(0, 0.5 / sqrt(2), inf, "arcsine"),
}
H1_MODEL = "ls + d0 + d1 + d2 - ls*(d_alpha*(theta_bar + Delta) + alpha_s*d_theta)"


def test_gum_h1_end_gauge():
    (l,) = estimates(H1_MODEL, H1, coverage=0.99)  # noqa: E741
    assert l.value == 50_000_838
    assert l.u == pytest.approx(31.66388, abs=5e-6)
    assert l.dof == pytest.approx(16.7519, abs=5e-5)
    assert l.expanded == pytest.approx(91.94, abs=5e-3)
    assert l.second_order.u == pytest.approx(33.8065, abs=5e-5)


H2 = {
    "V": Quantity(4.9990, 0.0032, 4),
    "I": Quantity(19.6610e-3, 0.0095e-3, 4),
    "phi": Quantity(1.04446, 0.00075, 4),
}
H2_CORRELATIONS = {("V", "I"): -0.36, ("V", "phi"): 0.86, ("phi", "I"): -0.65}


def test_gum_h2_impedance():
    r, x, z = estimates("V/I*cos(phi)\nV/I*sin(phi)\nV/I", H2, H2_CORRELATIONS)
    for estimate, value, u in [
        (r, 127.7321699, 0.0699787280),
        (x, 219.8465119, 0.2957168268),
        (z, 254.2597019, 0.2366029718),
    ]:
        assert estimate.value == pytest.approx(value, abs=6e-8)
        assert estimate.u == pytest.approx(u, abs=6e-11)
        assert estimate.dof == pytest.approx(4)  # all were observed together
        assert sum(row.share for row in estimate.budget) == pytest.approx(1)
    assert r.correlation[x.name] == pytest.approx(-0.591485, abs=1e-6)
    assert r.correlation[z.name] == pytest.approx(-0.490624, abs=1e-6)
    assert x.correlation[z.name] == pytest.approx(0.992797, abs=1e-6)
    # by hand: gᵀΣg
    i, v, p = (H2[name].value for name in ("I", "V", "phi"))
    g = {"V": cos(p) / i, "I": -v / i**2 * cos(p), "phi": -v / i * sin(p)}
    r_of = Measured(H2, H2_CORRELATIONS).correlation
    by_hand = fsum(g[a] * H2[a].u * r_of(a, b) * g[b] * H2[b].u for a in g for b in g)
    assert r.u == pytest.approx(sqrt(by_hand), rel=1e-12)


def test_the_same_as_gtc():
    """What GTC 1.5.1 (Measurement Standards Laboratory of New Zealand) computes, to 1e-12.

    H.2 with `set_correlation` of its inputs, and `ureal(1.3, 0.2, 5)` … for a model of three inputs
    with degrees of freedom: `x`, `u`, `df` and `component`.
    """
    found = estimates("V/I*cos(phi)\nV/I*sin(phi)\nV/I", H2, H2_CORRELATIONS)
    for estimate, value, u in zip(
        found,
        (127.73216992810208, 219.8465119126384, 254.2597019480189),
        (0.06997872798837172, 0.29571682684612355, 0.23660297183529755),
        strict=True,
    ):
        assert estimate.value == pytest.approx(value, rel=1e-12)
        assert estimate.u == pytest.approx(u, rel=1e-12)
    r, x, z = found
    assert r.correlation[x.name] == pytest.approx(-0.5914846108189988, rel=1e-12)
    assert r.correlation[z.name] == pytest.approx(-0.49062390544062995, rel=1e-12)
    assert x.correlation[z.name] == pytest.approx(0.9927974727222271, rel=1e-12)
    three = {"a": Quantity(1.3, 0.2, 5), "b": Quantity(0.7, 0.1, 12), "c": Quantity(2.1, 0.05, 30)}
    (y,) = estimates("tanh(a*b) + c^a/b - log(c)*sqrt(a)", three)
    assert y.value == pytest.approx(3.6230853148750057, rel=1e-12)
    assert y.u == pytest.approx(0.7370884726367702, rel=1e-12)
    assert y.dof == pytest.approx(12.507346367428614, rel=1e-12)
    parts = [abs(row.contribution) for row in y.budget]
    expected = [0.5582635246337107, 0.4730172372262164, 0.08885914046641727]
    assert sorted(parts, reverse=True) == pytest.approx(expected, rel=1e-12)


T = [21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511]
B = [-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160]


def test_gum_h3_calibration_of_a_thermometer(mgrad, tmp_path):
    """The fit's parameters and covariance, as `mgrad fit` prints them, and a prediction."""
    x = [t - 20 for t in T]
    n, sx, sxx = len(x), fsum(x), fsum(a * a for a in x)
    sy, sxy = fsum(B), fsum(a * b for a, b in zip(x, B, strict=True))
    d = n * sxx - sx**2
    y2 = (n * sxy - sx * sy) / d
    y1 = (sy - y2 * sx) / n
    s2 = fsum((b - y1 - y2 * a) ** 2 for a, b in zip(x, B, strict=True)) / (n - 2)
    u1, u2, r = sqrt(s2 * sxx / d), sqrt(s2 * n / d), -sx / sqrt(n * sxx)
    assert (y1, u1) == pytest.approx((-0.171204, 0.002878), abs=1e-6)
    assert (y2, u2) == pytest.approx((0.0021827, 0.0006679), abs=1e-7)
    assert r == pytest.approx(-0.93043, abs=1e-5)
    fit = {"params": {"y1": y1, "y2": y2}, "stderr": {"y1": u1, "y2": u2}, "dof": n - 2,
           "correlation": {"names": ["y1", "y2"], "matrix": [[1.0, r], [r, 1.0]]}}  # fmt: skip
    (tmp_path / "fit.json").write_text(json.dumps(fit))
    done = mgrad("uncertainty", "y1 + y2*(t - 20)", "--t", "30", "--params", "fit.json",
                 "--format", "json")  # fmt: skip
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["value"] == pytest.approx(-0.1494, abs=5e-5)  # H.3.4
    assert found["u"] == pytest.approx(0.0041, abs=5e-5)
    assert found["dof"] == pytest.approx(9)
    assert json.loads(mgrad("eval", "y1*y2", "--params", "fit.json", "--format", "json").stdout)


def test_the_stefan_boltzmann_constant_of_codata_2010():
    quantities = {
        "h": Quantity(6.62606957e-34, 0.00000029e-34),
        "R": Quantity(8.3144621, 0.0000075),
        "Rinf": Quantity(10973731.568539, 0.000055),
        "Ar": Quantity(5.4857990946e-4, 0.0000000022e-4),
        "alpha": Quantity(7.2973525698e-3, 0.0000000024e-3),
    }
    (sigma,) = estimates("32*pi^5*h*R^4*Rinf^4/(15*Ar^4*Mu^4*c^6*alpha^8)", quantities,
                         Mu=0.001, c=299792458)  # fmt: skip
    assert sigma.value == pytest.approx(5.67037e-8, rel=1e-6)
    assert sigma.u == pytest.approx(2.05e-13, rel=5e-3)


def test_the_step_attenuator_of_ea_4_02():
    shapes = {"Ls": (30.040, 0.009, "normal"), "dLs": (0.003, 0.0025, "uniform"),
              "dLd": (0, 0.0011, "arcsine"), "dLm": (0, 0.020, "arcsine"),
              "dLk": (0, 0.0017, "arcsine"), "dLib": (0, 0.0003, "uniform"),
              "dLia": (0, 0.0019, "uniform"), "dL0b": (0, 0.0020, "normal"),
              "dL0a": (0, 0.0020, "normal")}  # fmt: skip
    quantities = {name: Quantity(x, u, inf, shape) for name, (x, u, shape) in shapes.items()}
    (lx,) = estimates("Ls + dLs + dLd + dLm + dLk + dLib - dLia + dL0b - dL0a", quantities)
    assert lx.value == pytest.approx(30.043)
    assert lx.u == pytest.approx(0.0224, abs=5e-5)


@pytest.mark.parametrize(("shape", "half"), [("normal", 3.92), ("uniform", 3.88)])
def test_jcgm_101_9_2_additive_model(shape, half):
    quantities = {name: Quantity(0, 1, inf, shape) for name in "abcd"}
    measured = Measured(quantities, {})
    (mc,) = simulate(run_of("a + b + c + d", quantities), measured, 1_000_000, 5, 0.95)
    assert mc.u == pytest.approx(2.0, abs=0.006)
    assert mc.symmetric == pytest.approx([-half, half], abs=0.02)
    low, high = mc.interval
    assert high - low <= mc.symmetric[1] - mc.symmetric[0]
    assert high - low == pytest.approx(2 * half, abs=0.03)


# --- Student's t ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dof", [0.1, 0.5, 1, 2, 2.5, 4, 16.7519, 59.5, 1e3, 29_999, 30_001, 1e8])
def test_quantiles_of_t_to_twelve_digits(dof):
    with mpmath.workdps(40):
        for coverage in (0.001, 0.3, 0.5, 0.6827, 0.95, 0.99, 0.9999, 1 - 1e-12):
            k, v = mpmath.mpf(coverage_factor(coverage, dof)), mpmath.mpf(dof)
            outside = mpmath.betainc(v / 2, 0.5, 0, v / (v + k * k), regularized=True)
            scale = mpmath.sqrt(v * mpmath.pi) * mpmath.gammaprod([v / 2], [(v + 1) / 2])
            density = 2 / scale * (1 + k * k / v) ** (-(v + 1) / 2)
            error = (outside - (1 - mpmath.mpf(coverage))) / (density * k)
            assert abs(error) < 1e-12, coverage


def test_quantiles_of_the_normal_distribution():
    for coverage in (0.01, 0.5, 0.95, 0.9973, 1 - 1e-12):
        with mpmath.workdps(40):
            expected = mpmath.sqrt(2) * mpmath.erfinv(mpmath.mpf(coverage))
        assert coverage_factor(coverage) == pytest.approx(float(expected), rel=1e-14)
    for bad in ((0, 3), (1, 3), (0.5, 0), (0.5, -1)):
        with pytest.raises(ValueError, match="coverage"):
            coverage_factor(*bad)


# --- the second order -----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", list(DISTRIBUTIONS))
def test_the_second_order_is_exact_for_a_square(shape):
    excess = DISTRIBUTIONS[shape].excess
    (found,) = estimates("a^2", {"a": Quantity(0, 10, inf, shape)})
    assert (found.value, found.u) == (0, 0)
    assert found.second_order.value == pytest.approx(100)
    assert found.second_order.u == pytest.approx(100 * sqrt(2 + excess))  # E x⁴ - (E x²)²


def test_the_second_order_of_exp_has_the_terms_of_its_series():
    u = 1e-2
    (found,) = estimates("exp(a)", {"a": Quantity(0, u)})
    assert found.second_order.u**2 == pytest.approx(u**2 + 1.5 * u**4, rel=1e-12)
    assert found.second_order.value == pytest.approx(1 + u**2 / 2)


def test_the_second_order_of_a_product_of_correlated_inputs():
    """E xy = ab + ρuv; var xy = … + u²v²(1 + ρ²) for a bivariate normal distribution."""
    a, b, u, v, r = 2.0, 3.0, 0.5, 0.7, 0.6
    (found,) = estimates("a*b", {"a": Quantity(a, u), "b": Quantity(b, v)}, {("a", "b"): r})
    linear = (b * u) ** 2 + (a * v) ** 2 + 2 * a * b * r * u * v
    assert found.u == pytest.approx(sqrt(linear))
    assert found.second_order.value == pytest.approx(a * b + r * u * v)
    assert found.second_order.u**2 == pytest.approx(linear + (u * v) ** 2 * (1 + r * r))


@pytest.mark.parametrize("shape", list(DISTRIBUTIONS))
def test_the_second_order_has_the_third_derivative(shape):
    """x + c·x³ at 0: the terms of u⁴ are 2c·E x⁴."""
    u, c = 0.5, 0.1
    (found,) = estimates(f"a + {c}*a^3", {"a": Quantity(0, u, inf, shape)})
    expected = u**2 + 2 * c * (3 + DISTRIBUTIONS[shape].excess) * u**4
    assert found.second_order.u == pytest.approx(sqrt(expected))


def test_the_second_order_of_three_factors_of_which_two_are_correlated():
    """Of the moments of a normal distribution (Isserlis), all but the sixth order."""
    a, b, c, u, v, w, r = 2.0, 3.0, 5.0, 0.3, 0.4, 0.2, 0.6
    quantities = {"a": Quantity(a, u), "b": Quantity(b, v), "c": Quantity(c, w)}
    (found,) = estimates("a*b*c", quantities, {("a", "b"): r})
    m = r * u * v
    sixth = w**2 * (u**2 * v**2 + 2 * m**2)
    squares = a**2 * b**2 + a**2 * v**2 + b**2 * u**2 + 4 * a * b * m + u**2 * v**2 + 2 * m**2
    variance = (c**2 + w**2) * squares - c**2 * (a * b + m) ** 2 - sixth
    assert found.second_order.u == pytest.approx(sqrt(variance))
    assert found.second_order.value == pytest.approx(c * (a * b + m))


def test_warnings_where_linear_propagation_fails():
    assert "u is 141, not 0" in messages("a^2", Quantity(0, 10))[0]
    assert "the mean is off the value by 100" in messages("a^2", Quantity(0, 10))[1]
    assert "u is 0.637, not 0.5 (+27 %)" in messages("log(a)", Quantity(1, 0.5))[0]
    assert "at a = -1 the output is 1, not -1" in messages("abs(a)", Quantity(1, 2))[0]
    assert "fails" in messages("a^3", Quantity(0, 1))[0]
    assert "outweigh" in messages("sin(a)", Quantity(0, 2))[0]
    assert "u is inf" in messages("sqrt(a)", Quantity(0, 1))[0]
    assert messages("3*a + 1", Quantity(0, 1e9)) == []
    assert messages("sin(a)", Quantity(1, 1e-3)) == []


# --- quantities -----------------------------------------------------------------------------------


def test_cholesky_and_matrices_that_no_quantities_have():
    matrix = [[1, 0.5, -0.2], [0.5, 1, 0.3], [-0.2, 0.3, 1]]
    root = cholesky(matrix)
    for i in range(3):
        for j in range(3):
            product = sum(a * b for a, b in zip(root[i], root[j], strict=True))
            assert product == pytest.approx(matrix[i][j])
    assert cholesky([[1, 1], [1, 1]]) == [[1, 0], [1, 0]]
    for r in ([0.9, 0.9, -0.9], [1, 1, 0.5]):
        with pytest.raises(NotPositiveError):
            cholesky([[1, r[0], r[2]], [r[0], 1, r[1]], [r[2], r[1], 1]])


def test_full_correlation_adds_up_or_cancels():
    quantities = {"a": Quantity(1, 0.1), "b": Quantity(1, 0.1)}
    (found,) = estimates("a + b", quantities, {("a", "b"): 1.0})
    assert found.u == pytest.approx(0.2)
    (found,) = estimates("a - b", quantities, {("b", "a"): 1.0})
    assert found.u == 0


def test_tiny_and_huge_uncertainties():
    for size in (1e-300, 1e300):
        (found,) = estimates("a + b", {"a": Quantity(0, 3 * size, 5), "b": Quantity(0, 4 * size)})
        assert found.u == pytest.approx(5 * size)
        assert found.second_order.u == pytest.approx(5 * size)
        assert found.dof == pytest.approx(5 / (9 / 25) ** 2)


def test_drawn_points_have_their_moments():
    import numpy as np

    quantities = {"n": Quantity(1, 2), "t": Quantity(0, 1, 10), "a": Quantity(0, 1, 20),
                  "b": Quantity(0, 3, 20), "u": Quantity(5, 1, inf, "uniform"),
                  "v": Quantity(5, 1, inf, "triangular"),
                  "w": Quantity(5, 1, inf, "arcsine")}  # fmt: skip
    measured = Measured(quantities, {("a", "b"): -0.7})
    points = draw(measured, np.random.default_rng(1), 400_000)
    for name, q in quantities.items():
        spread = q.u * (1 if q.dof == inf else sqrt(q.dof / (q.dof - 2)))
        assert points[name].mean() == pytest.approx(q.value, abs=0.02)
        assert points[name].std() == pytest.approx(spread, rel=0.01)
        if q.distribution != "normal":
            z = points[name] - q.value
            width = DISTRIBUTIONS[q.distribution].half_width
            assert abs(z).max() == pytest.approx(width, rel=0.01)
            assert abs(z).max() <= width * (1 + 1e-15)
            excess = DISTRIBUTIONS[q.distribution].excess
            assert (z**4).mean() - 3 == pytest.approx(excess, abs=0.02)
    assert np.corrcoef(points["a"], points["b"])[0, 1] == pytest.approx(-0.7, abs=0.01)


def test_the_seed_decides_and_lost_points_are_counted():
    quantities = {"a": Quantity(0, 1)}
    measured = Measured(quantities, {})
    run = run_of("sqrt(a)", quantities)
    first, again, other = (simulate(run, measured, 200_000, seed, 0.9)[0] for seed in (1, 1, 2))
    assert first == again
    assert first.u != other.u
    assert first.lost == pytest.approx(100_000, abs=1000)
    assert sum(first.counts) == pytest.approx(100_000, abs=1500)
    (nothing,) = simulate(run_of("log(-1 - a^2)", quantities), measured, 100, 1, 0.9)
    assert (nothing.lost, nothing.u, nothing.interval) == (100, None, None)


# --- notation -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("2.0±0.1", Stated(2.0, 0.1)),
        ("2.0+/-0.1", Stated(2.0, 0.1)),
        (" 2.0 ± 0.1 ", Stated(2.0, 0.1)),
        ("2.00(10)", Stated(2.0, 0.1)),
        ("19.661(95)e-3", Stated(19.661e-3, 0.095e-3)),
        ("-12.3(1.5)", Stated(-12.3, 1.5)),
        ("50000838(32)", Stated(50000838, 32)),
        ("(2.0±0.1)e-3", Stated(2.0e-3, 0.1e-3)),
        ("-2.0±5%", Stated(-2.0, 0.1)),
        ("pi/4±1e-3", Stated(0.7853981633974483, 1e-3)),
        ("2.0±0.1@95%", Stated(2.0, 0.1, coverage=0.95)),
        ("2.00(10)@0.99", Stated(2.0, 0.1, coverage=0.99)),
        ("2.0±0.1 k=2", Stated(2.0, 0.1, k=2.0)),
        ("2.0±5% k=2", Stated(2.0, 0.1, k=2.0)),
        ("3", 3.0),
        ("2*(3+1)", 8.0),
        ("exp(1)", 2.718281828459045),
    ],
)
def test_the_notation(text, stated):
    assert number_or_stated(text, "--a") == stated
    assert is_uncertain(text) == isinstance(stated, Stated)


@pytest.mark.parametrize("text", ["2±", "±1", "2±1±1", "2±-1", "2±nan", "2±inf", "nan±1", "inf(1)",
                                  "nan", "2±1@", "2±1@0%", "2±1@100%", "2±1 k=0", "2±1 k=nan",
                                  "2±x", "1±2(3)", "a(1)"])  # fmt: skip
def test_what_is_not_in_the_notation(text):
    with pytest.raises(UsageError):
        number_or_stated(text, "--a")


@pytest.mark.parametrize(
    ("value", "u", "text"),
    [
        (0.254259, 0.000199, "0.25426(20)"),
        (2, 0.1, "2.00(10)"),
        (12.345, 1.4567, "12.3(1.5)"),
        (1, 0.0996, "1.00(10)"),
        (1, 0.0994, "1.000(99)"),
        (50000838, 31.66388, "50000838(32)"),
        (123456, 1234, "1.235(12)e5"),
        (5.670373e-8, 2.1e-13, "5.670373(21)e-8"),
        (0.0, 0.5, "0.00(50)"),
        (-9.999, 0.02, "-9.999(20)"),
        (1e-9, 5, "0.0(5.0)"),
        (6.02214e23, 1.5e17, "6.0221400(15)e23"),
    ],
)
def test_rounding_as_the_gum_says(value, u, text):
    written = short(round_together(value, u, 2), None, 2)
    assert written == text
    stated = number_or_stated(written, "--a")
    assert stated.amount == pytest.approx(u, rel=0.06)
    assert stated.value == pytest.approx(value, abs=u / 10)


# --- the command ----------------------------------------------------------------------------------


def test_json(mgrad):
    done = mgrad("uncertainty", "R = V/I", "--V", "4.999±0.0032", "--I", "19.661(95)e-3",
                 "--df", "V=4,I=4", "--corr", "V,I=-0.36", "--mc", "1e4",
                 "--format", "json")  # fmt: skip
    found = json.loads(done.stdout)
    assert list(found) == ["output", "expr", "value", "u", "dof", "coverage", "k", "U", "grad",
                           "budget", "correlation", "second_order", "mc", "warnings"]  # fmt: skip
    assert found["output"] == "R"
    assert found["correlation"] == {"R": 1.0}
    assert found["U"] == found["k"] * found["u"]
    assert list(found["budget"][0]) == ["input", "value", "u", "sensitivity", "contribution",
                                        "share"]  # fmt: skip
    assert found["mc"]["draws"] == 10_000
    assert len(found["mc"]["histogram"]["edges"]) == len(found["mc"]["histogram"]["counts"]) + 1


def test_on_a_terminal_there_are_bars(here, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    words = ["uncertainty", "a*b", "--a", "2±0.1", "--b", "3±0.2", "--mc", "4000"]
    status, text, _ = here(*words, terminal=True)
    assert status == 0
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    bars = {line.split()[1]: line.count("█") for line in plain if line.startswith("│ ")}
    assert bars["a"] == pytest.approx(36 / 64 * bars["b"], abs=1)  # the squares of 0.3 and 0.4
    histogram = [line.split() for line in plain if re.match(r" +[0-9.]+ ", line)]
    found = json.loads(here(*words, "--format", "json")[1])["mc"]["histogram"]
    assert len(histogram) == len(found["counts"])
    middles = np.add(found["edges"][1:], found["edges"][:-1]) / 2
    assert [float(words[0]) for words in histogram] == pytest.approx(list(middles), rel=1e-4)
    longest = max(range(len(histogram)), key=lambda n: len("".join(histogram[n][1:])))
    assert found["counts"][longest] >= 0.98 * max(found["counts"])


def test_shares_and_ends_that_are_no_numbers(here):
    _, text, _ = here(
        "uncertainty", "a*b", "--a", "2±0.1", "--b", "0±0.2", "--notation", "relative"
    )
    assert text.startswith("a*b = 0.00±0.40\n")
    _, text, _ = here("uncertainty", "a", "--a", "1.7e308±0.1e308")
    assert next(line for line in text.splitlines() if "linear" in line).split()[-2] == "inf"
    (estimate,) = estimates("a", {"a": Quantity(2, 0.1)})
    assert [name for name, _ in methods(estimate._replace(second_order=None))] == ["linear"]
    _, text, _ = here("uncertainty", "log(a)", "--a", "-5±0.1", "--mc", "1000", terminal=True)
    assert "█" not in text.rpartition("└")[2]  # no histogram of points that are all nan


def test_expanded_uncertainties_and_half_widths(mgrad):
    def u(*words):
        done = mgrad("uncertainty", "a", *words, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["u"]

    assert u("--a", "1±0.2 k=2") == pytest.approx(0.1)
    assert u("--a", "1±0.2@95%") == pytest.approx(0.2 / 1.959963984540054)
    assert u("--a", "1±0.2@95%", "--df", "a=4") == pytest.approx(0.2 / 2.7764451051977987)
    assert u("--a", "1±0.3", "--dist", "a=uniform") == pytest.approx(0.3 / sqrt(3))
    assert u("--a", "1±0.3", "--dist", "a=triangular") == pytest.approx(0.3 / sqrt(6))
    assert u("--a", "1±0.3", "--dist", "a=arcsine") == pytest.approx(0.3 / sqrt(2))


def test_a_covariance_matrix_in_a_file(mgrad, tmp_path):
    (tmp_path / "c.csv").write_text("V,I\n0.01,-0.003\n-0.003,0.0025\n")
    matrix = {"names": ["V", "I"], "matrix": [[0.01, -0.003], [-0.003, 0.0025]]}
    (tmp_path / "c.json").write_text(json.dumps(matrix))
    for file in ("c.csv", "c.json"):
        done = mgrad("uncertainty", "V/I", "--V", "5", "--I", "2", "--cov", file,
                     "--format", "json")  # fmt: skip
        expected = 0.5**2 * 0.01 + 1.25**2 * 0.0025 + 2 * 0.5 * 1.25 * 0.003
        assert json.loads(done.stdout)["u"] == pytest.approx(sqrt(expected)), done.stderr


@pytest.mark.parametrize("engine", ["rows", "columns"])
def test_map_adds_the_uncertainty(mgrad, tmp_path, engine):
    (tmp_path / "t.csv").write_text("V,u_V,I,u_I\n5,0.1,2,0.05\n4,0.2,2,0\n4,-1,2,0\n")
    done = mgrad("map", "V/I", "t.csv", "--only-results", "--engine", engine, "--to", "jsonl")
    first, second, negative = map(json.loads, done.stdout.splitlines())
    assert first["u_value"] == pytest.approx(sqrt(0.05**2 + (1.25 * 0.05) ** 2))
    assert second["u_value"] == pytest.approx(0.1)
    assert negative["u_value"] is None
    assert "inf or nan" in done.stderr


def test_linear_results_need_no_numpy(bash):
    done = bash("python -X importtime -m micrograd_cli uncertainty 'a*b' --a 2±1 --b 3 --format"
                " json 2>&1 >/dev/null | grep -cE '\\| +(numpy|rich)$'")  # fmt: skip
    assert done.stdout == "0\n"


def test_warnings_of_what_is_drawn_and_of_what_is_too_large(monkeypatch):
    measured = Measured({"a": Quantity(1, 0.4, 2)}, {})
    run = run_of("log(a)", measured.quantities)
    (estimate,) = propagate(run, measured, 0.95)
    (drawn,) = simulate(run, measured, 2000, 0, 0.95)
    output = run.program.outputs[0]
    told = [c.message for c in cautions(run, output, measured, estimate._replace(mc=drawn))]
    assert any(f"{drawn.lost} of 2,000 points gave inf or nan" in each for each in told)
    assert any("the t-distribution of a has no standard deviation" in each for each in told)
    none = drawn._replace(interval=None, symmetric=None)
    assert "confirm" in told[-1]
    assert [c.message for c in cautions(run, output, measured, estimate._replace(mc=none))] == told[
        :-1
    ]
    monkeypatch.setattr(second_order, "LARGEST", 0)
    assert "too large for the second order" in messages("log(a)", Quantity(1, 0.4))[0]


def test_correlated_inputs_of_different_degrees_of_freedom():
    measured = Measured({"a": Quantity(1, 0.1, 3), "b": Quantity(2, 0.2, 8)}, {("a", "b"): 0.5})
    run = run_of("a*b", measured.quantities)
    (estimate,) = propagate(run, measured, 0.95)
    (caution,) = cautions(run, run.program.outputs[0], measured, estimate)
    assert caution.message.endswith("different degrees of freedom: 3, the fewest, is taken")
    assert estimate.dof == 3
