"""JavaScript, by Math alone."""

from __future__ import annotations

import json

from micrograd_cli.algebra.coefficients import ERF, SCALED_ERFC
from micrograd_cli.render.code import gamma
from micrograd_cli.render.code.c_like import (
    CONDITIONS,
    OPERATORS,
    comment,
    statements,
    table,
)
from micrograd_cli.render.code.forms import Form, Style, calls
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.lines import fold
from micrograd_cli.render.code.target import Target
from micrograd_cli.render.code.words import one_result

# By the same name in Math.
SAME = """exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh asinh
acosh atanh abs floor ceil trunc"""

FORMS: dict[str, Form] = {
    **OPERATORS,
    **calls("Math.{}($0)", SAME),
    **calls("{}($0)", "sigmoid erf erfc erfinv lgamma digamma"),
    "polygamma": (16, "polygamma($0, $1)"),
    "%": (16, "floorMod($0, $1)"),
    "^": (16, "power($0, $1)"),
    "exp2": (16, "Math.pow(2, $0)"),
    "atan2": (16, "Math.atan2($0, $1)"),
    "elu": (0, "$0:5 > 0 ? $0:1 : Math.expm1($0)"),  # no min: the other branch is not evaluated
    "sign": (11, "Math.sign($0) + 0"),  # -0 + 0 is 0
    "round": (16, "roundToEven($0)"),
    "min": (16, "Math.min($*)"),
    "max": (16, "Math.max($*)"),
    "hypot": (16, "Math.hypot($*)"),
}
CONSTANTS = {
    "pi": "Math.PI",
    "tau": "TAU",
    "e": "Math.E",
    "inf": "Infinity",
    "nan": "NaN",
}
# Primitives that Math lacks.
HELPERS = {
    "TAU": "const TAU = 2*Math.PI;",
    "floorMod": """
function floorMod(x, y) {
  const rest = x % y;
  return rest !== 0 && (rest < 0) !== (y < 0) ? rest + y : rest;
}
""",
    "power": """
// Math.pow(1, NaN) and Math.pow(-1, Infinity) are NaN, by IEEE 1
function power(x, y) {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}
""",
    "ERF": f"""
const ERF = [
{table(ERF)}
];
""",
    "SCALED_ERFC": f"""
const SCALED_ERFC = [
{table(SCALED_ERFC)}
];
""",
    "polynomial": """
function polynomial(coefficients, x) {
  return coefficients.reduceRight((sum, coefficient) => sum*x + coefficient, 0);
}
""",
    "erfcTail": """
// What is left of the error function for x > 0; x is split, for exp magnifies the rounding of x*x
function erfcTail(x) {
  if (x > 28) return 0;
  const high = Math.fround(x);
  const e = Math.exp(-high*high)*Math.exp((high - x)*(high + x));
  return e*polynomial(SCALED_ERFC, 1 - 6/(x + 3))/(1 + 2*x);
}
""",
    "erf": """
function erf(x) {
  if (Math.abs(x) < 1) return x*polynomial(ERF, x*x);
  return Math.sign(x)*(1 - erfcTail(Math.abs(x)));
}
""",
    "erfc": """
function erfc(x) {
  return x < 0.5 ? 1 - erf(x) : erfcTail(x);
}
""",
    "sigmoid": """
function sigmoid(x) {
  const e = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : e)/(1 + e);
}
""",
    "roundToEven": """
function roundToEven(x) {
  return Math.abs(x - Math.trunc(x)) === 0.5 ? 2*Math.round(x/2) : Math.round(x);
}
""",
    **gamma.JAVASCRIPT,
}
RESERVED = """
break case catch class const continue debugger default delete do else enum export extends false
finally for function if implements import in instanceof interface let new null package private
protected public return static super switch this throw true try typeof var void while with yield
await async arguments eval undefined of get set
"""


class JavaScript(Target):
    only_ascii = False

    def number(self, x: float, short: bool) -> str:
        return repr(x).removesuffix(".0")

    def define(self, layout: Layout) -> list[str]:
        lines = comment(layout, shape(layout))
        return ["/**", *[f" * {line}".rstrip() for line in lines], " */", *self.helper(layout)]

    def helper(self, layout: Layout) -> list[str]:
        return [
            *fold(f"function {layout.name}(", ", ".join(layout.parameters), ") {", "    "),
            *statements(layout, "const", "const", "  "),
            *fold("  return ", result_text(layout), ";", "    "),
            "}",
        ]


def shape(layout: Layout) -> str:
    """What the function returns, in words."""
    if layout.gradient:
        names = ", ".join(key(result.label[2:]) for result in layout.gradient)
        return f"{{value, grad: {{{names}}}}}"
    if len(layout.results) == 1:
        return one_result(layout.results[0])
    return f"[{', '.join(result.label for result in layout.results)}]"


def result_text(layout: Layout) -> str:
    """What the function returns, as an expression."""
    if layout.gradient:
        pairs = ", ".join(pair(key(each.label[2:]), each.text) for each in layout.gradient)
        return f"{{{pair('value', layout.results[0].text)}, grad: {{{pairs}}}}}"
    texts = [result.text for result in layout.results]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def pair(name: str, text: str) -> str:
    return name if name == text else f"{name}: {text}"


def key(name: str) -> str:
    """The name of a property; `__proto__: 1` would set the prototype instead."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


TARGET = JavaScript(
    forms=FORMS,
    conditions={**CONDITIONS, "==": (4, "$0:5 === $1:5"), "!=": (4, "$0:5 !== $1:5")},
    constants=CONSTANTS,
    helpers=HELPERS,
    reserved=RESERVED,
    style=Style(truth=(16, "Number($0?)"), nonzero=(4, "$0:5 !== 0")),
)
