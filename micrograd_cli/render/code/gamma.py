"""The gamma function's family and erfinv, as helpers of the languages that lack them.

They are those of `algebra/special.py` with less care for the last digits.
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_cli.algebra.coefficients import (
    DIGAMMA,
    EULER_MACLAURIN,
    LGAMMA_1,
    LGAMMA_2,
    LGAMMA_3_2,
    STIRLING,
    STIRLING_SLOPE,
)
from micrograd_cli.render.code.c_like import table

TABLES = {
    "LGAMMA_1": LGAMMA_1,
    "LGAMMA_3_2": LGAMMA_3_2,
    "LGAMMA_2": LGAMMA_2,
    "STIRLING": STIRLING,
    "DIGAMMA": DIGAMMA,
    "STIRLING_SLOPE": STIRLING_SLOPE,
    "EULER_MACLAURIN": EULER_MACLAURIN,
}


def arrays(start: str, end: str) -> dict[str, str]:
    """The tables as helpers; `start` has places for the name and the length."""
    return {name: array(start, name, numbers, end) for name, numbers in TABLES.items()}


def array(start: str, name: str, numbers: Sequence[float], end: str) -> str:
    return f"{start.format(name=name, length=len(numbers))}\n{table(numbers)}\n{end}"


PYTHON = {
    **arrays("{name} = (", ")"),
    "polynomial": """
def polynomial(coefficients, x):
    total = 0.0
    for coefficient in reversed(coefficients):
        total = total*x + coefficient
    return total
""",
    "from_integer": """
def from_integer(x):
    return x - round(x) if abs(x) < math.inf else math.nan
""",
    "lgamma": """
def lgamma(x):
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return math.inf
""",
    "digamma": """
def digamma(x):
    if x <= 0:
        rest = from_integer(x)
        if rest == 0:
            return -math.copysign(math.inf, x) if x == 0 else math.nan
        return digamma(-x) - 1/x - math.pi/math.tan(math.pi*rest) if rest == rest else rest
    total = 0.0
    if x < 10:
        while x >= 2.5:
            x -= 1
            total += 1/x
        while x < 1:
            total -= 1/x
            x += 1
        root = (x - 1.4616321449683622) - 9.549995429965697e-17
        return total + root*polynomial(DIGAMMA, x - 1.75)
    return math.log(x) - (0.5 + polynomial(STIRLING_SLOPE, 1/x/x)/x)/x
""",
    "hurwitz": """
def hurwitz(n, x):
    scale, total = math.factorial(int(n)), 0.0
    while x < 12 + n:
        total += scale*power(x, -n - 1)
        x += 1
    term = scale*power(x, -n - 1)
    total += scale/n*power(x, -n) + term/2
    term *= (n + 1)/x
    for k, coefficient in enumerate(EULER_MACLAURIN):
        total += coefficient*term
        term *= (n + 2*k + 2)/x*((n + 2*k + 3)/x)
    return total
""",
    "polygamma": """
def polygamma(n, x):
    if not (0 <= n <= 100 and n == int(n)):
        return math.nan
    if n == 0:
        return digamma(x)
    sign = 1.0 if n % 2 else -1.0
    if x > 0:
        return sign*hurwitz(n, x)
    rest = from_integer(x)
    if rest == 0:
        return math.inf if sign > 0 else -math.copysign(math.inf, x) if x == 0 else math.nan
    above, below = (1.0, sign) if rest > 0 else (sign, 1.0)
    around = above*hurwitz(n, abs(rest)) + below*hurwitz(n, 1 - abs(rest))
    return sign*around - hurwitz(n, 1 - x)
""",
    "erfinv": """
def erfinv(x):
    size = abs(x)
    if not size < 1:
        return math.copysign(math.inf, x) if size == 1 else math.nan
    log = math.log((1 - size)*(1 + size)) if size > 0.5 else math.log1p(-size*size)
    half = 4.330746750799873 + log/2
    y = math.sqrt(-log/0.147/(math.sqrt(half*half - log/0.147) + half))
    for _ in range(3):
        error = math.erf(y) - size if size < 0.5 else (1 - size) - math.erfc(y)
        step = error*0.886226925452758*math.exp(y*y)
        y -= step/(1 + y*step)
    return math.copysign(y, x)
