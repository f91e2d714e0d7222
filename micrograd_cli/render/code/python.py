"""Python, by `math` alone.

Where `math` raises (`log(0)`, `exp(1000)`, `1/0`), a helper of the same name gives IEEE's answer.
"""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from typing import TYPE_CHECKING

from micrograd_cli.render.code.forms import Form, Style, Text
from micrograd_cli.render.code.target import Target, block, commented

if TYPE_CHECKING:
    from micrograd_cli.nodes import Node
    from micrograd_cli.render.code.body import Body

CONDITIONS: dict[str, Form] = {
    "<": (4, "$0:5 < $1:5"),
    "<=": (4, "$0:5 <= $1:5"),
    ">": (4, "$0:5 > $1:5"),
    ">=": (4, "$0:5 >= $1:5"),
    "==": (4, "$0:5 == $1:5"),
    "!=": (4, "$0:5 != $1:5"),
    "not": (3, "not $0?:3"),
    "and": (2, "$0?:2 and $1?:3"),
    "or": (1, "$0?:1 or $1?:2"),
}
FORMS: dict[str, Form] = {
    "+": (11, "$0:11 + $1:12"),
    "-": (11, "$0:11 - $1:12"),
    "*": (12, "$0:12*$1:13"),
    "/": (16, "divide($0, $1)"),
    "safe /": (12, "$0:12/$1:13"),
    "%": (16, "remainder($0, $1)"),
    "neg": (12, "-$0:12"),
    "^": (16, "power($0, $1)"),
    "^2": (12, "$0:13*$0:13"),
    "^3": (12, "$0:13*$0:13*$0:13"),
    "square": (12, "$0:13*$0:13"),
    "exp": (16, "exp($0)"),
    "exp2": (16, "exp2($0)"),
    "expm1": (16, "expm1($0)"),
    "log": (16, "log($0)"),
    "log/2": (16, "divide(log($0), log($1))"),
    "log2": (16, "log2($0)"),
    "log10": (16, "log10($0)"),
    "log1p": (16, "log1p($0)"),
    "sqrt": (16, "sqrt($0)"),
    "cbrt": (16, "math.cbrt($0)"),
    "sin": (16, "sin($0)"),
    "cos": (16, "cos($0)"),
    "tan": (16, "tan($0)"),
    "asin": (16, "asin($0)"),
    "acos": (16, "acos($0)"),
    "atan": (16, "math.atan($0)"),
    "atan2": (16, "math.atan2($0, $1)"),
    "sinh": (16, "sinh($0)"),
    "cosh": (16, "cosh($0)"),
    "tanh": (16, "math.tanh($0)"),
    "asinh": (16, "math.asinh($0)"),
    "acosh": (16, "acosh($0)"),
    "atanh": (16, "atanh($0)"),
    "sigmoid": (16, "sigmoid($0)"),
    "softplus": (16, "softplus($0)"),
    "relu": (0, "0.0 if $0:5 < 0 else $0"),
    "leaky_relu": (0, "$0:1 if $0:5 > 0 else 0.01*$0:13"),
    "elu": (0, "$0:1 if $0:5 > 0 else math.expm1($0)"),
    "silu": (16, "silu($0)"),
    "gelu": (16, "gelu($0)"),
    "erf": (16, "math.erf($0)"),
    "erfc": (16, "math.erfc($0)"),
    "abs": (16, "abs($0)"),
    "sign": (16, "sign($0)"),
    "floor": (16, "whole(math.floor, $0)"),
    "ceil": (16, "whole(math.ceil, $0)"),
    "round": (16, "whole(round, $0)"),
    "trunc": (16, "whole(math.trunc, $0)"),
    "min": (16, "least($*)"),
    "max": (16, "greatest($*)"),
    "sum": (11, "$+"),
    "long sum": (16, "sum([$*])"),
    "long mean": (12, "sum([$*])/$n"),
    "mean": (12, "($+)/$n"),
    "hypot": (16, "math.hypot($*)"),
    "logsumexp": (16, "logsumexp($*)"),
    "clamp": (16, "least(greatest($0, $1), $2)"),
    "where": (0, "$1:1 if $0?:1 else $2"),
    "detach": (16, "$0"),
}
CONSTANTS = {
    "pi": "math.pi",
    "tau": "math.tau",
    "e": "math.e",
    "inf": "math.inf",
    "nan": "math.nan",
}


def within(name: str, domain: str, otherwise: str = "math.nan") -> str:
    """A helper for a function of `math` that raises outside its domain."""
    return f"""
def {name}(x):
    return math.{name}(x) if {domain} else {otherwise}
"""


def growing(name: str, limit: str = "math.inf") -> str:
    """A helper for a function of `math` that raises where it overflows."""
    return f"""
def {name}(x):
    try:
        return math.{name}(x)
    except OverflowError:
        return {limit}
"""


