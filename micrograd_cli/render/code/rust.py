"""Rust, by the standard library alone.

`f64::sqrt(2.0)`, for `2.0.sqrt()` is of no known type.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from micrograd_cli.algebra.coefficients import ERF, SCALED_ERFC
from micrograd_cli.language.arrays import Place, Shape
from micrograd_cli.nodes import Node
from micrograd_cli.render.code import gamma
from micrograd_cli.render.code.c_like import (
    CONDITIONS,
    OPERATORS,
    comment,
    flat_index,
    statements,
    table,
)
from micrograd_cli.render.code.forms import Form, Style, Text, calls
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.lines import fold
from micrograd_cli.render.code.target import Target
from micrograd_cli.render.code.words import tuple_text

SAME = """exp exp2 log2 log10 sqrt cbrt sin cos tan asin acos atan sinh cosh tanh abs floor ceil
trunc"""

FORMS: dict[str, Form] = {
    **OPERATORS,
    **calls("f64::{}($0)", SAME),
    **calls("{}($0)", "asinh acosh atanh sigmoid erf erfc erfinv lgamma digamma sign"),
    "polygamma": (16, "polygamma($0, $1)"),
    "%": (16, "floor_mod($0, $1)"),
    "^": (16, "f64::powf($0, $1)"),
    "expm1": (16, "f64::exp_m1($0)"),
    "log": (16, "f64::ln($0)"),
    "log1p": (16, "f64::ln_1p($0)"),
    "atan2": (16, "f64::atan2($0, $1)"),
    # no min: the other branch is not evaluated
    "elu": (0, "if $0:5 > 0.0 { $0 } else { f64::exp_m1($0) }"),
    "round": (16, "round_to_even($0)"),
    "min": (16, "least(&[$*])"),
    "max": (16, "greatest(&[$*])"),
    "long sum": (16, "[$*].iter().sum::<f64>()"),
    "hypot/1": (16, "f64::abs($0)"),
    "hypot/2": (16, "f64::hypot($0, $1)"),
    "hypot": (16, "hypotenuse(&[$*])"),
    "where": (0, "if $0? { $1 } else { $2 }"),
}
CONSTANTS = {"pi": "PI", "tau": "TAU", "e": "E", "inf": "f64::INFINITY", "nan": "f64::NAN"}
# Primitives that the standard library lacks or gives with fewer digits.
HELPERS = {
    "PI": "use std::f64::consts::PI;",
    "TAU": "use std::f64::consts::TAU;",
    "E": "use std::f64::consts::E;",
    "floor_mod": """
fn floor_mod(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest != 0.0 && (rest < 0.0) != (y < 0.0) { rest + y } else { rest }
}
""",
    "asinh": """
fn asinh(x: f64) -> f64 {
    let a = x.abs();
    let y = if a > 1e9 {
        a.ln() + std::f64::consts::LN_2
    } else {
        (a + a*a/(1.0 + a.hypot(1.0))).ln_1p()
    };
    y.copysign(x)
}
""",
    "acosh": """
fn acosh(x: f64) -> f64 {
    if x > 1e9 {
        return x.ln() + std::f64::consts::LN_2;
    }
    let t = if x < 1.0 { f64::NAN } else { x - 1.0 };
    (t + (t*(t + 2.0)).sqrt()).ln_1p()
}
""",
    "atanh": """
fn atanh(x: f64) -> f64 {
    let a = x.abs();
    (0.5*(2.0*a/(1.0 - a)).ln_1p()).copysign(x)
}
""",
    "polynomial": """
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum*x + coefficient)
}
""",
    "ERF": f"""
const ERF: [f64; {len(ERF)}] = [
{table(ERF)}
];
""",
    "SCALED_ERFC": f"""
const SCALED_ERFC: [f64; {len(SCALED_ERFC)}] = [
{table(SCALED_ERFC)}
];
""",
    "erfc_tail": """
/// What is left of the error function for x > 0; x is split, for exp magnifies the rounding of x*x
fn erfc_tail(x: f64) -> f64 {
    if x > 28.0 {
        return 0.0;
    }
    let high = f64::from(x as f32);
    let e = (-high*high).exp()*((high - x)*(high + x)).exp();
    e*polynomial(&SCALED_ERFC, 1.0 - 6.0/(x + 3.0))/(1.0 + 2.0*x)
}
""",
    "erf": """
fn erf(x: f64) -> f64 {
    if x.abs() < 1.0 {
        return x*polynomial(&ERF, x*x);
    }
    (1.0 - erfc_tail(x.abs())).copysign(x)
}
""",
    "erfc": """
fn erfc(x: f64) -> f64 {
    if x < 0.5 { 1.0 - erf(x) } else { erfc_tail(x) }
}
""",
    "sigmoid": """
fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    (if x >= 0.0 { 1.0 } else { e })/(1.0 + e)
}
""",
    "sign": """
fn sign(x: f64) -> f64 {
    if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x + 0.0 }
}
""",
    "round_to_even": """
fn round_to_even(x: f64) -> f64 {
    if (x - x.trunc()).abs() == 0.5 { 2.0*(x/2.0).round() } else { x.round() }
}
""",
    "least": """
fn least(x: &[f64]) -> f64 {
    x.iter().copied().reduce(|a, b| if b < a || b.is_nan() { b } else { a }).unwrap()
}
""",
    "greatest": """
fn greatest(x: &[f64]) -> f64 {
    x.iter().copied().reduce(|a, b| if b > a || b.is_nan() { b } else { a }).unwrap()
}
""",
    "hypotenuse": """
fn hypotenuse(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |found: f64, each| found.hypot(*each))
}
""",
    **gamma.RUST,
}
RESERVED = """
as break const continue crate else enum extern false fn for if impl in let loop match mod move mut
pub ref return self Self static struct super trait true type unsafe use where while async await dyn
abstract become box do final macro override priv typeof unsized virtual yield try gen union
f64 f32 std main Some None Ok Err Vec String Option Result
"""


class Rust(Target):
    def number(self, x: float, short: bool) -> str:
        return repr(x)

    def element(self, symbol: str, place: Place, shape: Shape) -> str:
        return f"{symbol}[{flat_index(place, shape)}]"

    def packed(self, shape: Shape, texts: Sequence[str]) -> str:
        return f"[{', '.join(texts)}]"

    def define(self, layout: Layout) -> list[str]:
        kind, returns, text = result_text(layout)
        comments = [f"/// {line}".rstrip() for line in comment(layout, returns, flat=True)]
        return [*comments, *definition(layout, "pub fn", kind, text)]

    def helper(self, layout: Layout) -> list[str]:
        return definition(layout, "fn", "f64", layout.results[0].text)


def definition(layout: Layout, head: str, kind: str, text: str) -> list[str]:
    """A function that returns that text, of that type."""
    parameters = ", ".join(
        f"{name}: {'&[f64]' if name in layout.shapes else 'f64'}" for name in layout.parameters
    )
    names = [*layout.parameters, layout.name, *[step.name for step in layout.steps]]
    allowed = [] if all(name.islower() for name in names) else ["#[allow(non_snake_case)]"]
    return [
        *allowed,
        *fold(f"{head} {layout.name}(", parameters, f") -> {kind} {{", "    "),
        *[f"    let _ = {name};" for name in layout.unused],
        *statements(layout, "let", "let"),
        *fold("    ", text, "", "    "),
        "}",
    ]


def result_text(layout: Layout) -> tuple[str, str, str]:
    """What the function returns: its type, its description, its text."""
    labels = [result.label for result in layout.results]
    texts = [result.text for result in layout.results]
    if any(result.shape for result in layout.results):
        return of_arrays(layout)
    if layout.gradient:
        kind = f"(f64, [f64; {len(layout.gradient)}])"
        description = tuple_text(["value", f"[{', '.join(labels[1:])}]"])
        return kind, description, f"({texts[0]}, [{', '.join(texts[1:])}])"
    if len(labels) == 1:
        return "f64", "a number", texts[0]
    return f"[f64; {len(labels)}]", f"[{', '.join(labels)}]", f"[{', '.join(texts)}]"


def of_arrays(layout: Layout) -> tuple[str, str, str]:
    """The same where some results are arrays: each is one of its own, flat."""
    groups = [layout.gradient] if layout.gradient else [layout.results]
    kinds = [f"[f64; {prod(each.shape)}]" if each.shape else "f64" for each in groups[0]]
    labels = [each.label for each in groups[0]]
    texts = [each.text for each in groups[0]]
    if layout.gradient:
        value = layout.results[0].text
        return (f"(f64, {tuple_text(kinds)})", tuple_text(["value", tuple_text(labels)]),
                f"({value}, {tuple_text(texts)})")  # fmt: skip
    if len(texts) == 1:
        return kinds[0], labels[0], texts[0]
    return tuple_text(kinds), tuple_text(labels), tuple_text(texts)


def next_condition(value: Node, operands: Sequence[Text]) -> Form | None:
    """A chain of conditions on one level."""
    return (0, "if $0? { $1 } else $2") if operands[2].text.startswith("if ") else None


TARGET = Rust(
    forms=FORMS,
    conditions=CONDITIONS,
    constants=CONSTANTS,
    helpers=HELPERS,
    reserved=RESERVED,
    variants={"where": next_condition},
    style=Style(truth=(16, "f64::from($0?)"), nonzero=(4, "$0:5 != 0.0")),
)
