"""Certain digits of formulas of many fields, at points from tiny to huge, against mpmath."""

import random

import pytest
from mpmath import mp, mpf
from test_certain import NoReferenceError, agrees, reference

from micrograd_cli.analysis.sampling import Range
from micrograd_cli.language.reading import parse
from micrograd_cli.numbers import UNDECIDED, Written

pytest.importorskip("flint")

from micrograd_cli.analysis.certain import Wanted, certain_reports
from micrograd_cli.analysis.enclosure import enclosures

FORMULAS = [
    line.strip()
    for line in """
    (-b + sqrt(b^2 - 4*a*c))/(2*a)
    where(b > 0, 2*c/(-b - sqrt(b^2 - 4*a*c)), (-b + sqrt(b^2 - 4*a*c))/(2*a))
    1/(x + 1) - 2/x + 1/(x - 1)
    log(1 - x)/log(1 + x)
    (x - sin(x))/(x - tan(x))
    hypot(x, y) - abs(x)
    1/sqrt(1 - v^2/k^2) - 1
    (u + v)/(1 + u*v/c^2)
    p = (a + b + c)/2; sqrt(p*(p - a)*(p - b)*(p - c))
    acos((a^2 + b^2 - c^2)/(2*a*b))
    2*R*asin(sqrt(sin((p2 - p1)/2)^2 + cos(p1)*cos(p2)*sin((l2 - l1)/2)^2))
    where(abs(d) < abs(c), (a + b*(d/c))/(c + d*(d/c)), (a*(c/d) + b)/(c*(c/d) + d))
    x^7 - 7*x^6 + 21*x^5 - 35*x^4 + 35*x^3 - 21*x^2 + 7*x - 1
    -y*log(sigmoid(x)) - (1 - y)*log(1 - sigmoid(x))
    log(exp(-(x - m)^2/(2*s^2))/(s*sqrt(2*pi)))
    exp(lgamma(a + b) - lgamma(a) - lgamma(b))*x^(a - 1)*(1 - x)^(b - 1)
    exp(k*log(x) - x - lgamma(k + 1))
    k/l*(x/l)^(k - 1)*exp(-(x/l)^k)
    p*log(p/q) + (1 - p)*log((1 - p)/(1 - q))
    (s1^2/n1 + s2^2/n2)^2/((s1^2/n1)^2/(n1 - 1) + (s2^2/n2)^2/(n2 - 1))
    (x^2 + y^2 + z^2)/3 - ((x + y + z)/3)^2
    std(x, y, z)/mean(x, y, z)
    d = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T)); S*normcdf(d) - K*exp(-r*T)*normcdf(d - s*sqrt(T))
    100*((1 + i/n)^n - 1)/(i/n)
    P*(1 - (1 + r)^-n)/r
    R*T/(V - b) - a/(sqrt(T)*V*(V + b))
    4*g*((s/r)^12 - (s/r)^6)
    2*h*f^3/c^2/(exp(h*f/(k*T)) - 1)
    1/(exp((E - m)/(k*T)) + 1)
    1/tanh(x) - 1/x
    (3/x^2 - 1)*sin(x)/x - 3*cos(x)/x^2
    Vm*S^n/(K^n + S^n)
    r*x*(1 - x/K) - h*x^2/(a^2 + x^2)
    f(t) = 3.9*t*(1 - t); iterate(f, x, 25)
    f(t) = 0.5*(t + a/t); iterate(f, a, 8) - sqrt(a)
    (a + b)/2 - sqrt(a*b)
    exp(-z*w*t)*cos(w*sqrt(1 - z^2)*t)
    where(abs(x) < 1e-4, 1 - x^2/6, sin(x)/x)
    (n - 1)*(1/R1 - 1/R2 + (n - 1)*d/(n*R1*R2))
    x*tan(t) - g*x^2/(2*v^2*cos(t)^2)
    ((T1 - T3) - (T2 - T4))/log((T1 - T3)/(T2 - T4))
    (1 + (g - 1)/2*M^2)^(g/(g - 1))
    (s1 + s2)/2 - hypot((s1 - s2)/2, t)
    x*exp(x^2)*erfc(x)
    exp(-x^2/2)/sqrt(2*pi)/normcdf(-x)
    digamma(x) - log(x)
    (1 + 1/n)^n
    x^(-17)*y^23
    (1 + 1e-300)^x - 1
    x^1000 - 1
    min(x, y, z) + max(x, y, z)
    where(x > y and y > z, x - z, where(x < y or z < x, y, z))
    where(x != y, (exp(x) - exp(y))/(x - y), exp(x))
    abs(x - y)/(abs(x) + abs(y))
    where(abs(x) <= d, 0.5*x^2, d*(abs(x) - 0.5*d))
    x - logsumexp(x, y, z)
    acos((x*a + y*b)/(hypot(x, y)*hypot(a, b)))
    333.75*y^6 + x^2*(11*x^2*y^2 - y^6 - 121*y^4 - 2) + 5.5*y^8 + x/(2*y)
    20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)
    (sin(x + h) - sin(x - h))/(2*h) - cos(x)
    1 - exp(-x)*(1 + x + x^2/2 + x^3/6)
    tanh(a*x + b)*tanh(c*tanh(a*x + b) + d)
    """.splitlines()
    if line.strip()
]


