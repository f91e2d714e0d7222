"""SymPy: a script that builds the symbols and the expressions."""

from __future__ import annotations

import keyword

from micrograd_cli.render.code import python
from micrograd_cli.render.code.body import Body
from micrograd_cli.render.code.forms import Form, Style
from micrograd_cli.render.code.target import WIDTH, WORD, Target, block, commented, folded

CONDITIONS: dict[str, Form] = {
    **python.CONDITIONS,
    "==": (16, "Eq($0, $1)"),
    "!=": (16, "Ne($0, $1)"),
    "not": (16, "Not($0?)"),
    "and": (16, "And($0?, $1?)"),
    "or": (16, "Or($0?, $1?)"),
}
SAME = """exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sign erf erfc
floor"""
FORMS: dict[str, Form] = {
    **{name: (16, f"{name}($0)") for name in SAME.split()},
    "+": (11, "$0:11 + $1:12"),
    "-": (11, "$0:11 - $1:12"),
    "*": (12, "$0:12*$1:13"),
    "/": (12, "$0:12/$1:13"),
    "%": (16, "Mod($0, $1)"),
    "neg": (12, "-$0:12"),
    "^": (14, "$0:15**$1:13"),
    "square": (14, "$0:15**2"),
    "exp2": (14, "2**$0:13"),
    "expm1": (11, "exp($0) - 1"),
    "log/2": (16, "log($0, $1)"),
    "log2": (16, "log($0, 2)"),
    "log10": (16, "log($0, 10)"),
    "log1p": (16, "log(1 + $0:12)"),
    "cbrt": (16, "cube_root($0)"),
    "atan2": (16, "atan2($0, $1)"),
    "sigmoid": (12, "1/(1 + exp(-$0:12))"),
    "softplus": (16, "log(1 + exp($0))"),
    "relu": (16, "Max(0, $0)"),
    "leaky_relu": (16, "leaky_relu($0)"),
    "elu": (16, "elu($0)"),
    "silu": (12, "$0:12/(1 + exp(-$0:12))"),
    "gelu": (12, "$0:12*erfc(-$0:12/sqrt(2))/2"),
    "abs": (16, "Abs($0)"),
    "ceil": (16, "ceiling($0)"),
    "round": (16, "round_to_even($0)"),
    "trunc": (12, "sign($0)*floor(Abs($0))"),
    "min": (16, "Min($*)"),
    "max": (16, "Max($*)"),
    "sum": (11, "$+"),
    "long sum": (16, "Add($*)"),
    "long mean": (12, "Add($*)/$n"),
    "mean": (12, "($+)/$n"),
    "hypot": (16, "hypotenuse($*)"),
    "logsumexp": (16, "logsumexp($*)"),
    "clamp": (16, "Min(Max($0, $1), $2)"),
    "where": (16, "Piecewise(($1, $0?), ($2, True))"),
    "detach": (16, "$0"),
}
CONSTANTS = {"pi": "pi", "tau": "(2*pi)", "e": "E", "inf": "oo", "nan": "nan"}
HELPERS = {
    "cube_root": """
def cube_root(x):
    return sign(x)*Abs(x)**Rational(1, 3)
""",
    "leaky_relu": """
def leaky_relu(x):
    return Piecewise((x, x > 0), (0.01*x, True))
""",
    "elu": """
def elu(x):
    return Piecewise((x, x > 0), (exp(Min(x, 0)) - 1, True))
""",
    "round_to_even": """
def round_to_even(x):
    half = Rational(1, 2)
    return floor(x + half) - Piecewise((1, Eq(Mod(x, 2), half)), (0, True))
""",
    "hypotenuse": """
def hypotenuse(*x):
    return sqrt(sum(each**2 for each in x))
""",
    "logsumexp": """
def logsumexp(*x):
    return log(sum(exp(each) for each in x))
""",
}
IMPORTED = f"""{SAME} Abs Add And E Eq Float Integer Max Min Mod Ne Not Or Piecewise Rational
atan2 ceiling nan oo pi symbols""".split()


class SymPy(Target):
    only_ascii = False
    spacing = "\n\n\n"
    named_repeats = False
    short = FORMS.keys() - {"+", "-", "*", "/", "neg", "sum", "mean", "square", "detach"}

    def number(self, x: float, short: bool) -> str:
        """An integer is exact; alone it needs to be SymPy's, so that 1/3 is."""
        whole = x.is_integer() and x < 1e15
        if short:
            return repr(int(x)) if whole else repr(x)
        return f"Integer({x:.0f})" if whole else f"Float({x!r})"

    def header(self, text: str) -> list[str]:
        words = {*WORD.findall(text), "symbols"}
        names = sorted(words.intersection(IMPORTED))
        line = f"from sympy import {', '.join(names)}"
        if len(line) <= WIDTH:
            return [line]
        return ["from sympy import (", *folded("    ", f"{', '.join(names)},", "", "    "), ")"]

    def define(self, body: Body) -> list[str]:
        text = commented([f"{body.name}: {python.described(body)}", *python.renamed(body)], "# ")
        return [*text, *symbols(body), *python.assignments(body, ""), *named(body)]


def symbols(body: Body) -> list[str]:
    """The declaration of the symbols."""
    own = [name for name, _ in body.inputs]
    if not own:
        return []
    left = body.parameters[0] if len(own) == 1 else ", ".join(body.parameters)
    text = repr(" ".join(own)).replace("'", '"')
    return block(f"{left} = symbols(", f"{text}, real=True", ")", "")


def named(body: Body) -> list[str]:
    """The results that are no variables of that name yet."""
    pairs = zip(body.labels, body.results, strict=True)
    return [f"{name} = {result.text}" for name, result in pairs if name != result.text]


TARGET = SymPy(
    FORMS,
    CONDITIONS,
    CONSTANTS,
    HELPERS,
    " ".join([*keyword.kwlist, *IMPORTED, "sum"]),
    Style(truth=(16, "Piecewise((1, $0?), (0, True))"), nonzero=(16, "Ne($0, 0)")),
)
