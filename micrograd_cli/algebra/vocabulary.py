"""What an algebra must supply: the primitives that the rules of `ops.py` are written in.

A rule has an algebra `m` and numbers of it. The numbers have Python's operators; `m` has, by these
names, the functions here, and besides them `pi`, `nothing` (no gradient flows) and `retry`.
"""

from __future__ import annotations

from typing import NamedTuple

OPERATOR, SMOOTH, STEP, COMPARE, CHOOSE, LITERAL = (
    "operator",  # a Python operator of the numbers themselves
    "smooth",  # a function with a derivative wherever it is defined
    "step",  # constant between jumps
    "compare",  # 1 or 0
    "choose",  # one of its arguments, up to the sign
    "literal",  # a number that is written in a rule
)


class Primitive(NamedTuple):
    """A primitive; `arity` None is any number of arguments, `symbol` the operator that it is."""

    name: str
    arity: int | None
    kind: str
    symbol: str = ""


def functions(names: str, arity: int | None, kind: str) -> list[Primitive]:
    """Primitives of one arity and kind."""
    return [Primitive(name, arity, kind) for name in names.split()]


INFIX = {"add": "+", "sub": "-", "mul": "*", "truediv": "/"}
COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
ALL = (
    *[Primitive(name, 2, OPERATOR, symbol) for name, symbol in INFIX.items()],
    Primitive("neg", 1, OPERATOR, "-"),
    *functions("exp exp2 expm1 log log2 log10 log1p sqrt cbrt", 1, SMOOTH),
    *functions("sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh", 1, SMOOTH),
    *functions("erf erfc erfinv lgamma digamma sech_squared detach", 1, SMOOTH),
    *functions("pow atan2 polygamma", 2, SMOOTH),
    *functions("hypot sum mean prod logsumexp", None, SMOOTH),
    Primitive("deviations", None, SMOOTH),  # a list: how far each is from the mean of all
    # each takes a scale at the end, which enters before digits underflow:
    # sigmoid(x), gaussian(x, c) = exp(-c·x²), normal_cdf(x)
    *functions("sigmoid gaussian normal_cdf", None, SMOOTH),
    # parts of derivatives, whose plain formulas would lose digits: see accurate.py
    *functions("silu_slope gelu_slope", 1, SMOOTH),
    *functions("exp_difference", 2, SMOOTH),  # (x, y): exp(x - y)
    Primitive("erfinv_slope", 2, SMOOTH),  # of y = erfinv(x) and x, the derivative of y
    # (x, y, x^y): y·x^(y - 1), and (x, y, x/y): x/y²
    *functions("power_slope over_square", 3, SMOOTH),
    *functions("over_norm", None, SMOOTH),  # (each, n, *x): each/|x|^n
    *functions("sign floor ceil round trunc", 1, STEP),
    Primitive("mod", 2, STEP, "%"),  # what jumps is the quotient
    Primitive("mod_slope", 3, STEP),  # (x, y, x % y): -floor(x/y)
    *[Primitive(name, 2, COMPARE, symbol) for name, symbol in COMPARISONS.items()],
    *functions("abs", 1, CHOOSE),
    *functions("where", 3, CHOOSE),
    *functions("min max", None, CHOOSE),
    Primitive("number", 1, LITERAL),  # of a decimal text: "0.01"
    Primitive("ratio", 2, LITERAL),  # of two integers
)
PRIMITIVES: dict[str, Primitive] = {primitive.name: primitive for primitive in ALL}


def names(*kinds: str) -> tuple[str, ...]:
    """The primitives of these kinds."""
    return tuple(each.name for each in ALL if each.kind in kinds)