""",
}
C = {
    **arrays("static const double {name}[{length}] = {{", "};"),
    "polynomial": """
static double polynomial(int n, const double *coefficients, double x)
{
    double total = 0.0;
    while (n-- > 0)
        total = total*x + coefficients[n];
    return total;
}
""",
    "digamma": """
static double digamma(double x)
{
    double total = 0.0;
    if (x <= 0.0) {
        const double rest = x - rint(x);
        if (rest == 0.0)
            return x == 0.0 ? -copysign(INFINITY, x) : NAN;
        return digamma(-x) - 1.0/x - PI/tan(PI*rest);
    }
    if (!(x < 10.0))
        return log(x) - (0.5 + polynomial(9, STIRLING_SLOPE, 1.0/x/x)/x)/x;
    for (; x >= 2.5; total += 1.0/x)
        x -= 1.0;
    for (; x < 1.0; x += 1.0)
        total -= 1.0/x;
    x -= 1.4616321449683622;
    return total + (x - 9.549995429965697e-17)*polynomial(26, DIGAMMA, x - 0.2883678550316378);
}
""",
    "hurwitz": """
static double hurwitz(double n, double x)
{
    double scale = 1.0, total = 0.0, term;
    for (double k = 2.0; k <= n; k += 1.0)
        scale *= k;
    for (; x < 12.0 + n; x += 1.0)
        total += scale*pow(x, -n - 1.0);
    term = scale*pow(x, -n - 1.0);
    total += scale/n*pow(x, -n) + term/2.0;
    term *= (n + 1.0)/x;
    for (int k = 0; k < 11; k++) {
        total += EULER_MACLAURIN[k]*term;
        term *= (n + 2.0*k + 2.0)/x*((n + 2.0*k + 3.0)/x);
    }
    return total;
}
""",
    "polygamma": """
static double polygamma(double n, double x)
{
    const double sign = fmod(n, 2.0) == 1.0 ? 1.0 : -1.0, rest = x - rint(x);
    if (!(n >= 0.0 && n <= 100.0 && n == floor(n)))
        return NAN;
    if (n == 0.0)
        return digamma(x);
    if (x > 0.0)
        return sign*hurwitz(n, x);
    if (rest == 0.0)
        return sign > 0.0 ? INFINITY : x == 0.0 ? -copysign(INFINITY, x) : NAN;
    const double near = hurwitz(n, fabs(rest)), far = hurwitz(n, 1.0 - fabs(rest));
    return (rest > 0.0 ? sign*near + far : near + sign*far) - hurwitz(n, 1.0 - x);
}
""",
    "erfinv": """
static double erfinv(double x)
{
    const double size = fabs(x), log_of = log1p(-size*size), half = 4.330746750799873 + log_of/2.0;
    double y = sqrt(-log_of/0.147/(sqrt(half*half - log_of/0.147) + half));
    if (!(size < 1.0))
        return size == 1.0 ? copysign(INFINITY, x) : NAN;
    for (int i = 0; i < 4; i++) {
        const double error = size < 0.5 ? erf(y) - size : (1.0 - size) - erfc(y);
        const double step = error*0.886226925452758*exp(y*y);
        y -= step/(1.0 + y*step);
    }
    return copysign(y, x);
}
""",
}
JAVASCRIPT = {
    **arrays("const {name} = [", "];"),
    "lgamma": """
