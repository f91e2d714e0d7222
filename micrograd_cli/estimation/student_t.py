"""Student's t and the normal distribution: the coverage factor of an interval, to 1e-12."""

from __future__ import annotations

from math import copysign, exp, expm1, inf, isinf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

LARGE = 3e4  # degrees of freedom from which the expansion is good to 1e-15
STEPS = 100
TINY = 1e-300

# Γ(x + 1/2)/Γ(x)·x^(-1/2) in powers of 1/x (DLMF 5.11.13)
GAMMA_RATIO = (1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304,
               39325 / 33554432)  # fmt: skip


def coverage_factor(coverage: float, dof: float = inf) -> float:
    """K for which |t| <= k has the probability `coverage`; normal where dof is inf.

    inf where it is beyond the floats. Raises ValueError unless 0 < coverage < 1 and dof > 0.
    """
    if not (0 < coverage < 1 and dof > 0):
        raise ValueError("the coverage is between 0 and 1, and dof positive")
    if dof > LARGE:
        z = normal_factor(coverage)
        return z if isinf(dof) else expansion(z, dof)
    return solve(coverage, dof)


def normal_factor(coverage: float) -> float:
    """K of the normal distribution, corrected once by its distribution function."""
    from math import erf, erfc

    k = -NormalDist().inv_cdf((1 - coverage) / 2) if coverage > 0.5 else NormalDist().inv_cdf(
        0.5 + coverage / 2
    )  # fmt: skip
    density = sqrt(2 / pi) * exp(-k * k / 2)
    if coverage > 0.5:
        return k + (erfc(k / sqrt(2)) - (1 - coverage)) / density
    return k - (erf(k / sqrt(2)) - coverage) / density


def expansion(z: float, dof: float) -> float:
    """The quantile of t by that of the normal distribution, in powers of 1/dof (A&S 26.7.5)."""
    s = z * z
    terms = (
        (s + 1) / 4,
        ((5 * s + 16) * s + 3) / 96,
        (((3 * s + 19) * s + 17) * s - 15) / 384,
        ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160,
    )
    return z * (1 + sum(term / dof**power for power, term in enumerate(terms, 1)))


def solve(coverage: float, dof: float) -> float:
    """The quantile by Newton's method on logarithms, where the tails are straight lines."""
    outside = 1 - coverage
    far = outside < 0.5  # the smaller of the two probabilities is the one known to all digits
    goal = log(outside if far else coverage)
    low, high, at = -745.0, 709.7, 0.0
    for _ in range(STEPS):  # pragma: no branch: a bound that nothing known reaches
        inside_log, outside_log, slope = probabilities(at, dof)
        error = (outside_log if far else inside_log) - goal
        too_far = error < 0 if far else error > 0
        low, high = (low, at) if too_far else (at, high)
        rate = exp(slope - (outside_log if far else inside_log))
        step = error / copysign(rate, -1 if far else 1) if rate else inf
        previous, at = at, at - step
        if not low < at < high:
            at = (low + high) / 2
        if abs(at - previous) <= 1e-16 * max(1.0, abs(at)):
            break
    return inf if at > 709.6 else exp(at)


def probabilities(s: float, dof: float) -> tuple[float, float, float]:
    """For t = exp(s): the logarithms of P(|t| <= t), of P(|t| > t), and of t·density·2."""
    a, log_ratio = dof / 2, 2 * s - log(dof)  # log of t²/dof
    soft = log_ratio + log1p(exp(-log_ratio)) if log_ratio > 0 else log1p(exp(log_ratio))
    log_far, log_near = -soft, log_ratio - soft  # dof/(dof + t²) and t²/(dof + t²)
    front = log_gamma_ratio(a) - log(pi) / 2 + a * log_far + log_near / 2
    x = exp(log_far)
    if x < (a + 1) / (a + 2.5):
        outside = front - log(a) + log(fraction(a, 0.5, x))
        return log_of_rest(outside), outside, front + log(2)
    inside = front - log(0.5) + log(fraction(0.5, a, exp(log_near)))
    return inside, log_of_rest(inside), front + log(2)


def log_of_rest(x: float) -> float:
    """log(1 - exp(x))."""
    return log(-expm1(x)) if x < -TINY else -inf


def log_gamma_ratio(a: float) -> float:
    """log(Γ(a + 1/2)/Γ(a))."""
    if a < 30:
        return lgamma(a + 0.5) - lgamma(a)
    return log(a) / 2 + log(sum(c / a**power for power, c in enumerate(GAMMA_RATIO)))


def fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or TINY)
    h = d
    for m in range(1, 100_000):  # pragma: no branch: a bound that nothing known reaches
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + numerator * d or TINY)
            c = 1 + numerator / c or TINY
            h *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return h
