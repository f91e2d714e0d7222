"""JavaScript, by Math alone."""

from __future__ import annotations

import json

from micrograd_cli.algebra.coefficients import ERF, SCALED_ERFC
from micrograd_cli.render.code.body import Body
from micrograd_cli.render.code.c_like import (
    CONDITIONS,
    OPERATORS,
    comment,
    statements,
    table,
)
from micrograd_cli.render.code.forms import Form, Style
from micrograd_cli.render.code.target import Target, folded

# By the same name in Math.
SAME = """exp expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh asinh
acosh atanh abs floor ceil trunc"""

FORMS: dict[str, Form] = {
    **OPERATORS,
    **{name: (16, f"Math.{name}($0)") for name in SAME.split()},
    "%": (16, "floorMod($0, $1)"),
    "^": (16, "power($0, $1)"),
    "exp2": (16, "Math.pow(2, $0)"),
    "log/2": (12, "Math.log($0)/Math.log($1)"),
    "atan2": (16, "Math.atan2($0, $1)"),
    "sigmoid": (16, "sigmoid($0)"),
    "softplus": (16, "softplus($0)"),
    "relu": (0, "$0:5 < 0 ? 0 : $0"),
    "leaky_relu": (0, "$0:5 > 0 ? $0:1 : 0.01*$0:13"),
    "elu": (0, "$0:5 > 0 ? $0:1 : Math.expm1($0)"),
    "silu": (16, "silu($0)"),
    "gelu": (16, "gelu($0)"),
    "erf": (16, "erf($0)"),
    "erfc": (16, "erfc($0)"),
    "sign": (11, "Math.sign($0) + 0"),  # -0 + 0 is 0
    "round": (16, "roundToEven($0)"),
    "min": (16, "Math.min($*)"),
    "max": (16, "Math.max($*)"),
    "mean": (12, "($+)/$n"),
    "hypot": (16, "Math.hypot($*)"),
    "logsumexp": (16, "logsumexp($*)"),
    "clamp": (16, "Math.min(Math.max($0, $1), $2)"),
}
CONSTANTS = {
    "pi": "Math.PI",
    "tau": "TAU",
    "e": "Math.E",
    "inf": "Infinity",
    "nan": "NaN",
}
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
    "softplus": """
function softplus(x) {
  return (x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
""",
    "silu": """
function silu(x) {
  const e = Math.exp(-Math.abs(x));
  return x < -750 ? -0 : x*(x >= 0 ? 1 : e)/(1 + e);
}
""",
    "gelu": """
function gelu(x) {
  return x < -40 ? -0 : 0.5*x*erfc(-x/Math.SQRT2);
}
""",
    "roundToEven": """
function roundToEven(x) {
  return Math.abs(x - Math.trunc(x)) === 0.5 ? 2*Math.round(x/2) : Math.round(x);
}
""",
    "logsumexp": """
function logsumexp(...x) {
  const top = Math.max(...x);
  if (!(Math.abs(top) < Infinity)) return top;
  const others = x.filter((each) => each !== top);
  const count = x.length - others.length;
  const rest = others.reduce((sum, each) => sum + Math.exp(each - top), 0);
  return top + (Math.log(count) + Math.log1p(rest/count));
}
""",
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

    def define(self, body: Body) -> list[str]:
        lines = comment(body, shape(body))
        return [
            "/**",
            *[f" * {line}".rstrip() for line in lines],
            " */",
            *folded(f"function {body.name}(", ", ".join(body.parameters), ") {", "    "),
            *statements(body, "const", "const", "  "),
            *folded("  return ", returned(body), ";", "    "),
            "}",
        ]


def shape(body: Body) -> str:
    """What the function returns, in words."""
    if body.gradient:
        names = ", ".join(key(result.label[2:]) for result in body.gradient)
        return f"{{value, grad: {{{names}}}}}"
    if len(body.results) == 1:
        return "a number"
    return f"[{', '.join(result.label for result in body.results)}]"


def returned(body: Body) -> str:
    if body.gradient:
        pairs = ", ".join(pair(key(each.label[2:]), each.text) for each in body.gradient)
        return f"{{{pair('value', body.results[0].text)}, grad: {{{pairs}}}}}"
    texts = [result.text for result in body.results]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def pair(name: str, text: str) -> str:
    return name if name == text else f"{name}: {text}"


def key(name: str) -> str:
    """The name of a property; `__proto__: 1` would set the prototype instead."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


TARGET = JavaScript(
    FORMS,
    {**CONDITIONS, "==": (4, "$0:5 === $1:5"), "!=": (4, "$0:5 !== $1:5")},
    CONSTANTS,
    HELPERS,
    RESERVED,
    Style(truth=(16, "Number($0?)"), nonzero=(4, "$0:5 !== 0")),
)