function lgamma(x) {
  if (x <= 0) {
    const rest = x - Math.round(x);
    if (rest === 0 || x === -Infinity) return Infinity;
    const size = Math.abs(x*Math.sin(Math.PI*rest));
    return x > -1e-17 ? -Math.log(-x) : Math.log(Math.PI/size) - lgamma(-x);
  }
  if (x < 0.3) return x*polynomial(LGAMMA_1, x) - Math.log(x);
  if (x < 0.7) return polynomial(LGAMMA_3_2, x - 0.5) - Math.log(x);
  if (x < 1.3) return (x - 1)*polynomial(LGAMMA_1, x - 1);
  if (x < 1.7) return polynomial(LGAMMA_3_2, x - 1.5);
  if (x < 2.5) return (x - 2)*polynomial(LGAMMA_2, x - 2);
  if (x < 8) return Math.log(x - 1) + lgamma(x - 1);
  return (x - 0.5)*(Math.log(x) - 1) + (0.4189385332046727 + polynomial(STIRLING, 1/x/x)/x);
}
""",
    "digamma": """
function digamma(x) {
  if (x <= 0) {
    const rest = x - Math.round(x);
    if (rest === 0) return x === 0 ? -1/x : NaN;
    return digamma(-x) - 1/x - Math.PI/Math.tan(Math.PI*rest);
  }
  if (!(x < 10)) return Math.log(x) - (0.5 + polynomial(STIRLING_SLOPE, 1/x/x)/x)/x;
  let total = 0;
  for (; x >= 2.5; total += 1/x) x -= 1;
  for (; x < 1; x += 1) total -= 1/x;
  return total + ((x - 1.4616321449683622) - 9.549995429965697e-17)*polynomial(DIGAMMA, x - 1.75);
}
""",
    "hurwitz": """
function hurwitz(n, x) {
  let scale = 1;
  let total = 0;
  for (let k = 2; k <= n; k++) scale *= k;
  for (; x < 12 + n; x += 1) total += scale*Math.pow(x, -n - 1);
  let term = scale*Math.pow(x, -n - 1);
  total += scale/n*Math.pow(x, -n) + term/2;
  term *= (n + 1)/x;
  EULER_MACLAURIN.forEach((coefficient, k) => {
    total += coefficient*term;
    term *= (n + 2*k + 2)/x*((n + 2*k + 3)/x);
  });
  return total;
}
""",
    "polygamma": """
function polygamma(n, x) {
  if (!(n >= 0 && n <= 100 && n === Math.floor(n))) return NaN;
  if (n === 0) return digamma(x);
  const sign = n % 2 === 1 ? 1 : -1;
  if (x > 0) return sign*hurwitz(n, x);
  const rest = x - Math.round(x);
  if (rest === 0) return sign > 0 ? Infinity : x === 0 ? -1/x : NaN;
  const near = hurwitz(n, Math.abs(rest));
  const far = hurwitz(n, 1 - Math.abs(rest));
  return (rest > 0 ? sign*near + far : near + sign*far) - hurwitz(n, 1 - x);
}
""",
    "erfinv": """
function erfinv(x) {
  const size = Math.abs(x);
  if (!(size < 1)) return size === 1 ? x*Infinity : NaN;
  const log = Math.log1p(-size*size);
  const half = 4.330746750799873 + log/2;
  let y = Math.sqrt(-log/0.147/(Math.sqrt(half*half - log/0.147) + half));
  for (let i = 0; i < 4; i++) {
    const error = size < 0.5 ? erf(y) - size : (1 - size) - erfc(y);
    const step = error*0.886226925452758*Math.exp(y*y);
    y -= step/(1 + y*step);
  }
  return x < 0 ? -y : y;
}
""",
}
RUST = {
    **arrays("const {name}: [f64; {length}] = [", "];"),
    "lgamma": """
