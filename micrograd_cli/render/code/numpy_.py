"""NumPy: a function of arrays, or numbers, that broadcast."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from typing import TYPE_CHECKING

from micrograd_cli.render.code import python
from micrograd_cli.render.code.body import Body
from micrograd_cli.render.code.forms import Form, Style, Text
from micrograd_cli.render.code.target import Target, block

if TYPE_CHECKING:
    from micrograd_cli.nodes import Node

CONDITIONS: dict[str, Form] = {
    **python.CONDITIONS,
    "not": (16, "np.logical_not($0?)"),
    "and": (7, "$0?:7 & $1?:8"),
    "or": (5, "$0?:5 | $1?:6"),
}
# By the same name in NumPy.
SAME = """exp exp2 expm1 log log2 log10 log1p sqrt cbrt square sin cos tan sinh cosh tanh abs floor
ceil trunc"""
FORMS: dict[str, Form] = {
    **{name: (16, f"np.{name}($0)") for name in SAME.split()},
    "+": (11, "$0:11 + $1:12"),
    "-": (11, "$0:11 - $1:12"),
    "*": (12, "$0:12*$1:13"),
    "/": (12, "$0:12/$1:13"),
    "constant /": (16, "np.divide($0, $1)"),
    "%": (16, "np.remainder($0, $1)"),
    "neg": (12, "-$0:12"),
    "^": (16, "np.power($0, $1)"),
    "^2": (14, "$0:15**2"),
    "log/2": (12, "np.log($0)/np.log($1)"),
    "asin": (16, "np.arcsin($0)"),
    "acos": (16, "np.arccos($0)"),
    "atan": (16, "np.arctan($0)"),
    "atan2": (16, "np.arctan2($0, $1)"),
    "asinh": (16, "np.arcsinh($0)"),
    "acosh": (16, "np.arccosh($0)"),
    "atanh": (16, "np.arctanh($0)"),
    "sigmoid": (16, "sigmoid($0)"),
    "softplus": (16, "softplus($0)"),
    "relu": (16, "np.where($0:5 < 0, 0.0, $0)"),
    "leaky_relu": (16, "np.where($0:5 > 0, $0, 0.01*$0:13)"),
    "elu": (16, "np.where($0:5 > 0, $0, np.expm1($0))"),
    "silu": (16, "silu($0)"),
    "gelu": (16, "gelu($0)"),
    "erf": (16, "erf($0)"),
    "erfc": (16, "erfc($0)"),
    "sign": (11, "np.sign($0) + 0.0"),  # -0.0 + 0.0 is 0.0
    "round": (16, "np.rint($0)"),
    "min/2": (16, "np.minimum($0, $1)"),
    "min": (16, "reduce(np.minimum, [$*])"),
    "max/2": (16, "np.maximum($0, $1)"),
    "max": (16, "reduce(np.maximum, [$*])"),
    "sum": (11, "$+"),
    "long sum": (16, "sum([$*])"),
    "long mean": (12, "sum([$*])/$n"),
    "mean": (12, "($+)/$n"),
    "hypot/1": (16, "np.abs($0)"),
    "hypot/2": (16, "np.hypot($0, $1)"),
    "hypot": (16, "reduce(np.hypot, [$*])"),
    "logsumexp": (16, "logsumexp($*)"),
    "clamp": (16, "np.minimum(np.maximum($0, $1), $2)"),
    "where": (16, "np.where($0?, $1, $2)"),
    "detach": (16, "$0"),
}
CONSTANTS = {"pi": "np.pi", "tau": "TAU", "e": "np.e", "inf": "np.inf", "nan": "np.nan"}
HELPERS = {
    "TAU": "TAU = 2*np.pi",
    "erf": "erf = np.vectorize(math.erf, otypes=[float])",
    "erfc": "erfc = np.vectorize(math.erfc, otypes=[float])",
    "sigmoid": """
def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e)/(1 + e)
""",
    "softplus": """
def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
""",
    "silu": """
def silu(x):
    e = np.exp(-np.abs(x))
    return np.where(x < -750, -0.0, x*np.where(x >= 0, 1.0, e)/(1 + e))
""",
    "gelu": """
def gelu(x):
    return np.where(x < -40, -0.0, 0.5*x*erfc(-x/np.sqrt(2)))
""",
    "logsumexp": """
def logsumexp(*x):
    x = np.stack(np.broadcast_arrays(*x))
    top = np.max(x, axis=0)
    largest = x == top
    rest = np.sum(np.where(largest, 0.0, np.exp(x - top)), axis=0)
    count = np.sum(largest, axis=0)
    return np.where(np.isfinite(top), top + (np.log(count) + np.log1p(rest/count)), top)
""",
}


class NumPy(Target):
    only_ascii = False
    spacing = "\n\n\n"

    def variant(self, value: Node, operands: Sequence[Text]) -> str | None:
        """Plain floats raise where one is divided by 0; arrays do not."""
        constant = value.op.name == "/" and all(operand.constant for operand in operands)
        return "constant /" if constant else None

    def header(self, text: str) -> list[str]:
        lines = ["import math"] if "math." in text else []
        lines += ["from functools import reduce"] if "reduce(" in text else []
        return [*lines, "", "import numpy as np"] if lines else ["import numpy as np"]

    def define(self, body: Body) -> list[str]:
        return [
            '@np.errstate(all="ignore")',
            *block(f"def {body.name}(", ", ".join(body.parameters), "):", ""),
            *python.documented(body),
            *[f"    {name} = np.asarray({name}, dtype=float)" for name in body.parameters],
            *python.assignments(body),
            *python.returned(body),
        ]


TARGET = NumPy(
    FORMS,
    CONDITIONS,
    CONSTANTS,
    HELPERS,
    " ".join([*keyword.kwlist, "math"]),
    Style(truth=(16, "np.where($0?, 1.0, 0.0)"), nonzero=(4, "$0:5 != 0")),
)
