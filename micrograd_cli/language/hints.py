"""What people type from other languages and from paper, and what it is called here: data."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from unicodedata import decomposition, normalize

from micrograd_cli.errors import Span
from micrograd_cli.language.spelling import SUPERSCRIPTS, one_line
from micrograd_cli.ops import FUNCTIONS

# --- characters -----------------------------------------------------------------------------------

LOOKALIKES = {
    "–": "-", "—": "-", "∙": "*", "•": "*", "∕": "/", "√": "sqrt(...)", "∛": "cbrt(...)",
    "&": "and", "∧": "and", "∨": "or", "¬": "not", "{": "(", "}": ")",
    "°": "*pi/180", "∑": "sum(...)", "∏": "prod(...)", "′": "'",
}  # fmt: skip


def meant(character: str) -> str:
    """What a character that is none of the language's stands for, or nothing."""
    plain = LOOKALIKES.get(character) or normalize("NFKC", character).replace("⁄", "/").strip()
    if decomposition(character).startswith("<super>"):
        plain = f"^{plain}"
    return plain if plain.isascii() and plain != character else ""


# --- functions that go by other names -------------------------------------------------------------

RENAMED = {
    "tg": "tan", "arctg": "atan", "atg": "atan", "sh": "sinh", "ch": "cosh",
    "th": "tanh", "arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh", "arsh": "asinh",
    "arch": "acosh", "arth": "atanh", "lg": "log10", "ld": "log2", "lb": "log2", "sqr": "square",
    "fabs": "abs", "absolute": "abs", "signum": "sign", "int": "trunc", "fix": "trunc",
    "rint": "round", "nint": "round", "ceiling": "ceil", "minimum": "min", "maximum": "max",
    "fmin": "min", "fmax": "max", "average": "mean", "avg": "mean", "product": "prod",
    "variance": "var", "stdev": "std", "stddev": "std", "total": "sum", "fmod": "mod",
    "power": "pow", "expit": "sigmoid", "σ": "sigmoid", "sigma": "sigmoid", "swish": "silu",
    "lrelu": "leaky_relu", "clip": "clamp", "stop_gradient": "detach", "lse": "logsumexp",
    "logaddexp": "logsumexp", "gammaln": "lgamma", "lngamma": "lgamma", "loggamma": "lgamma",
    "psi": "digamma", "ψ": "digamma", "phi": "normpdf", "φ": "normpdf", "pdf": "normpdf",
    "norm_pdf": "normpdf", "dnorm": "normpdf", "Phi": "normcdf", "Φ": "normcdf",
    "cdf": "normcdf", "norm_cdf": "normcdf", "pnorm": "normcdf", "ncdf": "normcdf",
    "N": "normcdf", "ifelse": "where", "iff": "where", "select": "where", "cond": "where",
    "piecewise": "where", "∑": "sum", "Σ": "sum", "Π": "prod", "dist": "hypot",
}  # fmt: skip
WRITTEN = {
    "gamma": "exp(lgamma(x))", "Gamma": "exp(lgamma(x))", "Γ": "exp(lgamma(x))",
    "tgamma": "exp(lgamma(x))", "fact": "exp(lgamma(x + 1))", "factorial": "exp(lgamma(x + 1))",
    "beta": "exp(lgamma(a) + lgamma(b) - lgamma(a + b))", "trigamma": "polygamma(1, x)",
    "heaviside": "where(x > 0, 1, 0)", "step": "where(x > 0, 1, 0)", "H": "where(x > 0, 1, 0)",
    "theta": "where(x > 0, 1, 0)", "θ": "where(x > 0, 1, 0)", "Θ": "where(x > 0, 1, 0)",
    "sec": "1/cos(x)", "csc": "1/sin(x)", "cosec": "1/sin(x)", "cot": "1/tan(x)",
    "ctg": "1/tan(x)", "cotg": "1/tan(x)", "cotan": "1/tan(x)", "arcctg": "atan2(1, x)",
    "acot": "atan2(1, x)", "arccot": "atan2(1, x)", "asec": "acos(1/x)", "acsc": "asin(1/x)",
    "sech": "1/cosh(x)", "csch": "1/sinh(x)", "coth": "1/tanh(x)", "cth": "1/tanh(x)",
    "sinc": "sin(x)/x", "root": "x^(1/n)", "relu6": "clamp(x, 0, 6)",
    "hardtanh": "clamp(x, -1, 1)", "mish": "x*tanh(softplus(x))", "logsigmoid": "-softplus(-x)",
    "norminv": "sqrt(2)*erfinv(2*p - 1)", "probit": "sqrt(2)*erfinv(2*p - 1)",
    "qnorm": "sqrt(2)*erfinv(2*p - 1)", "ppf": "sqrt(2)*erfinv(2*p - 1)",
    "erfcinv": "erfinv(1 - x)", "radians": "x*pi/180", "deg2rad": "x*pi/180",
    "degrees": "x*180/pi", "rad2deg": "x*180/pi", "reciprocal": "1/x", "frac": "x % 1",
    "if": "where(condition, a, b)", "mse": "mean((x - y)^2)", "mae": "mean(abs(x - y))",
    "rmse": "sqrt(mean((x - y)^2))", "cross_entropy": "-sum(p*log(q))", "bce": "softplus(z) - y*z",
    **dict.fromkeys(("d", "D", "diff", "deriv", "derivative", "gradient"), "grad(y, x)"),
}  # fmt: skip


