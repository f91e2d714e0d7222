"""Rust, by the standard library alone.

`f64::sqrt(2.0)`, for `2.0.sqrt()` is of no known type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from micrograd_cli.algebra.coefficients import ERF, SCALED_ERFC
from micrograd_cli.render.code.body import Body
from micrograd_cli.render.code.c_like import (
    CONDITIONS,
    OPERATORS,
    comment,
    statements,
    table,
)
from micrograd_cli.render.code.forms import Form, Style, Text
from micrograd_cli.render.code.python import tupled
from micrograd_cli.render.code.target import Target, folded

if TYPE_CHECKING:
    from micrograd_cli.nodes import Node

SAME = """exp exp2 log2 log10 sqrt cbrt sin cos tan asin acos atan sinh cosh tanh abs floor ceil
trunc"""

FORMS: dict[str, Form] = {
    **OPERATORS,
    **{name: (16, f"f64::{name}($0)") for name in SAME.split()},
    "%": (16, "floor_mod($0, $1)"),
    "^": (16, "f64::powf($0, $1)"),
    "expm1": (16, "f64::exp_m1($0)"),
    "log": (16, "f64::ln($0)"),
    "log/2": (12, "f64::ln($0)/f64::ln($1)"),
    "log1p": (16, "f64::ln_1p($0)"),
    "atan2": (16, "f64::atan2($0, $1)"),
    "asinh": (16, "asinh($0)"),
    "acosh": (16, "acosh($0)"),
    "atanh": (16, "atanh($0)"),
    "sigmoid": (16, "sigmoid($0)"),
    "softplus": (16, "softplus($0)"),
    "relu": (0, "if $0:5 < 0.0 { 0.0 } else { $0 }"),
    "leaky_relu": (0, "if $0:5 > 0.0 { $0 } else { 0.01*$0:13 }"),
    "elu": (0, "if $0:5 > 0.0 { $0 } else { f64::exp_m1($0) }"),
    "silu": (16, "silu($0)"),
    "gelu": (16, "gelu($0)"),
    "erf": (16, "erf($0)"),
    "erfc": (16, "erfc($0)"),
    "sign": (16, "sign($0)"),
    "round": (16, "round_to_even($0)"),
    "min": (16, "least(&[$*])"),
    "max": (16, "greatest(&[$*])"),
    "long sum": (16, "[$*].iter().sum::<f64>()"),
    "long mean": (12, "[$*].iter().sum::<f64>()/$n.0"),
    "mean": (12, "($+)/$n.0"),
    "hypot/1": (16, "f64::abs($0)"),
    "hypot/2": (16, "f64::hypot($0, $1)"),
    "hypot": (16, "hypotenuse(&[$*])"),
    "logsumexp": (16, "logsumexp(&[$*])"),
    "clamp": (16, "least(&[greatest(&[$0, $1]), $2])"),
    "where": (0, "if $0? { $1 } else { $2 }"),
}
CONSTANTS = {"pi": "PI", "tau": "TAU", "e": "E", "inf": "f64::INFINITY", "nan": "f64::NAN"}
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
    "softplus": """
fn softplus(x: f64) -> f64 {
    (if x > 0.0 { x } else { 0.0 }) + (-x.abs()).exp().ln_1p()
}
""",
    "silu": """
fn silu(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x < -750.0 { -0.0 } else { x*(if x >= 0.0 { 1.0 } else { e })/(1.0 + e) }
}
""",
    "gelu": """
fn gelu(x: f64) -> f64 {
    if x < -40.0 { -0.0 } else { 0.5*x*erfc(-x/std::f64::consts::SQRT_2) }
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
    "logsumexp": """
fn logsumexp(x: &[f64]) -> f64 {
    let top = greatest(x);
    if !top.is_finite() {
        return top;
    }
    let count = x.iter().filter(|each| **each == top).count() as f64;
    let rest: f64 = x.iter().filter(|each| **each != top).map(|each| (each - top).exp()).sum();
    top + (count.ln() + (rest/count).ln_1p())
}
""",
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

    def variant(self, value: Node, operands: Sequence[Text]) -> Form | None:
        """A chain of conditions on one level."""
        chained = value.op.name == "where" and operands[2].text.startswith("if ")
        return (0, "if $0? { $1 } else $2") if chained else None

    def define(self, body: Body) -> list[str]:
        kind, returns, text = handed_over(body)
        parameters = ", ".join(f"{name}: f64" for name in body.parameters)
        names = [*body.parameters, body.name, *[step.name for step in body.steps]]
        allowed = [] if all(name.islower() for name in names) else ["#[allow(non_snake_case)]"]
        return [
            *[f"/// {line}".rstrip() for line in comment(body, returns)],
            *allowed,
            *folded(f"pub fn {body.name}(", parameters, f") -> {kind} {{", "    "),
            *[f"    let _ = {name};" for name in body.unused],
            *statements(body, "let", "let"),
            *folded("    ", text, "", "    "),
            "}",
        ]


def handed_over(body: Body) -> tuple[str, str, str]:
    """What the function returns: its type, its description, its text."""
    labels = [result.label for result in body.results]
    texts = [result.text for result in body.results]
    if body.gradient:
        kind = f"(f64, [f64; {len(body.gradient)}])"
        described = tupled(["value", f"[{', '.join(labels[1:])}]"])
        return kind, described, f"({texts[0]}, [{', '.join(texts[1:])}])"
    if len(labels) == 1:
        return "f64", "a number", texts[0]
    return f"[f64; {len(labels)}]", f"[{', '.join(labels)}]", f"[{', '.join(texts)}]"


TARGET = Rust(
    FORMS,
    CONDITIONS,
    CONSTANTS,
    HELPERS,
    RESERVED,
    Style(truth=(16, "f64::from($0?)"), nonzero=(4, "$0:5 != 0.0")),
)