def drawn(rng, names):
    """Numbers as they are typed: mild ones, of any size, nearly equal ones, special ones."""
    yield {name: repr(round(10 ** rng.uniform(-1.5, 1.5), 3)) for name in names}
    yield {name: repr(rng.choice([-1, 1, 1]) * 10 ** rng.uniform(-100, 100)) for name in names}
    base = 10 ** rng.uniform(-3, 3)
    yield {name: repr(base * (1 + rng.choice([0, 1e-15, 1e-10, -1e-5]))) for name in names}
    yield {name: rng.choice("0 1 -1 0.5 2 1e-20 1e16 0.1 -0.1 10".split()) for name in names}


def trusted(text, numbers):
    """The value and the gradients in mpmath, None where more digits give another."""
    found = []
    for digits in (400, 600):
        with mp.workdps(digits):
            value, grad = reference(text, numbers)
            found.append([value, *grad.values()])
    with mp.workdps(600):
        return [b if abs(a - b) <= abs(b) * mpf(10) ** -60 else None
                for a, b in zip(*found, strict=True)]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_digits_of_formulas(text):
    rng = random.Random(text)
    program = parse(text)
    for numbers in drawn(rng, program.inputs):
        written = {name: Written(float(x), x) for name, x in numbers.items()}
        short, long = [
            next(certain_reports(program, written, None, "inputs", Wanted(digits, 6000)))
            for digits in (17, 50)
        ]
        short, long = [[report.value, *report.grad.values()] for report in (short, long)]
        for a, b in zip(short, long, strict=True):
            with mp.workdps(60):
                assert UNDECIDED in (a, b) or a == b or agrees(a, mpf(b), 17), (numbers, a, b)
        try:
            true = trusted(text, numbers)
        except (NoReferenceError, ZeroDivisionError, ValueError, OverflowError):
            continue
        for got, exact in zip(long, true, strict=True):
            if got == UNDECIDED:
                assert exact is None or abs(exact) < mpf(10) ** -200, (numbers, exact)
            elif exact is not None and (exact or got != "0"):
                assert agrees(got, exact, 50), (numbers, got, exact)


@pytest.mark.parametrize("text", FORMULAS[1::5])
def test_enclosures_of_formulas_hold_what_is_taken(text):
    rng = random.Random(text)
    program = parse(text)
    middle = next(drawn(rng, program.inputs))
    given = {name: float(x) for name, x in middle.items()}
    for name in list(given)[:2]:
        given[name] = Range(given[name], given[name] * rng.choice([1.01, 1.5]))
    (found,) = enclosures(program, given, None, 0.05)
    intervals = [found.value, *found.grad.values()]
    for _ in range(10):
        x = {name: each.draw(rng) if isinstance(each, Range) else each
             for name, each in given.items()}  # fmt: skip
        try:
            with mp.workdps(100):
                value, grad = reference(text, x)
        except (NoReferenceError, ZeroDivisionError, ValueError, OverflowError):
            continue
        for (lo, hi), true in zip(intervals, [value, *grad.values()], strict=True):
            slack = abs(true) * mpf(10) ** -50
            assert lo - slack <= true <= hi + slack, (text, x)