def function_hint(text: str, function: str, place: Span) -> str:
    """What an unknown function at a place of the text is called here, or nothing."""
    known = WRITTEN.get(function) or RENAMED.get(function)
    return f"did you mean '{known}'?" if known else hint(text, place[1], True)


def decimal_hint(call: str) -> str:
    """The call with points for decimal commas, or nothing where it has none: `sin(0,5)`."""
    meant = re.sub(r"(?<![\w.])(\d+),(\d+)(?![\w.])", r"\1.\2", call)
    return f"did you mean {meant}?" if meant != call else ""


# --- phrases --------------------------------------------------------------------------------------

NAME = r"[^\W\d]\w*"
FUNCTION = "|".join(sorted((name for name in FUNCTIONS if name.isidentifier()), key=len)[::-1])
BRACKETS = r"\([^()\n]*\)"
SUPERSCRIPT = "[⁺⁻]?[⁰¹²³⁴-⁹]+"


class Phrase(NamedTuple):
    """A way to write something: its pattern, and how it is written here.

    `operand` tells where it applies: where an operand is missing (True), where an operator is
    (False), anywhere (None).
    """

    pattern: re.Pattern[str]
    hint: str | Callable[[re.Match[str]], str]
    operand: bool | None = None


def phrase(
    pattern: str, hint: str | Callable[[re.Match[str]], str], operand: bool | None = None
) -> Phrase:
    return Phrase(re.compile(pattern), hint, operand)


def integer(base: int) -> Callable[[re.Match[str]], str]:
    return lambda found: f"did you mean {int(found['digits'], base)}?"


def powered(found: re.Match[str]) -> str:
    """sin²(x) is sin(x)^2; sin⁻¹(x) is either of two."""
    f, x = found["f"], found["x"] or "(x)"
    power = (found["caret"] or found["small"]).translate(SUPERSCRIPTS)
    if power == "-1" and f"a{f}" in FUNCTIONS:
        return f"write 'a{f}{x}' for the inverse function, '1/{f}{x}' for the reciprocal"
    return f"did you mean '{f}{x}^{power}'?"


def thousands(found: re.Match[str]) -> str:
    """1,000 is 1000, or 1.000; 1,000,000 is 1000000."""
    number = found["n"]
    readings = [number.replace(",", ""), number.replace(",", ".")][: 3 - number.count(",")]
    return f"did you mean {' or '.join(readings)}?"


