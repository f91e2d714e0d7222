"""The table of operations: every operation of the language is one row.

A row's `value(m, *x)` and `partials(m, y, *x)` are written against an algebra `m` (see `algebra/`),
where `y` is the value at `x`. They never branch with `if` on their numbers: piecewise rules use
`m.where`. A partial may be `m.nothing`, "no gradient flows here": where the operation does not
depend on that argument near the point. It is not the number 0, whose product with inf is nan.

The conventions where no derivative exists are PyTorch's ("Autograd mechanics: gradients for
non-differentiable functions"): the subgradient of least norm where the function is convex.
"""

from collections.abc import Callable
from functools import cache
from math import inf
from typing import Any, NamedTuple

Rule = Callable[..., Any]


FEW = 8  # arguments of std, whose second derivatives are then free of cancellation


class Kink(NamedTuple):
    """A point without a derivative: where it is, what is taken there, which partial it concerns."""

    at: Rule  # (m, *x) -> 1 or 0
    point: str
    taken: str
    argument: int | None = None  # None: any of them


class Parameters(NamedTuple):
    """The parameters of an operation, parsed: their names, and how many arguments they take."""

    names: tuple[str, ...]
    least: int
    most: float


@cache
def parsed_parameters(text: str) -> Parameters:
    """From `x, [base]` or `x, ...`: an optional parameter, any number of arguments."""
    words = text.split(", ")
    required = sum(not word.startswith("[") and word != "..." for word in words)
    names = tuple(word.strip("[]") for word in words if word != "...")
    return Parameters(names, required, inf if "..." in words else len(words))


class Op(NamedTuple):
    """One operation. `parameters` gives signature and arity: `[x]` optional, `...` any number.

    What other rooms ask of an operation (printers, simplification, warnings) are facts of its row,
    the last fields: none of them keeps a list of names.
    """

    name: str
    value: Rule
    partials: Rule
    help: str = ""
    example: str = ""
    near: tuple[float, ...] = ()  # a point inside the domain, away from kinks
    parameters: str = "x"
    domain: tuple[float, float] = (-inf, inf)  # of x, ends included; nan outside
    kinks: tuple[Kink, ...] = ()
    aliases: tuple[str, ...] = ()
    precedence: int = 0  # of an infix or prefix operator; 0 for a function
    spaced: bool = False  # an infix operator is written with blanks around it
    result: str = "number"  # or "truth" (1 or 0), or "step" (constant between jumps)
    conditions: tuple[int, ...] = ()  # the arguments that are read as truth values
    lower_bound: float = -inf  # the value is never less, or nan
    vanishes: bool = False  # it is 0 on whole intervals, not only at points
    additive: bool = False  # a sum of its arguments, up to signs and a scale
    centred: bool = False  # by how far its arguments are from their mean
    arithmetic: bool = False  # on numbers a person works it out, if an integer comes out
    returns_operand: bool = False  # the value may be one of the arguments, unchanged
    blocks_gradient: bool = False  # the value passes, the gradient does not
    quotient: tuple[str, str] | None = None  # of which two functions it is the quotient
    increasing: bool = False  # in every argument, its rounding too: least where they are least
    written_out: bool = False  # its rule is as short to read as its name
    mirrored: str = ""  # the comparison that says the same of y and x
    winner: str = ""  # which comparison with the others holds of an argument that is the value
    symbols: tuple[str, ...] = ()  # other characters for it, as on paper
    # (m, i, y, *x): the derivatives of partial i, where differentiating its rule loses digits
    curvature: Rule | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return operation, (self.name,)  # rows are copied and pickled by name: there is one of each

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters; `...` is none."""
        return parsed_parameters(self.parameters).names

    @property
    def arity(self) -> tuple[int, float]:
        """The least and the greatest number of arguments."""
        return parsed_parameters(self.parameters)[1:]

    @property
    def variadic(self) -> bool:
        """Whether it takes any number of arguments."""
        return self.arity[1] == inf

    @property
    def signature(self) -> str:
        """How the operation is written: `atan2(y, x)`, `x + y`, `-x`."""
        if not self.precedence:
            return f"{self.name}({self.parameters})"
        symbol = "-" if self.name == "neg" else self.name
        if len(self.names) > 1:
            return f" {symbol} ".join(self.names)
        return f"{symbol}{self.names[0]}" if symbol == "-" else f"{symbol} {self.names[0]}"


def flat(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    """The partials of an operation that is constant between its jumps."""
    return (m.nothing,) * len(x)


def integers(m: Any, x: Any) -> Any:
    return m.eq(x, m.floor(x))


def ties(m: Any, *x: Any) -> Any:
    greatest = m.max(*x)
    return m.gt(m.sum(*[m.eq(each, greatest) for each in x]), 1)


def shared(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    """The partials of min and max: the winners share the gradient."""
    wins = [m.eq(each, y) for each in x]
    share = 1 / m.sum(*wins)
    return tuple(m.where(win, share, m.nothing) for win in wins)


def dot(m: Any, *x: Any) -> Any:
    half = len(x) // 2
    return m.sum(*[a * b for a, b in zip(x[:half], x[half:], strict=True)])


def dot_partials(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    half = len(x) // 2
    return x[half:] + x[:half]


def softmax(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    """The partials of logsumexp: exp(xᵢ - shift) over their sum, so that none overflows.

    The shift is detached because the result does not depend on it, and 0 where it is not finite.
    """
    top = m.detach(m.max(*x))
    shift = m.where(m.lt(m.abs(top), inf), top, 0)
    e = [m.exp_difference(each, shift) for each in x]
    total = m.sum(*e)
    return tuple(ei / total for ei in e)


def clamp_partials(m: Any, y: Any, x: Any, lo: Any, hi: Any) -> tuple[Any, ...]:
    below, above = m.lt(x, lo), m.gt(m.max(x, lo), hi)
    return (
        m.where(above, m.nothing, m.where(below, m.nothing, 1)),
        m.where(above, m.nothing, m.where(below, 1, m.nothing)),
        m.where(above, 1, m.nothing),
    )


def hypot_partials(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    return tuple(m.where(m.eq(y, 0), 0, m.over_norm(each, 1, *x)) for each in x)


def atan2_partials(m: Any, z: Any, y: Any, x: Any) -> tuple[Any, ...]:
    at_origin = m.eq(m.hypot(y, x), 0)
    return tuple(m.where(at_origin, 0, m.over_norm(each, 2, y, x)) for each in (x, -y))


def hypot_curvature(m: Any, i: int, y: Any, *x: Any) -> tuple[Any, ...]:
    """Of xᵢ/y: by xᵢ the square of the others' norm over y³, without 1 - (xᵢ/y)²."""
    share = m.over_norm(x[i], 1, *x)
    rest = m.over_norm(m.hypot(0, *x[:i], *x[i + 1 :]), 1, *x)
    by = [-share * m.over_norm(each, 2, *x) for each in x]
    by[i] = rest * (rest / y)
    return tuple(m.where(m.eq(y, 0), 0, each) for each in by)


