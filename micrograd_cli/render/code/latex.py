r"""LaTeX: the outputs as aligned equations, for amsmath, MathJax and KaTeX.

A formula is a target as code is (`code/target.py`): a table of templates, and some better forms
for what a person writes otherwise (`-\frac{a}{b}`, `\sin^{2}(x)`, `x^{1/3}`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from micrograd_cli.nodes import Node
from micrograd_cli.ops import Op
from micrograd_cli.render.code.forms import Form, Style, Text
from micrograd_cli.render.code.latex_names import escape, left_side, symbol
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.target import Target, Variant
from micrograd_cli.render.code.words import new_names

# How tightly texts bind: 10 a sum, 11 what begins with -, 12 a product, 14 a power or a fraction,
# 15 a function, 16 what has brackets of its own. A limit of 99 always makes brackets.
CONDITIONS: dict[str, Form] = {
    "<": (4, "$0:5 < $1:5"),
    "<=": (4, r"$0:5 \le $1:5"),
    ">": (4, "$0:5 > $1:5"),
    ">=": (4, r"$0:5 \ge $1:5"),
    "==": (4, "$0:5 = $1:5"),
    "!=": (4, r"$0:5 \ne $1:5"),
    "not": (3, r"\lnot $0?:5"),
    "and": (2, r"$0?:2 \land $1?:3"),
    "or": (1, r"$0?:1 \lor $1?:2"),
}
NAMED = {
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"a{name}": rf"\arc{name}" for name in ("sin", "cos", "tan")},
    **{f"a{name}": rf"\operatorname{{ar{name}}}" for name in ("sinh", "cosh", "tanh")},
    **{name: rf"\operatorname{{{name}}}" for name in ("erf", "erfc", "sign", "round", "trunc")},
    "log": r"\ln",
    "log2": r"\log_2",
    "log10": r"\log_{10}",
    "sigmoid": r"\sigma",
    "softplus": r"\operatorname{softplus}",
    "relu": r"\operatorname{ReLU}",
    "leaky_relu": r"\operatorname{LeakyReLU}",
    "elu": r"\operatorname{ELU}",
    "silu": r"\operatorname{SiLU}",
    "gelu": r"\operatorname{GELU}",
}
FORMS: dict[str, Form] = {
    **{name: (15, f"{text}$0:99") for name, text in NAMED.items()},
    "+": (10, "$0:10 + $1:12"),
    "-": (10, "$0:10 - $1:12"),
    "*": (12, "$0:11 $1:12"),
    "/": (14, r"\frac{$0}{$1}"),
    "%": (12, r"$0:12 \bmod $1:14"),
    "neg": (11, "-$0:12"),
    "^": (14, "$0:16^{$1}"),
    "square": (14, "$0:16^{2}"),
    "exp": (14, "e^{$0}"),
    "exp2": (14, "2^{$0}"),
    "expm1": (10, "e^{$0} - 1"),
    "log/2": (15, r"\log_{$1}$0:99"),
    "log1p": (15, r"\ln\left(1 + $0:12\right)"),
    "sqrt": (16, r"\sqrt{$0}"),
    "cbrt": (16, r"\sqrt[3]{$0}"),
    "atan2": (15, r"\operatorname{atan2}$@"),
    "abs": (16, r"\left|$0\right|"),
    "floor": (16, r"\left\lfloor $0 \right\rfloor"),
    "ceil": (16, r"\left\lceil $0 \right\rceil"),
    "min": (15, r"\min$@"),
    "max": (15, r"\max$@"),
    "sum": (10, "$+"),
    "mean": (14, r"\frac{$+}{$n}"),
    "clamp": (15, r"\min\left(\max\left($0, $1\right), $2\right)"),
    "where": (0, r"\begin{cases} $1 & \text{if } $0? \\ $2 & \text{otherwise} \end{cases}"),
    "detach": (15, r"\operatorname{detach}$0:99"),
}
CONSTANTS = {"pi": r"\pi", "tau": r"\tau", "e": "e", "inf": r"\infty", "nan": r"\mathrm{nan}"}

POWERED = re.compile(r"\\(sinh?|cosh?|tanh?|ln)(?=\(|\\left\()")
SIMPLE_FRACTION = re.compile(r"(-?)\\frac\{([\w ]+(?:\^\{\d+\})?)\}\{(\w+)\}")


def bracket(text: str) -> str:
    """Brackets, as tall as what stands in them."""
    tall = any(word in text for word in (r"\frac", r"\begin", r"\left", r"\sqrt"))
    return rf"\left({text}\right)" if tall else f"({text})"


def product(value: Node, operands: Sequence[Text]) -> Form:
    """A product with a point where the right factor begins with a digit, as in 3 · 2^x."""
    left, right = operands
    level = 11 if left.text.startswith("-") and left.level >= 11 else 12
    digit = left.text[-1:].isdigit() and right.text.startswith(r"\frac")
    if digit or (right.level >= 12 and right.text[:1].isdigit()):
        return level, r"$0:11 \cdot $1:12"
    return level, "$0:11 $1:17" if right.text.startswith("-") else "$0:11 $1:12"


def quotient(value: Node, operands: Sequence[Text]) -> Form | None:
    """A fraction with its sign before it."""
    above = operands[0]
    if above.text.startswith("-") and above.level >= 11:
        return 11, rf"-\frac{{{without_brackets(above.text[1:])}}}{{$1}}"
    return None


def without_brackets(text: str) -> str:
    """A text without the brackets around all of it."""
    start, end = (r"\left(", r"\right)") if text.startswith(r"\left(") else ("(", ")")
    inside = text[len(start) : -len(end)]
    around = text.startswith(start) and text.endswith(end)
    depths = accumulate((char == "(") - (char == ")") for char in inside)
    return inside if around and min(depths, default=0) >= 0 else text


def power(value: Node, operands: Sequence[Text]) -> Form | None:
    r"""\sin^{2}(x), and a fraction on one line as an exponent."""
    base, exponent = operands
    function = POWERED.match(base.text)
    if function and base.level == 15 and exponent.text.isdigit():
        return 15, rf"{function[0]}^{{{exponent.text}}}{base.text[function.end() :]}"
    limit = 99 if r"\cdot" in base.text and base.atom else 16
    return 14, f"$0:{limit}^{{{inline(exponent.text)}}}"


def exponential(value: Node, operands: Sequence[Text]) -> Form:
    return 14, f"e^{{{inline(operands[0].text)}}}"


def inline(exponent: str) -> str:
    """A fraction on one line, if nothing else is in the exponent."""
    simple = SIMPLE_FRACTION.fullmatch(exponent)
    return f"{simple[1]}{simple[2]}/{simple[3]}" if simple else exponent


def choice(value: Node, operands: Sequence[Text]) -> Form | None:
    """The cases of a choice in a choice as further lines of one."""
    start = r"\begin{cases}"
    if operands[2].level == 0 and operands[2].text.startswith(start):
        return 0, rf"{start} $1 & \text{{if }} $0? \\{operands[2].text.removeprefix(start)}"
    return None


def hypotenuse(value: Node, operands: Sequence[Text]) -> Form:
    squares = " + ".join(f"${i}:16^{{2}}" for i in range(len(operands)))
    return 16, rf"\sqrt{{{squares}}}"


def logsumexp(value: Node, operands: Sequence[Text]) -> Form:
    powers = " + ".join(f"e^{{${i}}}" for i in range(len(operands)))
    return 15, rf"\ln\left({powers}\right)"


VARIANTS: dict[str, Variant] = {
    "*": product,
    "/": quotient,
    "^": power,
    "exp": exponential,
    "where": choice,
    "hypot": hypotenuse,
    "logsumexp": logsumexp,
}


class Latex(Target):
    arrays = False
    only_ascii = False
    share = 80
    room = 160
    named_results = False
    labelled = False
    named_repeats = False

    def lacks(self, op: Op, count: int) -> bool:
        return False  # a formula names an operation; what it is, a reader knows

    def call(self, name: str) -> Form:
        return 15, rf"\operatorname{{{escape(name)}}}$@"

    def number(self, x: float, short: bool) -> str:
        mantissa, _, exponent = repr(x).removesuffix(".0").partition("e")
        if not exponent:
            return mantissa
        ten = f"10^{{{int(exponent)}}}"
        return ten if mantissa == "1" else rf"{mantissa} \cdot {ten}"

    def symbol(self, name: str) -> str:
        return symbol(name)

    def verbatim(self, name: str) -> str:
        return rf"\mathtt{{{escape(name)}}}"

    def define(self, layout: Layout) -> list[str]:
        rows = [(step.symbol, step.text) for step in layout.steps]
        rows += [(left_side(layout, result.label), result.text) for result in layout.results]
        comments = [f"% {line}" for line in new_names(layout)]
        if len(rows) == 1:
            return [*comments, " = ".join(rows[0])]
        lines = [f"{start} &= {text}" for start, text in rows]
        return [*comments, r"\begin{aligned}", " \\\\\n".join(lines), r"\end{aligned}"]


TARGET = Latex(
    forms=FORMS,
    conditions=CONDITIONS,
    constants=CONSTANTS,
    helpers={},
    reserved="e pi tau nan inf",
    variants=VARIANTS,
    style=Style(truth=(16, r"\left[$0?\right]"), nonzero=(4, r"$0:5 \ne 0"), bracket=bracket),
)
