"""SymPy: a script that builds the symbols and the expressions."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence
from textwrap import wrap

from micrograd_cli.nodes import Node
from micrograd_cli.ops import Op
from micrograd_cli.render.code import python
from micrograd_cli.render.code.forms import OPERATORS, Form, Style, Text, calls
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.lines import WIDTH, block, comment_lines, fold
from micrograd_cli.render.code.target import WORD, Target
from micrograd_cli.render.code.words import new_names, summary

CONDITIONS: dict[str, Form] = {
    **python.CONDITIONS,
    "==": (16, "Eq($0, $1)"),
    "!=": (16, "Ne($0, $1)"),
    "not": (16, "Not($0?)"),
    "and": (16, "And($0?, $1?)"),
    "or": (16, "Or($0?, $1?)"),
}
SAME = """exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh sign erf erfc
erfinv floor digamma"""
# What is exact needs no care for digits: softplus, silu and logsumexp as a formula says them.
FORMS: dict[str, Form] = {
    **OPERATORS,
    **calls("{}($0)", SAME),
    "%": (16, "Mod($0, $1)"),
    "constant %": (16, "remainder($0, $1)"),
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
    "silu": (12, "$0:12/(1 + exp(-$0:12))"),
    "lgamma": (16, "log(Abs(gamma($0)))"),
    "polygamma": (16, "polygamma($0, $1)"),
    "gelu": (12, "$0:12*erfc(-$0:12/sqrt(2))/2"),
    "abs": (16, "Abs($0)"),
    "ceil": (16, "ceiling($0)"),
    "round": (16, "round_to_even($0)"),
    "trunc": (12, "sign($0)*floor(Abs($0))"),
    "min": (16, "Min($*)"),
    "max": (16, "Max($*)"),
    "long sum": (16, "Add($*)"),
    "hypot": (16, "hypotenuse($*)"),
    "logsumexp": (16, "logsumexp($*)"),
    "where": (16, "Piecewise(($1, $0?), ($2, True))"),
}
CONSTANTS = {"pi": "pi", "tau": "(2*pi)", "e": "E", "inf": "oo", "nan": "nan"}
# Primitives that SymPy lacks or writes otherwise, and logsumexp, of which nothing overflows here.
HELPERS = {
    "remainder": """
def remainder(x, y):
    return nan if y == 0 else Mod(x, y)
""",
    "cube_root": """
def cube_root(x):
    return sign(x)*Abs(x)**Rational(1, 3)
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
atan2 ceiling gamma nan oo pi polygamma symbols""".split()


SPECIAL = re.compile(r"[\s,:()\[\]\\]")  # a name with one is several for SymPy


class SymPy(Target):
    arrays = False  # each element is a symbol
    only_ascii = False
    spacing = "\n\n\n"
    named_repeats = False

    def short_numbers(self, op: Op, varying: bool) -> bool:
        """An argument of SymPy's functions becomes SymPy's; Python would compute 0**-1 itself."""
        if op.precedence:
            return varying
        own = op.name in FORMS and op.name not in ("exp2", "square", "sum", "hypot")
        return own or (varying and op.written_out)

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
        return ["from sympy import (", *fold("    ", f"{', '.join(names)},", "", "    "), ")"]

    def define(self, layout: Layout) -> list[str]:
        text = comment_lines([f"{layout.name}: {summary(layout)}", *new_names(layout)], "# ")
        return [*text, *symbols(layout), *python.assignments(layout, ""), *results(layout)]

    def helper(self, layout: Layout) -> list[str]:
        return [*python.signature(layout), *python.inside(layout)]


def remainder(value: Node, operands: Sequence[Text]) -> str | None:
    """The remainder by a number that may be 0, for which Mod raises."""
    divisor = operands[1]
    return "constant %" if divisor.constant and not divisor.least > 0 else None


def symbols(layout: Layout) -> list[str]:
    """The declaration of the symbols."""
    own = [own if SPECIAL.search(name) else name for name, own in layout.inputs]
    if not own:
        return []
    left = ", ".join(layout.parameters)
    rows = wrap(" ".join(own), WIDTH - 10, break_long_words=False)
    texts = [f'"{row} "' for row in rows[:-1]] + [f'"{rows[-1]}", real=True']
    if len(texts) == 1:
        return block(f"{left} = symbols(", texts[0], ")", "")
    return [*block("(", left, ") = symbols(", ""), *[f"    {text}" for text in texts], ")"]


def results(layout: Layout) -> list[str]:
    """The results that are no variables of that name yet."""
    return [f"{each.name} = {each.text}" for each in layout.results if each.name != each.text]


TARGET = SymPy(
    forms=FORMS,
    conditions=CONDITIONS,
    constants=CONSTANTS,
    helpers=HELPERS,
    reserved=" ".join([*keyword.kwlist, *IMPORTED, "sum"]),
    library=" ".join(dir(builtins)),
    variants={"%": remainder},
    style=Style(truth=(16, "Piecewise((1, $0?), (0, True))"), nonzero=(16, "Ne($0, 0)")),
)