def atan2_curvature(m: Any, i: int, z: Any, y: Any, x: Any) -> tuple[Any, ...]:
    a, b, less, more = (m.over_norm(each, 2, y, x) for each in (y, x, y - x, y + x))
    twice, mixed = 2 * a * b, less * more  # (y² - x²) by factors
    by = (mixed, twice) if i else (-twice, mixed)
    return tuple(m.where(m.eq(m.hypot(y, x), 0), 0, each) for each in by)


def softmax_curvature(m: Any, i: int, y: Any, *x: Any) -> tuple[Any, ...]:
    """By xᵢ its weight times the sum of the others', not 1 - weight."""
    weights = softmax(m, y, *x)
    by = [-weights[i] * each for each in weights]
    by[i] = weights[i] * m.sum(0, *weights[:i], *weights[i + 1 :])
    return tuple(by)


def asin_curvature(m: Any, i: int, y: Any, x: Any) -> tuple[Any, ...]:
    square = (1 - x) * (1 + x)
    return (x / square / m.sqrt(square),)


def log_partials(m: Any, y: Any, x: Any, *base: Any) -> tuple[Any, ...]:
    if not base:
        return (1 / x,)
    log = m.log(base[0])
    return 1 / log / x, -y / log / base[0]  # x*log underflows, 1/x overflows


