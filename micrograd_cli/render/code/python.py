"""Python, by `math` alone.

Where `math` raises (`log(0)`, `exp(1000)`, `1/0`), a helper of the same name gives IEEE's answer.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Sequence

from micrograd_cli.nodes import Node
from micrograd_cli.render.code import gamma
from micrograd_cli.render.code.forms import COMPARISON_FORMS, OPERATORS, Form, Style, Text, calls
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.lines import block, comment_lines
from micrograd_cli.render.code.target import Target
from micrograd_cli.render.code.words import new_names, one_result, summary, tuple_text

CONDITIONS: dict[str, Form] = {
    **COMPARISON_FORMS,
    "not": (3, "not $0?:3"),
    "and": (2, "$0?:2 and $1?:3"),
    "or": (1, "$0?:1 or $1?:2"),
}
# Those that never raise; for the others there are helpers.
SAFE = "cbrt atan tanh asinh erf erfc"
HELPED = """exp exp2 expm1 log log2 log10 log1p sqrt sin cos tan asin acos sinh cosh acosh atanh
sigmoid sign erfinv lgamma digamma"""
FORMS: dict[str, Form] = {
    **OPERATORS,
    **calls("math.{}($0)", SAFE),
    **calls("{}($0)", HELPED),
    "/": (16, "divide($0, $1)"),
    "safe /": (12, "$0:12/$1:13"),
    "%": (16, "remainder($0, $1)"),
    "^": (16, "power($0, $1)"),
    "^2": (12, "$0:13*$0:13"),
    "^3": (12, "$0:13*$0:13*$0:13"),
    "polygamma": (16, "polygamma($0, $1)"),
    "atan2": (16, "math.atan2($0, $1)"),
    # no min: the other branch is not evaluated
    "elu": (0, "$0:1 if $0:5 > 0 else math.expm1($0)"),
    "abs": (16, "abs($0)"),
    "floor": (16, "whole(math.floor, $0)"),
    "ceil": (16, "whole(math.ceil, $0)"),
    "round": (16, "whole(round, $0)"),
    "trunc": (16, "whole(math.trunc, $0)"),
    "min": (16, "least($*)"),
    "max": (16, "greatest($*)"),
    "long sum": (16, "sum([$*])"),
    "hypot": (16, "math.hypot($*)"),
    "where": (0, "$1:1 if $0?:1 else $2"),
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
# Primitives that `math` lacks, or that raise in it.
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
    **gamma.PYTHON,
}


class Python(Target):
    only_ascii = False
    spacing = "\n\n\n"

    def header(self, text: str) -> list[str]:
        return ["import math"] if "math." in text else []

    def define(self, layout: Layout) -> list[str]:
        return [*signature(layout), *doc_comment(layout), *inside(layout)]

    def helper(self, layout: Layout) -> list[str]:
        return [*signature(layout), *inside(layout)]


def signature(layout: Layout) -> list[str]:
    return block(f"def {layout.name}(", ", ".join(layout.parameters), "):", "")


def doc_comment(layout: Layout) -> list[str]:
    """What the function takes and returns."""
    names = new_names(layout)
    text = [f"{summary(layout)}: {shape(layout)}.", *(["", *names] if names else [])]
    lines = comment_lines(text, "    ")
    if len(lines) == 1:
        return [f'    """{lines[0].strip()}"""']
    return [f'    """{lines[0].strip()}', *lines[1:], '    """']


def shape(layout: Layout) -> str:
    """What the function returns, in Python's notation."""
    if layout.gradient:
        return f"(value, {tuple_text([result.label for result in layout.gradient])})"
    if len(layout.results) == 1:
        return one_result(layout.results[0])
    return tuple_text([each.label or f"output {i}" for i, each in enumerate(layout.results, 1)])


def inside(layout: Layout) -> list[str]:
    """The local variables and the result."""
    return [*assignments(layout), *return_statement(layout)]


def assignments(layout: Layout, indent: str = "    ") -> list[str]:
    """The local variables, in brackets where a line would be too long."""
    lines: list[str] = []
    for step in layout.steps:
        start = f"{indent}{step.name} = "
        rows = block(start, step.text, "", indent)
        lines += rows if len(rows) == 1 else block(f"{start}(", step.text, ")", indent)
    return lines


def return_statement(layout: Layout) -> list[str]:
    if layout.gradient:
        value = layout.results[0].text
        text = f"{value}, {tuple_text([result.text for result in layout.gradient])}"
    else:
        text = ", ".join(result.text for result in layout.results)
    rows = block("    return ", text, "", "    ")
    return rows if len(rows) == 1 else block("    return (", text, ")", "    ")


def quotient(value: Node, operands: Sequence[Text]) -> str | None:
    """A plain quotient where the denominator cannot be 0."""
    below = operands[1]
    return "safe /" if below.least > 0 or (below.constant and below.least < 0) else None


TARGET = Python(
    forms=FORMS,
    conditions=CONDITIONS,
    constants=CONSTANTS,
    helpers=HELPERS,
    reserved=" ".join(keyword.kwlist),
    library=" ".join(dir(builtins)),
    variants={"/": quotient},
    style=Style(truth=(16, "float($0?)"), nonzero=(4, "$0:5 != 0")),
)
