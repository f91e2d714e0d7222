"""FLOAT: the algebra of Python floats, by IEEE 754 rules.

A rule first runs on plain floats and the functions of `math`, which is fast and nearly always
enough. Where Python raises instead of giving IEEE's answer (`1/0`, `log(0)`, `exp(1000)`), the
engine runs the same rule again through `FLOAT.retry`: on `Ieee` numbers, which never raise.
"""

import math
from collections.abc import Callable
from functools import reduce
from operator import add, mod, truediv
from types import SimpleNamespace
from typing import Any

from micrograd_cli.algebra import accurate, reductions, special
from micrograd_cli.algebra.accurate import power
from micrograd_cli.algebra.vocabulary import PRIMITIVES

inf, nan = math.inf, math.nan


def where(condition: float, chosen: Any, otherwise: Any) -> Any:
    return chosen if condition else otherwise


def sign(x: float) -> float:
    return 1.0 if x > 0 else -1.0 if x < 0 else x + 0.0


def pick(best: Callable[..., float]) -> Callable[..., float]:
    """`min` or `max` that gives nan where an argument is nan, as IEEE's minimum and maximum do."""

    def choose(*x: float) -> float:
        for each in x:
            if each != each:
                return nan
        return best(x)

    return choose


def rounding(to_integer: Callable[[float], int]) -> Callable[[float], float]:
    """A float from an integer-valued function; the sign survives, so that ceil(-0.5) is -0.0."""
    return lambda x: math.copysign(float(to_integer(x)), x)


def log(x: float) -> float:
    """The logarithm, which never raises: x^2 asks for that of x in its gradient, whatever x is."""
    return math.log(x) if x > 0 else -inf if x == 0 else nan


def remainder(x: float, y: float) -> float:
    return nan if y == 0 else x % y


def divide(x: float, y: float) -> float:
    if y == 0:
        return nan if x == 0 or x != x else math.copysign(inf, x) * math.copysign(1.0, y)
    return x / y


PLAIN: dict[str, Callable[..., Any]] = {
    **{name: getattr(math, name) for name in PRIMITIVES if hasattr(math, name)},
    **{
        name: getattr(home, name)
        for home in (accurate, reductions, special)
        for name in PRIMITIVES
        if hasattr(home, name)
    },
    "log": log,
    "abs": abs,
    "floor": rounding(math.floor),
    "ceil": rounding(math.ceil),
    "trunc": rounding(math.trunc),
    "round": rounding(round),
    "min": pick(min),
    "max": pick(max),
    "sum": lambda *x: reduce(add, x),  # sum() compensates from Python 3.12 on, for floats alone
    "sign": sign,
    "where": where,
    "detach": lambda x: x,
    "lt": lambda x, y: 1.0 if x < y else 0.0,
    "le": lambda x, y: 1.0 if x <= y else 0.0,
    "gt": lambda x, y: 1.0 if x > y else 0.0,
    "ge": lambda x, y: 1.0 if x >= y else 0.0,
    "eq": lambda x, y: 1.0 if x == y else 0.0,
    "ne": lambda x, y: 1.0 if x != y else 0.0,
    "mod": mod,
    "number": float,
    "ratio": truediv,
}

# Where `math` raises ValueError: the argument and IEEE's answer there; everywhere else it is nan.
POLES = {"log2": (0.0, -inf), "log10": (0.0, -inf), "log1p": (-1.0, -inf)}


def quiet(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` on Ieee numbers: IEEE's answer where `math` raises."""

    def call(*x: Any) -> Any:
        try:
            result = function(*x)
        except OverflowError:
            result = inf if name == "cosh" else math.copysign(inf, x[0])
        except ValueError:
            pole, limit = POLES.get(name, (nan, nan))
            result = limit if x[0] == pole else nan
            if name == "atanh" and abs(x[0]) == 1:
                result = math.copysign(inf, x[0])
        return Ieee(result) if isinstance(result, int | float) else result

    return call


class Ieee(float):
    """A float whose operators give inf and nan where Python's raise."""

    __slots__ = ()


OPERATORS: dict[str, Callable[[float, float], float]] = {
    "add": float.__add__,
    "sub": float.__sub__,
    "mul": float.__mul__,
    "truediv": divide,
    "mod": remainder,
    "pow": power,
}


def install(name: str, operator: Callable[[float, float], float]) -> None:
    def forward(self: float, other: float) -> Ieee:
        return Ieee(operator(float(self), float(other)))

    def reflected(self: float, other: float) -> Ieee:
        return Ieee(operator(float(other), float(self)))

    setattr(Ieee, f"__{name}__", forward)
    setattr(Ieee, f"__r{name}__", reflected)


for _name, _operator in OPERATORS.items():
    install(_name, _operator)
for _name, _function in (("neg", float.__neg__), ("abs", float.__abs__)):
    setattr(Ieee, f"__{_name}__", lambda self, function=_function: Ieee(function(self)))

EDGES = {"pow": power, "mod": remainder, "ratio": divide}  # with IEEE's results where PLAIN raises
IEEE = SimpleNamespace(
    **{name: quiet(name, function) for name, function in (PLAIN | EDGES).items()},
    pi=math.pi,
    nothing=None,
)


def safely(name: str) -> Callable[..., float]:
    """A primitive of floats, with IEEE's answers where it raises."""
    plain, quiet = PLAIN[name], getattr(IEEE, name)

    def function(*x: float) -> float:
        try:
            return float(plain(*x))
        except (ArithmeticError, ValueError):
            return float(quiet(*map(Ieee, x)))

    return function


def retry(rule: Callable[..., Any], *x: float) -> Any:
    """The rule once more on Ieee numbers; the result as plain floats (a tuple for partials)."""
    result = rule(IEEE, *map(Ieee, x))
    if isinstance(result, tuple):
        return tuple(None if each is None else float(each) for each in result)
    return float(result)


FLOAT = SimpleNamespace(**PLAIN, pi=math.pi, nothing=None, retry=retry)