def others_products(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    """The partials of prod: by each argument the product of the others, without a division."""
    return tuple(m.prod(1, *x[:i], *x[i + 1 :]) for i in range(len(x)))


def variance(m: Any, *x: Any) -> Any:
    return m.sum(*[each * each for each in m.deviations(*x)]) / len(x)


def variance_partials(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    return tuple(m.ratio(2, len(x)) * each for each in m.deviations(*x))


def deviation(m: Any, *x: Any) -> Any:
    return m.hypot(*m.deviations(*x)) / m.sqrt(len(x))


def deviation_partials(m: Any, y: Any, *x: Any) -> tuple[Any, ...]:
    return tuple(m.where(m.eq(y, 0), 0, each / y / len(x)) for each in m.deviations(*x))


def deviation_curvature(m: Any, i: int, y: Any, *x: Any) -> tuple[Any, ...]:
    """Of dᵢ/(n·y): the projection P of eᵢ off (1, …, 1) and d, over n·y.

    1 - 1/n - dᵢ²/Σd² would cancel. As Gram determinants Pᵢᵢ and Pᵢⱼ are sums of squares and
    products of differences (Lagrange's identity), which for many arguments would take too long.
    """
    n, d = len(x), m.deviations(*x)
    norm = m.hypot(*d)

    def projected(j: int) -> Any:
        if n > FEW:
            return (i == j) - m.ratio(1, n) - d[i] / norm * (d[j] / norm)
        rest = [each for k, each in enumerate(x) if k not in (i, j)]
        if i == j:
            others = m.hypot(0, 0, *m.deviations(*rest or x))
            return (others / norm) ** 2 * m.ratio(n - 1, n)
        return -m.sum(0, *[(x[i] - each) / norm * ((x[j] - each) / norm) for each in rest]) / n

    return tuple(m.where(m.eq(y, 0), 0, projected(j) / y / n) for j in range(n))


def power_curvature(m: Any, i: int, z: Any, x: Any, y: Any) -> tuple[Any, ...]:
    """Of y·x^(y - 1) and z·log(x), where y - 1 may be rounded: then z/x has more digits."""
    exact = m.eq((y - 1) + 1, y)
    lower = m.where(exact, m.pow(x, y - 1), z / x)
    twice = m.where(exact, m.power_slope(x, y - 1, m.pow(x, y - 1)), (y - 1) * (lower / x))
    edge, log = m.eq(x, 0), m.log(x)
    mixed = lower + y * m.where(edge, m.where(m.ge(y, 1), 0, -inf), lower * log)
    by_x = m.where(m.eq(y * (y - 1), 0), 0, y * twice)
    return (mixed, m.where(edge, 0, z * log * log)) if i else (by_x, mixed)


def at_zero(taken: str) -> tuple[Kink, ...]:
    return (Kink(lambda m, x: m.eq(x, 0), "x = 0", taken),)


JUMPS = (Kink(integers, "an integer x", "0"),)
TIE = (Kink(lambda m, x, y: m.eq(x, y), "x = y", "0"),)
XY = "x, y"

# fmt: off
_TABLE = (
    # --- arithmetic -------------------------------------------------------------------------
    Op("+", lambda m, x, y: x + y, lambda m, z, x, y: (1, 1),
       "Sum.", "2 + 3", (2.0, 3.0), XY, precedence=5,
       spaced=True, additive=True, arithmetic=True, increasing=True),
    Op("-", lambda m, x, y: x - y, lambda m, z, x, y: (1, -1),
       "Difference.", "2 - 3", (2.0, 3.0), XY, symbols=("−",), precedence=5,
       spaced=True, additive=True, arithmetic=True),
    Op("*", lambda m, x, y: x * y, lambda m, z, x, y: (y, x),
       "Product.", "2*3", (2.0, 3.0), XY,
       symbols=("×", "·", "⋅", "∗"), precedence=6, arithmetic=True),
    Op("/", lambda m, x, y: x / y, lambda m, z, x, y: (1 / y, -m.over_square(x, y, z)),
       "Quotient.", "2/3", (2.0, 3.0), XY, symbols=("÷",), precedence=6, arithmetic=True),
    Op(
        "%",
        lambda m, x, y: m.mod(x, y),
        lambda m, z, x, y: (1, m.mod_slope(x, y, z)),
        "Remainder with the sign of y, x - y*floor(x/y).", "-7 % 3", (7.5, 2.0), XY,
        kinks=(Kink(lambda m, x, y: m.eq(m.mod(x, y), 0), "a multiple of y",
                    "that of the right side"),),
        aliases=("mod",), precedence=6, spaced=True, arithmetic=True,
    ),
    Op("neg", lambda m, x: -x, lambda m, y, x: (-1,),
       "Negative.", "-(2)", (2.0,), precedence=7, arithmetic=True),
    Op(
        "^",
        lambda m, x, y: m.pow(x, y),
        lambda m, z, x, y: (
            m.where(m.eq(y, 0), 0, m.power_slope(x, y, z)),
            m.where(m.eq(x, 0), m.where(m.ge(y, 0), 0, -inf), z * m.log(x)),
        ),
        "Power; x^y and x**y are the same.", "2^10", (2.0, 3.0), XY,
        kinks=(
            Kink(lambda m, x, y: m.eq(x, 0) * m.ge(y, 0), "x = 0, y >= 0", "0", 1),
            Kink(lambda m, x, y: m.eq(x, 0) * m.lt(y, 0), "x = 0, y < 0", "-inf", 1),
            Kink(lambda m, x, y: m.lt(x, 0), "x < 0", "nan", 1),
        ),
        aliases=("**", "pow"), precedence=8, arithmetic=True, curvature=power_curvature,
    ),
    # --- truth values -----------------------------------------------------------------------
    Op("<", lambda m, x, y: m.lt(x, y), flat, "1 if x is less than y, else 0.", "1 < 2",
       (1.0, 2.0), XY, kinks=TIE, precedence=4, spaced=True, result="truth", vanishes=True,
       mirrored=">"),
    Op("<=", lambda m, x, y: m.le(x, y), flat, "1 if x is at most y, else 0.", "2 <= 1",
       (1.0, 2.0), XY, symbols=("≤",), kinks=TIE, precedence=4, spaced=True,
       result="truth", vanishes=True, mirrored=">="),
    Op(">", lambda m, x, y: m.gt(x, y), flat, "1 if x is greater than y, else 0.", "1 > 2",
       (1.0, 2.0), XY, kinks=TIE, precedence=4, spaced=True, result="truth", vanishes=True,
       mirrored="<"),
    Op(">=", lambda m, x, y: m.ge(x, y), flat, "1 if x is at least y, else 0.", "2 >= 1",
       (1.0, 2.0), XY, symbols=("≥",), kinks=TIE, precedence=4, spaced=True,
       result="truth", vanishes=True, mirrored="<="),
    Op("==", lambda m, x, y: m.eq(x, y), flat, "1 if x equals y, else 0.", "1 == 1",
       (1.0, 2.0), XY, kinks=TIE, precedence=4, spaced=True, result="truth", vanishes=True,
       mirrored="=="),
    Op("!=", lambda m, x, y: m.ne(x, y), flat, "1 if x differs from y, else 0.", "1 != 1",
       (1.0, 2.0), XY, symbols=("≠",), kinks=TIE, precedence=4, spaced=True,
       result="truth", vanishes=True, mirrored="!="),
    Op("not", lambda m, x: m.eq(x, 0), flat, "1 if x is 0, else 0.", "not 0", (1.0,),
       precedence=3, result="truth", conditions=(0,), vanishes=True),
    Op("and", lambda m, x, y: m.ne(x, 0) * m.ne(y, 0), flat, "1 if neither is 0, else 0.",
       "1 and 2", (1.0, 2.0), XY, precedence=2,
       spaced=True, result="truth", conditions=(0, 1), vanishes=True),
    Op("or", lambda m, x, y: m.max(m.ne(x, 0), m.ne(y, 0)), flat, "1 unless both are 0, else 0.",
       "0 or 2", (1.0, 2.0), XY, precedence=1,
       spaced=True, result="truth", conditions=(0, 1), vanishes=True),
    # --- exponentials and logarithms --------------------------------------------------------
    Op("exp", lambda m, x: m.exp(x), lambda m, y, x: (y,), "e to the power x.", "exp(1)", (0.5,),
       lower_bound=0.0),
    Op("exp2", lambda m, x: m.exp2(x), lambda m, y, x: (y * m.log(2),),
       "2 to the power x.", "exp2(10)", (0.5,), lower_bound=0.0, arithmetic=True),
    Op("expm1", lambda m, x: m.expm1(x), lambda m, y, x: (m.exp(x),),  # y + 1 is 0 at x = -40
       "exp(x) - 1, accurate near 0.", "expm1(1e-10)", (0.5,)),
    Op("log", lambda m, x, *base: m.log(x) / m.log(base[0]) if base else m.log(x), log_partials,
       "Natural logarithm, or the logarithm to a base.", "log(100, 10)", (2.0,), "x, [base]",
       domain=(0, inf), aliases=("ln",), written_out=True),
    Op("log2", lambda m, x: m.log2(x), lambda m, y, x: (1 / m.log(2) / x,),
       "Logarithm to base 2.", "log2(8)", (2.0,), domain=(0, inf), arithmetic=True),
    Op("log10", lambda m, x: m.log10(x), lambda m, y, x: (1 / m.log(10) / x,),
       "Logarithm to base 10.", "log10(1000)", (2.0,), domain=(0, inf), arithmetic=True),
    Op("log1p", lambda m, x: m.log1p(x), lambda m, y, x: (1 / (1 + x),),
       "log(1 + x), accurate near 0.", "log1p(1e-10)", (0.5,), domain=(-1, inf)),
    # --- roots and squares ------------------------------------------------------------------
    Op("sqrt", lambda m, x: m.sqrt(x),
       lambda m, y, x: (1 / (2 * (y + 0)),),  # y + 0 turns the root -0 of -0 into 0: inf, not -inf
       "Square root.", "sqrt(2)", (2.0,), domain=(0, inf), kinks=at_zero("inf"),
       lower_bound=0.0, symbols=("√",), arithmetic=True, increasing=True),
    Op("cbrt", lambda m, x: m.cbrt(x), lambda m, y, x: (1 / (3 * y**2),),
       "Cube root, of negative numbers too.", "cbrt(-8)", (2.0,), kinks=at_zero("inf"),
       symbols=("∛",), arithmetic=True),
    Op("square", lambda m, x: x * x, lambda m, y, x: (2 * x,), "x times x.", "square(3)", (2.0,),
       lower_bound=0.0, arithmetic=True, written_out=True),
    # --- trigonometry -----------------------------------------------------------------------
    Op("sin", lambda m, x: m.sin(x), lambda m, y, x: (m.cos(x),), "Sine.", "sin(pi/6)", (0.5,)),
    Op("cos", lambda m, x: m.cos(x), lambda m, y, x: (-m.sin(x),), "Cosine.", "cos(pi/3)", (0.5,)),
    Op("tan", lambda m, x: m.tan(x), lambda m, y, x: (1 + y**2,), "Tangent.", "tan(pi/4)", (0.5,),
       quotient=("sin", "cos")),
    # (1 - x)(1 + x): 1 - x² has ten right digits at 1 - 1e-10
    Op("asin", lambda m, x: m.asin(x), lambda m, y, x: (1 / m.sqrt((1 - x) * (1 + x)),),
       "Inverse sine.", "asin(1)", (0.5,), aliases=("arcsin",), domain=(-1, 1),
       curvature=asin_curvature),
    Op("acos", lambda m, x: m.acos(x), lambda m, y, x: (-1 / m.sqrt((1 - x) * (1 + x)),),
       "Inverse cosine.", "acos(0)", (0.5,), aliases=("arccos",), domain=(-1, 1),
       curvature=lambda m, i, y, x: asin_curvature(m, i, y, -x)),
    # hypot: 1 + x² overflows at 1e155
    Op("atan", lambda m, x: m.atan(x), lambda m, y, x: ((1 / m.hypot(1, x)) ** 2,),
       "Inverse tangent.", "atan(1)", (0.5,), aliases=("arctan",)),
    Op("atan2", lambda m, y, x: m.atan2(y, x),
       atan2_partials,
       "Angle of the point (x, y).", "atan2(1, -1)", (1.0, 2.0), "y, x", aliases=("arctan2",),
       kinks=(Kink(lambda m, y, x: m.eq(m.hypot(y, x), 0), "(0, 0)", "0"),),
       curvature=atan2_curvature),
    # --- hyperbolic functions ---------------------------------------------------------------
    Op("sinh", lambda m, x: m.sinh(x), lambda m, y, x: (m.cosh(x),),
       "Hyperbolic sine.", "sinh(1)", (0.5,)),
    Op("cosh", lambda m, x: m.cosh(x), lambda m, y, x: (m.sinh(x),),
       "Hyperbolic cosine.", "cosh(1)", (0.5,), lower_bound=1.0),
    Op("tanh", lambda m, x: m.tanh(x), lambda m, y, x: (m.sech_squared(x),),  # 1 - y² is 0 at 20
       "Hyperbolic tangent.", "tanh(0.5)", (0.5,), quotient=("sinh", "cosh"),
       curvature=lambda m, i, y, x: (-2 * y * m.sech_squared(x),)),
    Op("asinh", lambda m, x: m.asinh(x), lambda m, y, x: (1 / m.hypot(1, x),),
       "Inverse hyperbolic sine.", "asinh(1)", (0.5,), aliases=("arcsinh",)),
    Op("acosh", lambda m, x: m.acosh(x),
       lambda m, y, x: (1 / (m.sqrt(x - 1) * m.sqrt(x + 1)),),  # one root of both overflows
       "Inverse hyperbolic cosine.", "acosh(2)", (2.0,), aliases=("arccosh",), domain=(1, inf)),
    Op("atanh", lambda m, x: m.atanh(x), lambda m, y, x: (1 / ((1 - x) * (1 + x)),),
       "Inverse hyperbolic tangent.", "atanh(0.5)", (0.5,), aliases=("arctanh",), domain=(-1, 1),
       curvature=lambda m, i, y, x: (2 * x / ((1 - x) * (1 + x)) / ((1 - x) * (1 + x)),)),
    # --- activations ------------------------------------------------------------------------
    Op("sigmoid", lambda m, x: m.sigmoid(x),
       lambda m, y, x: (m.sigmoid(x) * m.sigmoid(-x),),  # y(1 - y) is 0 at x = 40
       "Logistic function, 1/(1 + exp(-x)).", "sigmoid(0)", (0.5,), aliases=("logistic",),
       lower_bound=0.0,
       curvature=lambda m, i, y, x: (m.sigmoid(x) * m.sigmoid(-x) * m.tanh(-x / 2),)),
    Op("softplus", lambda m, x: m.max(x, 0) + m.log1p(m.exp(-m.abs(x))),
       lambda m, y, x: (m.sigmoid(x),), "log(1 + exp(x)).", "softplus(0)", (0.5,),
       lower_bound=0.0),
    Op("relu", lambda m, x: m.where(m.lt(x, 0), 0.0, x),
       lambda m, y, x: (m.where(m.le(x, 0), m.nothing, 1),),
       "x where it is positive, else 0.", "relu(-2)", (0.5,), kinks=at_zero("0"),
       lower_bound=0.0, vanishes=True, written_out=True),
    Op("leaky_relu", lambda m, x: m.where(m.gt(x, 0), x, m.number("0.01") * x),
       lambda m, y, x: (m.where(m.gt(x, 0), 1, m.number("0.01")),),
       "x where it is positive, else 0.01*x.", "leaky_relu(-2)", (0.5,), kinks=at_zero("0.01"),
       written_out=True),
    Op("elu", lambda m, x: m.where(m.gt(x, 0), x, m.expm1(m.min(x, 0))),
       lambda m, y, x: (m.where(m.gt(x, 0), 1, m.exp(m.min(x, 0))),),
       "x where it is positive, else exp(x) - 1.", "elu(-1)", (0.5,)),
    Op("silu", lambda m, x: m.sigmoid(x, x),  # x*sigmoid(x), whose factor underflows at -710
       lambda m, y, x: (m.silu_slope(x),),
       "x*sigmoid(x).", "silu(1)", (0.5,),
       curvature=lambda m, i, y, x: (
           m.sigmoid(x) * m.sigmoid(-x) * (2 - x * m.tanh(x / 2)),)),
    Op("gelu", lambda m, x: m.normal_cdf(x, x),
       lambda m, y, x: (m.gelu_slope(x),),
       "x times the normal distribution function, by erf.", "gelu(1)", (0.5,),
       curvature=lambda m, i, y, x: (m.gaussian(x, 0.5, (2 - x * x) / m.sqrt(2 * m.pi)),)),
    Op("softsign", lambda m, x: m.where(m.lt(m.abs(x), inf), x / (1 + m.abs(x)), m.sign(x)),
       lambda m, y, x: ((1 / (1 + m.abs(x))) ** 2,), "x/(1 + abs(x)).", "softsign(1)", (0.5,)),
    Op("logit",
       # 2x - 1 is exact from 1/4 on: near 1/2 the quotient x/(1 - x) would be rounded
       lambda m, x: m.where(m.lt(x, 0.25), m.log(x) - m.log1p(-x), 2 * m.atanh(2 * x - 1)),
       lambda m, y, x: (1 / (x * (1 - x)),),
       "Logarithm of x/(1 - x), the inverse of sigmoid.", "logit(0.75)", (0.6,), domain=(0, 1)),
    # --- error functions --------------------------------------------------------------------
    Op("erf", lambda m, x: m.erf(x), lambda m, y, x: (2 / m.sqrt(m.pi) * m.gaussian(x, 1),),
       "Error function.", "erf(0.5)", (0.5,)),
    Op("erfc", lambda m, x: m.erfc(x), lambda m, y, x: (-2 / m.sqrt(m.pi) * m.gaussian(x, 1),),
       "1 - erf(x), accurate for large x.", "erfc(5)", (0.5,), lower_bound=0.0),
    Op("erfinv", lambda m, x: m.erfinv(x), lambda m, y, x: (m.erfinv_slope(y, x),),
       "Inverse of erf.", "erfinv(0.5)", (0.5,), domain=(-1, 1)),
    Op("normpdf", lambda m, x: m.gaussian(x, 0.5, 1 / m.sqrt(2 * m.pi)),
       lambda m, y, x: (m.gaussian(x, 0.5, -x / m.sqrt(2 * m.pi)),),
       "Density of the standard normal distribution.", "normpdf(0)", (0.5,), lower_bound=0.0,
       curvature=lambda m, i, y, x: (
           m.gaussian(x, 0.5, (x - 1) / m.sqrt(2 * m.pi)) * (x + 1),)),
    Op("normcdf", lambda m, x: m.normal_cdf(x),
       lambda m, y, x: (m.gaussian(x, 0.5, 1 / m.sqrt(2 * m.pi)),),
       "Standard normal distribution function.", "normcdf(1.96)", (0.5,), lower_bound=0.0),
    # --- the gamma function -----------------------------------------------------------------
    Op("lgamma", lambda m, x: m.lgamma(x), lambda m, y, x: (m.digamma(x),),
       "Logarithm of the absolute value of the gamma function.", "lgamma(5)", (2.5,)),
    Op("digamma", lambda m, x: m.digamma(x), lambda m, y, x: (m.polygamma(1, x),),
       "Derivative of lgamma.", "digamma(1)", (2.5,)),
    Op("polygamma", lambda m, n, x: m.polygamma(n, x),
       lambda m, y, n, x: (m.nothing, m.polygamma(n + 1, x)),
       "Derivative of digamma of order n, a constant whole number.", "polygamma(1, 1)", (2.0, 2.5),
       "n, x"),
    # --- steps ------------------------------------------------------------------------------
    Op("abs", lambda m, x: m.abs(x), lambda m, y, x: (m.sign(x),),
       "Absolute value.", "abs(-2)", (0.5,), kinks=at_zero("0"),
       lower_bound=0.0, arithmetic=True, returns_operand=True),
    Op("sign", lambda m, x: m.sign(x), flat, "-1, 0 or 1.", "sign(-2)", (0.5,), aliases=("sgn",),
       kinks=at_zero("0"), result="step", arithmetic=True),
    Op("floor", lambda m, x: m.floor(x), flat, "Greatest integer at most x.", "floor(-1.5)",
       (0.5,), kinks=JUMPS, result="step", vanishes=True, arithmetic=True),
    Op("ceil", lambda m, x: m.ceil(x), flat, "Least integer at least x.", "ceil(-1.5)", (0.5,),
       kinks=JUMPS, result="step", vanishes=True, arithmetic=True),
    Op("round", lambda m, x: m.round(x), flat, "Nearest integer, halves to even.", "round(2.5)",
       (0.3,), kinks=(Kink(lambda m, x: m.eq(m.abs(x - m.trunc(x)), 0.5), "a half", "0"),),
       result="step", vanishes=True, arithmetic=True),
    Op("trunc", lambda m, x: m.trunc(x), flat, "Integer part, towards 0.", "trunc(-1.5)", (0.5,),
       kinks=(Kink(lambda m, x: integers(m, x) * m.ne(x, 0), "an integer x other than 0", "0"),),
       result="step", vanishes=True, arithmetic=True),
    # --- any number of arguments ------------------------------------------------------------
    Op("min", lambda m, *x: m.min(*x), shared, "Least argument.", "min(3, 1, 2)",
       (1.0, 2.0, 3.0), "x, ...",
       kinks=(Kink(lambda m, *x: ties(m, *[-each for each in x]), "a tie", "an equal share"),),
       vanishes=True, arithmetic=True, returns_operand=True, winner="<=", increasing=True),
    Op("max", lambda m, *x: m.max(*x), shared, "Greatest argument.", "max(3, 1, 2)",
       (1.0, 2.0, 3.0), "x, ...", kinks=(Kink(ties, "a tie", "an equal share"),),
       vanishes=True, arithmetic=True, returns_operand=True, winner=">=", increasing=True),
    Op("sum", lambda m, *x: m.sum(*x), lambda m, y, *x: (1,) * len(x), "Sum of the arguments.",
       "sum(1, 2, 3)", (1.0, 2.0, 3.0), "x, ...", additive=True, arithmetic=True,
       increasing=True),
    Op("prod", lambda m, *x: m.prod(*x), others_products, "Product of the arguments.",
       "prod(2, 3, 4)", (1.0, 2.0, 3.0), "x, ...", arithmetic=True),
    Op("mean", lambda m, *x: m.mean(*x),
       lambda m, y, *x: (m.ratio(1, len(x)),) * len(x),
       "Mean of the arguments.", "mean(1, 2, 6)", (1.0, 2.0, 3.0), "x, ...",
       additive=True, increasing=True, written_out=True),
    Op("var", variance, variance_partials,
       "Variance of the arguments, their mean square distance from the mean.", "var(1, 2, 6)",
       (1.0, 2.0, 4.0), "x, ...", centred=True, lower_bound=0.0),
    Op("std", deviation, deviation_partials,
       "Standard deviation of the arguments, the root of var.", "std(1, 2, 6)",
       (1.0, 2.0, 4.0), "x, ...", centred=True,
       kinks=(Kink(lambda m, *x: m.eq(deviation(m, *x), 0) if x[1:] else 0,
                   "equal arguments", "0"),),
       lower_bound=0.0, curvature=deviation_curvature),
    Op("hypot", lambda m, *x: m.hypot(*x), hypot_partials,
       "Root of the sum of squares.", "hypot(3, 4)", (1.0, 2.0, 3.0), "x, ...",
       kinks=(Kink(lambda m, *x: m.eq(m.hypot(*x), 0), "the origin", "0"),), lower_bound=0.0,
       curvature=hypot_curvature),
    Op("logsumexp", lambda m, *x: m.logsumexp(*x), softmax, "Logarithm of the sum of exponentials.",
       "logsumexp(1000, 1000)", (1.0, 2.0, 3.0), "x, ...", curvature=softmax_curvature),
    # --- choosing ---------------------------------------------------------------------------
    Op("clamp", lambda m, x, lo, hi: m.min(m.max(x, lo), hi), clamp_partials,
       "x, but at least lo and at most hi.", "clamp(7, 0, 5)", (1.0, 0.0, 2.0), "x, lo, hi",
       kinks=(Kink(lambda m, x, lo, hi: m.max(m.eq(x, lo), m.eq(x, hi)), "a bound", "1", 0),),
       vanishes=True, returns_operand=True, increasing=True, written_out=True),
    Op("where", lambda m, condition, a, b: m.where(condition, a, b),
       lambda m, y, condition, a, b: (
           m.nothing, m.where(condition, 1, m.nothing), m.where(condition, m.nothing, 1)
       ),
       "a where the condition is not 0, else b.", "where(2 > 1, 10, 20)", (1.0, 2.0, 3.0),
       "condition, a, b", conditions=(0,), vanishes=True, returns_operand=True),
    Op("detach", lambda m, x: x, flat, "x, through which no gradient flows.", "detach(2)", (2.0,),
       returns_operand=True, blocks_gradient=True, written_out=True),
)
# fmt: on

OPS: dict[str, Op] = {name: op for op in _TABLE for name in (op.name, *op.aliases, *op.symbols)}
FUNCTIONS: dict[str, Op] = {  # x % y is mod(x, y) too
    name: op
    for name, op in OPS.items()
    if not op.precedence or (name != op.name and name.isidentifier())
}
# What `@` lays out, of the elements of one vector and then those of the other: of arrays alone, so
# it is no function of the language's numbers.
DOT = Op("dot", dot, dot_partials, "Sum of the products of two vectors' elements.",
         "dot([1, 2], [3, 4])", (1.0, 2.0, 3.0, 4.0), "x, ...", arithmetic=True)  # fmt: skip
INPUT, CONST = (Op(kind, flat, flat, precedence=9) for kind in ("input", "const"))


def operation(name: str) -> Op:
    """The row of that name, or the kind of leaf. Raises KeyError for an unknown one."""
    special = {"input": INPUT, "const": CONST, "dot": DOT}
    return special.get(name) or OPS[name]