CHOICE = "did you mean 'where({c}, {a}, {b})'?"
PHRASES = [
    phrase("[“”„«»‘’‚]", "use straight quotes: 'a*b'"),
    phrase(r"^\s*(?P<quote>['\"]).*(?P=quote)\s*$",
           "the quotes are part of the expression: leave them out, or try double quotes"),
    phrase(rf"\b(?P<f>{FUNCTION})[ \t]*(?:(?:\^|\*\*)[ \t]*(?P<caret>-?[0-9]+)"
           rf"|(?P<small>{SUPERSCRIPT}))[ \t]*(?P<x>{BRACKETS})?", powered),
    phrase(r"(?P<a>[\w.]+)\s+mod\s+(?P<b>[\w.]+)", "did you mean '{a} % {b}'?", False),
    phrase(rf"\b(?P<f>{FUNCTION})[ \t]+(?P<x>[0-9.]*{NAME}|[0-9.]+)",
           "did you mean '{f}({x})'?", False),
    phrase(r"\bd\s*/\s*d(?P<x>[^\W\d]\w*)\s*", "mgrad diff prints a derivative: mgrad diff 'x^2'"),
    phrase(r"(?P<a>[^;\n()=]+?)\s+if\s+(?P<c>.+?)\s+else\s+(?P<b>[^;\n()]+)", CHOICE),
    phrase(r"\bif\b\s*(?P<c>.+?)\s*\bthen\b\s*(?P<a>.+?)\s*\belse\b\s*(?P<b>[^;\n]+)", CHOICE),
    phrase(r"(?P<c>[^?;\n()=]+?)\s*\?\s*(?P<a>[^:;\n]+?)\s*:\s*(?P<b>[^;\n()]+)", CHOICE),
    phrase(r"\bif\b\s*|\?", "did you mean 'where(condition, a, b)'?"),
    phrase(rf"\b(?:let|var|val|const|set|def|float|double|auto)\s+(?P<y>{NAME}(?:{BRACKETS})?)"
           r"\s*:?=", "write '{y} = …'"),
    phrase(rf"\bdef\s+(?P<f>{NAME}\s*{BRACKETS})\s*:", "write '{f} = …'"),
    phrase(rf"\b(?P<x>{NAME})\.(?P<f>{FUNCTION})\(\s*\)", "did you mean '{f}({x})'?"),
    phrase(rf"\b(?:{NAME}\.)+(?P<f>{NAME})\s*(?P<x>{BRACKETS}|\()", "did you mean '{f}{x}'?"),
    phrase(r"\b(?:math|np|numpy|torch|jnp|cmath|scipy|sp)\.(?P<f>pi|e|tau|inf|nan)\b",
           "did you mean '{f}'?"),
    phrase(rf"\b(?P<x>{NAME})\.(?:T|transpose)\b", "did you mean 'transpose({x})'?"),
    phrase(rf"\b(?P<x>{NAME}(?:\.\w+)+)", "in backticks it is a name: `{x}`"),
    phrase(r"\b0[xX](?P<digits>[0-9a-fA-F]+)\b", integer(16)),
    phrase(r"\b0[bB](?P<digits>[01]+)\b", integer(2)),
    phrase(r"\b0[oO](?P<digits>[0-7]+)\b", integer(8)),
    phrase(r"(?<![\w.])(?P<n>[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?![\w,])", thousands),
    phrase(r"(?<![\w.,])(?P<a>[0-9]+),(?P<b>[0-9]+)", "did you mean {a}.{b}?"),
    phrase(r"\|(?P<x>[^|\n]+)\|", "did you mean 'abs({x})'?", True),
    phrase(r"\|\|?", "did you mean 'or'?", False),
    phrase(r"&&?", "did you mean 'and'?"),
    phrase(rf"(?P<x>{NAME}|[0-9]+)!(?!=)", "did you mean 'exp(lgamma({x} + 1))'?", False),
    phrase(r"!(?!=)", "did you mean 'exp(lgamma(x + 1))', for a factorial?", False),
    phrase(r"[!~](?!=)", "did you mean 'not'?", True),
    phrase(r"=<", "did you mean '<='?"),
    phrase(r"=>", "did you mean '>='?"),
    phrase(r"<>", "did you mean '!='?"),
    phrase(r"===", "did you mean '=='?"),
    phrase(rf"(?P<f>{NAME}\s*{BRACKETS})\s*:=", "write '{f} = …'"),
    phrase(r":=", "did you mean '='?"),
    phrase(r"(?P<a>[\w.]+)\s+div\s+(?P<b>[\w.]+)", "did you mean 'floor({a}/{b})'?", False),
    phrase(r"\breturn\s+(?P<y>[^;\n]+)", "the last expression is the output: write '{y}'", False),
    phrase(r"\b(?:import|from|using|include)\s", "functions need no import", False),
    phrase(rf"\$(?P<x>{NAME})", "did you mean '{x}'?"),
    phrase(rf"(?P<f>{NAME})\s*=\s*lambda\s+(?P<x>[^:\n]*):", "write '{f}({x}) = …'"),
    phrase(r"\blambda\s+(?P<x>[^:\n]*):\s*(?P<y>[^;\n]+)", "write '{y}' alone"),
    phrase(r"\.(?P<op>[*/^]|\*\*)", "did you mean '{op}'? it is element by element on arrays"),
    phrase(r"~", "a fit is mgrad fit 'a*x + b' FILE --target y", False),
    phrase(r"(?P<x>[0-9.]+)\s*%", "'%' is the remainder; per cent is {x}/100", True),
]  # fmt: skip


def hint(text: str, position: int, operand: bool) -> str:
    """How the phrase that stands at a position is written here, or nothing."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : len(text) if end < 0 else end]
    for pattern, template, where in PHRASES:
        if where in (None, operand):
            for found in pattern.finditer(line):
                if found.start() <= position - start <= found.end():
                    return filled(template, found)
    return ""


def filled(template: str | Callable[[re.Match[str]], str], found: re.Match[str]) -> str:
    if callable(template):
        return template(found)
    groups = {name: one_line(text or "…") for name, text in found.groupdict().items()}
    return template.format_map(groups)