POLE = "-math.inf if x == {} else math.nan"
FINITE = "abs(x) < math.inf"
HELPERS = {
    "divide": """
def divide(x, y):
    if y == 0:
        return math.nan if x == 0 or x != x else math.copysign(math.inf, x)*math.copysign(1, y)
    return x/y
""",
    "remainder": """
def remainder(x, y):
    return math.nan if y == 0 else x % y
""",
    "power": """
def power(x, y):
    odd = abs(y) < math.inf and y % 2 == 1
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and odd else math.inf
    except ValueError:
        return math.nan if x != 0 else math.copysign(math.inf, x) if odd else math.inf
""",
    "exp": growing("exp"),
    "exp2": growing("exp2"),
    "expm1": growing("expm1"),
    "log": within("log", "x > 0", POLE.format(0)),
    "log2": within("log2", "x > 0", POLE.format(0)),
    "log10": within("log10", "x > 0", POLE.format(0)),
    "log1p": within("log1p", "x > -1", POLE.format(-1)),
    "sqrt": within("sqrt", "x >= 0"),
    "sin": within("sin", FINITE),
    "cos": within("cos", FINITE),
    "tan": within("tan", FINITE),
    "asin": within("asin", "abs(x) <= 1"),
    "acos": within("acos", "abs(x) <= 1"),
    "sinh": growing("sinh", "math.copysign(math.inf, x)"),
    "cosh": growing("cosh"),
    "acosh": within("acosh", "x >= 1"),
    "atanh": within("atanh", "abs(x) < 1", "x*math.inf if abs(x) == 1 else math.nan"),
    "sigmoid": """
def sigmoid(x):
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e)/(1 + e)
""",
    "softplus": """
def softplus(x):
    return (x if x > 0 else 0.0) + math.log1p(math.exp(-abs(x)))
""",
    "silu": """
def silu(x):
    e = math.exp(-abs(x))
    return x/(1 + e) if x >= 0 else x*e/(1 + e) if x > -750 else x*0.0 if x != x else -0.0
""",
    "gelu": """
def gelu(x):
    return -0.0 if x < -40 else 0.5*x*math.erfc(-x/math.sqrt(2))
""",
    "sign": """
def sign(x):
    return 1.0 if x > 0 else -1.0 if x < 0 else x + 0.0
""",
    "whole": """
def whole(rounded, x):
    return math.copysign(rounded(x), x) if abs(x) < math.inf else x
""",
    "least": """
def least(*x):
    return math.nan if any(each != each for each in x) else min(x)
""",
    "greatest": """
def greatest(*x):
    return math.nan if any(each != each for each in x) else max(x)
""",
    "logsumexp": """
def logsumexp(*x):
    top = greatest(*x)
    if not abs(top) < math.inf:
        return top
    rest = sum(math.exp(each - top) for each in x if each != top)
    count = x.count(top)
    return top + (math.log(count) + math.log1p(rest/count))
""",
}


class Python(Target):
    only_ascii = False
    spacing = "\n\n\n"

    def variant(self, value: Node, operands: Sequence[Text]) -> str | None:
        """A plain quotient where the denominator cannot be 0."""
        if value.op.name != "/":
            return None
        below = operands[1]
        return "safe /" if below.least > 0 or (below.constant and below.least < 0) else None

    def header(self, text: str) -> list[str]:
        return ["import math"] if "math." in text else []

    def define(self, body: Body) -> list[str]:
        return [
            *block(f"def {body.name}(", ", ".join(body.parameters), "):", ""),
            *documented(body),
            *assignments(body),
            *returned(body),
        ]


def documented(body: Body) -> list[str]:
    """The doc comment: what the function takes and returns."""
    text = [f"{described(body)}: {shape(body)}."]
    if body.renamed:
        text += ["", *renamed(body)]
    lines = commented(text, "    ")
    if len(lines) == 1:
        return [f'    """{lines[0].strip()}"""']
    return [f'    """{lines[0].strip()}', *lines[1:], '    """']


def described(body: Body) -> str:
    """The first words of a doc comment."""
    if body.gradient:
        return "The value and its derivatives"
    return "The value" if len(body.results) == 1 else "The outputs in order"


def renamed(body: Body) -> list[str]:
    """Which input is which, where a name could not stay."""
    return [f"{own} is the input {name}" for own, name in body.renamed]


def shape(body: Body) -> str:
    """What the function returns, in Python's notation."""
    if body.gradient:
        return f"(value, {tupled([result.label for result in body.gradient])})"
    if len(body.results) == 1:
        return "a number"
    return tupled([result.label or f"output {i}" for i, result in enumerate(body.results, 1)])


def tupled(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def assignments(body: Body, indent: str = "    ") -> list[str]:
    """The local variables, in brackets where a line would be too long."""
    lines: list[str] = []
    for step in body.steps:
        start = f"{indent}{step.name} = "
        rows = block(start, step.text, "", indent)
        lines += rows if len(rows) == 1 else block(f"{start}(", step.text, ")", indent)
    return lines


def returned(body: Body) -> list[str]:
    if body.gradient:
        value = body.results[0].text
        text = f"{value}, {tupled([result.text for result in body.gradient])}"
    else:
        text = ", ".join(result.text for result in body.results)
    rows = block("    return ", text, "", "    ")
    return rows if len(rows) == 1 else block("    return (", text, ")", "    ")


TARGET = Python(
    FORMS,
    CONDITIONS,
    CONSTANTS,
    HELPERS,
    " ".join(keyword.kwlist),
    Style(truth=(16, "float($0?)"), nonzero=(4, "$0:5 != 0")),
)