fn lgamma(x: f64) -> f64 {
    let pi = std::f64::consts::PI;
    if x <= 0.0 {
        let rest = x - x.round();
        if rest == 0.0 || x.is_infinite() {
            return f64::INFINITY;
        }
        let size = if x > -1e-17 { return -(-x).ln() } else { (x*(pi*rest).sin()).abs() };
        return (pi/size).ln() - lgamma(-x);
    }
    if x < 0.3 {
        x*polynomial(&LGAMMA_1, x) - x.ln()
    } else if x < 0.7 {
        polynomial(&LGAMMA_3_2, x - 0.5) - x.ln()
    } else if x < 1.3 {
        (x - 1.0)*polynomial(&LGAMMA_1, x - 1.0)
    } else if x < 1.7 {
        polynomial(&LGAMMA_3_2, x - 1.5)
    } else if x < 2.5 {
        (x - 2.0)*polynomial(&LGAMMA_2, x - 2.0)
    } else if x < 8.0 {
        (x - 1.0).ln() + lgamma(x - 1.0)
    } else {
        (x - 0.5)*(x.ln() - 1.0) + (0.4189385332046727 + polynomial(&STIRLING, 1.0/x/x)/x)
    }
}
""",
    "digamma": """
fn digamma(x: f64) -> f64 {
    let pi = std::f64::consts::PI;
    if x <= 0.0 {
        let rest = x - x.round();
        if rest == 0.0 {
            return if x == 0.0 { -1.0/x } else { f64::NAN };
        }
        return digamma(-x) - 1.0/x - pi/(pi*rest).tan();
    }
    if x >= 10.0 || x.is_nan() {
        return x.ln() - (0.5 + polynomial(&STIRLING_SLOPE, 1.0/x/x)/x)/x;
    }
    let (mut x, mut total) = (x, 0.0);
    while x >= 2.5 {
        x -= 1.0;
        total += 1.0/x;
    }
    while x < 1.0 {
        total -= 1.0/x;
        x += 1.0;
    }
    let root = (x - 1.4616321449683622) - 9.549995429965697e-17;
    total + root*polynomial(&DIGAMMA, x - 1.75)
}
""",
    "hurwitz": """
fn hurwitz(n: f64, x: f64) -> f64 {
    let (mut x, mut total, mut scale) = (x, 0.0, 1.0);
    for k in 2..=(n as i32) {
        scale *= f64::from(k);
    }
    while x < 12.0 + n {
        total += scale*x.powf(-n - 1.0);
        x += 1.0;
    }
    let mut term = scale*x.powf(-n - 1.0);
    total += scale/n*x.powf(-n) + term/2.0;
    term *= (n + 1.0)/x;
    let mut s = n;
    for coefficient in EULER_MACLAURIN {
        total += coefficient*term;
        s += 2.0;
        term *= s/x*((s + 1.0)/x);
    }
    total
}
""",
    "polygamma": """
fn polygamma(n: f64, x: f64) -> f64 {
    if !((0.0..=100.0).contains(&n) && n == n.floor()) {
        return f64::NAN;
    }
    if n == 0.0 {
        return digamma(x);
    }
    let sign = if n % 2.0 == 1.0 { 1.0 } else { -1.0 };
    if x > 0.0 {
        return sign*hurwitz(n, x);
    }
    let rest = x - x.round();
    if rest == 0.0 {
        return if sign > 0.0 { f64::INFINITY } else if x == 0.0 { -1.0/x } else { f64::NAN };
    }
    let (near, far) = (hurwitz(n, rest.abs()), hurwitz(n, 1.0 - rest.abs()));
    let around = if rest > 0.0 { sign*near + far } else { near + sign*far };
    around - hurwitz(n, 1.0 - x)
}
""",
    "erfinv": """
fn erfinv(x: f64) -> f64 {
    let size = x.abs();
    if size >= 1.0 || x.is_nan() {
        return if size == 1.0 { x*f64::INFINITY } else { f64::NAN };
    }
    let log = (-size*size).ln_1p();
    let half = 4.330746750799873 + log/2.0;
    let mut y = (-log/0.147/((half*half - log/0.147).sqrt() + half)).sqrt();
    for _ in 0..4 {
        let error = if size < 0.5 { erf(y) - size } else { (1.0 - size) - erfc(y) };
        let step = error*0.886226925452758*(y*y).exp();
        y -= step/(1.0 + y*step);
    }
    y.copysign(x)
}
""",
}
