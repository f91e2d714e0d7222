"""EXACT: an algebra of mpmath's numbers, on which rows and engine run as they do on floats."""

import math
import operator
from functools import reduce
from types import SimpleNamespace

from mpmath import mp, mpc, mpf

from micrograd_cli.algebra.vocabulary import COMPARE, names
from micrograd_cli.engine import backward, forward
from micrograd_cli.nodes import Constant

LARGE = 2000  # where exp would be no float by far, and mpmath slow


class NoFloat(Exception):
    """A number on the way is complex, or far beyond the floats."""


def within(function):
    """A function of growth like exp's, where it may be asked for."""

    def call(x, *scale):
        if abs(x) > LARGE:
            raise NoFloat
        return function(mpf(x), *scale)

    return call


def power(x, y):
    if x and abs(y * mp.log(abs(x))) > LARGE:
        raise NoFloat
    return mpf(x) ** y


def erfc(x):
    return mp.erfc(x) if abs(x) < 1e3 else 1 - mp.sign(x)


def sigmoid(x, scale=1):
    return scale / (1 + mp.exp(-x))


def normal_cdf(x, scale=1):
    return scale * erfc(-x / mp.sqrt(2)) / 2


def gaussian(x, c, scale=1):
    return scale * mp.exp(-c * x * x)


def hypot(*x):
    return mp.sqrt(sum(mpf(each) ** 2 for each in x))


def total(*x):
    return sum(x, mpf(0))


def logsumexp(*x):
    *rest, top = sorted(x)
    return top + mp.log1p(sum(mp.exp(max(each - top, -3000)) for each in rest))


def relation(name):
    holds = getattr(operator, name)
    return lambda x, y: mpf(bool(holds(x, y)))


def mod(x, y):
    if abs(x) > abs(y) * mpf(10) ** 25:
        raise NoFloat
    return x - y * mp.floor(x / y)


def atan2(y, x):
    if y == 0:  # which 0 decides between π and -π
        raise NoFloat
    return mp.atan2(y, x)


def lgamma(x):
    if x < -1e4 or (x <= 0 and x == mp.floor(x)):
        raise NoFloat
    return mp.log(abs(mp.gamma(x))) if x < 1e3 else mp.loggamma(x)


def polygamma(n, x):
    if n != mp.floor(n) or not 0 <= n <= 100 or abs(x) > 1e4:
        raise NoFloat
    return mp.polygamma(int(n), x)


def erfinv(x):
    if abs(x) >= 1:
        raise NoFloat
    y = mp.erfinv(x)
    return y - (mp.erf(y) - x) * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)


def deviations(*x):
    mean = total(*x) / len(x)
    return [each - mean for each in x]


SAME = "log log1p sqrt sin cos tan asin acos atan asinh acosh atanh tanh sign floor ceil"
GROWING = {
    **{name: getattr(mp, name) for name in ("exp", "expm1", "sinh", "cosh", "erf")},
    "exp2": lambda x: mpf(2) ** x,
    "erfc": erfc,
    "sigmoid": sigmoid,
    "normal_cdf": normal_cdf,
    "gaussian": gaussian,
    "sech_squared": lambda x: mp.sech(x) ** 2,
    "silu_slope": lambda x: sigmoid(x) * (1 + x * sigmoid(-x)),
    "gelu_slope": lambda x: normal_cdf(x) + gaussian(x, mpf(1) / 2, x) / mp.sqrt(2 * mp.pi),
}
EXACT = SimpleNamespace(
    **{name: getattr(mp, name) for name in SAME.split()},
    **{name: within(function) for name, function in GROWING.items()},
    **{name: relation(name) for name in names(COMPARE)},
    log2=lambda x: mp.log(x) / mp.ln2,
    log10=lambda x: mp.log(x) / mp.ln10,
    cbrt=lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    pow=power,
    atan2=atan2,
    hypot=hypot,
    sum=total,
    mean=lambda *x: total(*x) / len(x),
    prod=lambda *x: reduce(operator.mul, x, mpf(1)),
    deviations=deviations,
    lgamma=lgamma,
    digamma=lambda x: polygamma(0, x),
    polygamma=polygamma,
    erfinv=erfinv,
    erfinv_slope=lambda y, x: mp.sqrt(mp.pi) / 2 * mp.exp(y * y),
    logsumexp=logsumexp,
    exp_difference=lambda x, y: mp.exp(max(x - y, -3000)),
    power_slope=lambda x, y, z: y * z / x if x else y * mpf(x) ** (y - 1),
    over_square=lambda x, y, z: z / y,
    over_norm=lambda each, n, *x: each / hypot(*x) ** n,
    mod=mod,
    mod_slope=lambda x, y, z: -mp.floor(x / y),
    round=mp.nint,
    trunc=lambda x: mp.sign(x) * mp.floor(abs(x)),
    abs=abs,
    min=lambda *x: min(x),
    max=lambda *x: max(x),
    where=lambda condition, chosen, otherwise: chosen if condition else otherwise,
    detach=lambda x: x,
    number=mpf,
    ratio=lambda top, bottom: mpf(top) / bottom,
    pi=+mp.pi,
    nothing=None,
    retry=lambda rule, *x: rule(EXACT, *x),
)


class Checked(list):
    """Numbers by index, which must be finite and within what floats can hold."""

    def __setitem__(self, index, x):
        if isinstance(x, mpc) or not mp.isfinite(x) or abs(x) > 1e308 or (x and abs(x) < 1e-300):
            raise NoFloat
        list.__setitem__(self, index, x)


def exactly(program, numbers):
    """The value and the gradients of a program whose numbers are the floats that they are.

    Raises NoFloat, and what mpmath raises, where they are not defined.
    """
    values = Checked([None] * len(program.nodes))
    for node in program.nodes:
        if isinstance(node, Constant):
            list.__setitem__(values, node.index, mpf(node.number))
    for name, leaf in program.inputs.items():
        list.__setitem__(values, leaf.index, mpf(numbers[name]))
    forward(program.order, values, EXACT)
    root = program.outputs[0].node
    grads = backward(program.order_to(root), values, root, mpf(1), EXACT)
    found = {name: grads[leaf.index] for name, leaf in program.inputs.items()}
    if any(isinstance(grad, mpc) or 0 < abs(grad or 0) < 1e-300 for grad in found.values()):
        raise NoFloat
    return values[root.index], {name: grad or mpf(0) for name, grad in found.items()}


def wrong_share(x, exact):
    """Which share of a float is wrong, 1 at most; below 1e-80 an exact number may be 0 itself."""
    if x == exact or (x == 0 and abs(exact) < mpf(10) ** -80):
        return 0.0
    return float(min(1, abs((mpf(x) - exact) / exact))) if exact else 1.0


def right(x, exact):
    """How many of 16 digits of a float are right."""
    share = wrong_share(x, exact)
    return min(16.0, -math.log10(share)) if share else 16.0
