"""NumPy: a function of arrays, or numbers, that broadcast."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Sequence

from micrograd_cli.language.arrays import Place, Shape
from micrograd_cli.nodes import Constant, Node
from micrograd_cli.render.code import gamma, python
from micrograd_cli.render.code.forms import OPERATORS, Form, Style, Text, calls
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.target import Target

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
    **OPERATORS,
    **calls("np.{}($0)", SAME),
    **calls("{}($0)", "sigmoid erf erfc erfinv lgamma digamma"),
    "polygamma": (16, "polygamma($0, $1)"),
    "constant /": (16, "np.divide($0, $1)"),
    "%": (16, "np.remainder($0, $1)"),
    "^": (16, "np.power($0, $1)"),
    "^2": (14, "$0:15**2"),
    "constant ^2": (16, "np.square($0)"),
    "asin": (16, "np.arcsin($0)"),
    "acos": (16, "np.arccos($0)"),
    "atan": (16, "np.arctan($0)"),
    "atan2": (16, "np.arctan2($0, $1)"),
    "asinh": (16, "np.arcsinh($0)"),
    "acosh": (16, "np.arccosh($0)"),
    "atanh": (16, "np.arctanh($0)"),
    "elu": (16, "np.where($0:5 > 0, $0, np.expm1($0))"),  # no min: nothing warns of an overflow
    "sign": (11, "np.sign($0) + 0.0"),  # -0.0 + 0.0 is 0.0
    "round": (16, "np.rint($0)"),
    "min/2": (16, "np.minimum($0, $1)"),
    "min": (16, "reduce(np.minimum, [$*])"),
    "max/2": (16, "np.maximum($0, $1)"),
    "max": (16, "reduce(np.maximum, [$*])"),
    "long sum": (16, "sum([$*])"),
    "hypot/1": (16, "np.abs($0)"),
    "hypot/2": (16, "np.hypot($0, $1)"),
    "hypot": (16, "reduce(np.hypot, [$*])"),
    "where": (16, "np.where($0?, $1, $2)"),
}
CONSTANTS = {"pi": "np.pi", "tau": "TAU", "e": "np.e", "inf": "np.inf", "nan": "np.nan"}


def vectorized(name: str, source: str) -> str:
    """A helper of Python's as one of arrays, if it is called by a form."""
    called = name in ("lgamma", "digamma", "polygamma", "erfinv")
    return f"\n@partial(np.vectorize, otypes=[float]){source}" if called else source


# Primitives that NumPy lacks.
HELPERS = {
    "TAU": "TAU = 2*np.pi",
    "erf": "erf = np.vectorize(math.erf, otypes=[float])",
    "erfc": "erfc = np.vectorize(math.erfc, otypes=[float])",
    "sigmoid": """
def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e)/(1 + e)
""",
    "stacked": """
def stacked(shape, *parts):
    parts = np.broadcast_arrays(*parts)
    return np.stack(parts, axis=-1).reshape(parts[0].shape + shape)
""",
    "power": python.HELPERS["power"],
    **{name: vectorized(name, source) for name, source in gamma.PYTHON.items()},
}


class NumPy(Target):
    only_ascii = False
    spacing = "\n\n\n"

    def element(self, symbol: str, place: Place, shape: Shape) -> str:
        return f"{symbol}[..., {', '.join(map(str, place))}]"

    def packed(self, shape: Shape, texts: Sequence[str]) -> str:
        return f"stacked({shape}, {', '.join(texts)})"

    def header(self, text: str) -> list[str]:
        lines = ["import math"] if "math." in text else []
        tools = [name for name in ("partial", "reduce") if f"{name}(" in text]
        lines += [f"from functools import {', '.join(tools)}"] if tools else []
        return [*lines, "", "import numpy as np"] if lines else ["import numpy as np"]

    def define(self, layout: Layout) -> list[str]:
        return [
            '@np.errstate(all="ignore")',
            *python.signature(layout),
            *python.doc_comment(layout),
            *arrays(layout),
            *python.inside(layout),
        ]

    def helper(self, layout: Layout) -> list[str]:
        return [*python.signature(layout), *arrays(layout), *python.inside(layout)]


def arrays(layout: Layout) -> list[str]:
    """Every parameter as an array: plain floats raise, and lists are no numbers."""
    return [f"    {name} = np.asarray({name}, dtype=float)" for name in layout.parameters]


def quotient(value: Node, operands: Sequence[Text]) -> str | None:
    """Plain floats raise where one is divided by 0; arrays do not."""
    return "constant /" if all(operand.constant for operand in operands) else None


def power(value: Node, operands: Sequence[Text]) -> str | None:
    """Plain floats raise where the square of one overflows; arrays do not."""
    square = isinstance(value.args[1], Constant) and value.args[1].number == 2
    return "constant ^2" if square and operands[0].constant else None


TARGET = NumPy(
    forms=FORMS,
    conditions=CONDITIONS,
    constants=CONSTANTS,
    helpers=HELPERS,
    reserved=" ".join([*keyword.kwlist, "math", "float"]),
    library=" ".join(dir(builtins)),
    variants={"/": quotient, "^": power},
    style=Style(truth=(16, "np.where($0?, 1.0, 0.0)"), nonzero=(4, "$0:5 != 0")),
)
