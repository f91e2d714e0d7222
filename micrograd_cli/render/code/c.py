"""C99, by <math.h> alone."""

from __future__ import annotations

from micrograd_cli.render.code.body import Body
from micrograd_cli.render.code.c_like import CONDITIONS, OPERATORS, comment, statements
from micrograd_cli.render.code.forms import Form, Style
from micrograd_cli.render.code.target import Target, folded

FORMS: dict[str, Form] = {
    **OPERATORS,
    "%": (16, "floor_mod($0, $1)"),
    "^": (16, "pow($0, $1)"),
    "exp": (16, "exp($0)"),
    "exp2": (16, "exp2($0)"),
    "expm1": (16, "expm1($0)"),
    "log": (16, "log($0)"),
    "log/2": (12, "log($0)/log($1)"),
    "log2": (16, "log2($0)"),
    "log10": (16, "log10($0)"),
    "log1p": (16, "log1p($0)"),
    "sqrt": (16, "sqrt($0)"),
    "cbrt": (16, "cbrt($0)"),
    "sin": (16, "sin($0)"),
    "cos": (16, "cos($0)"),
    "tan": (16, "tan($0)"),
    "asin": (16, "asin($0)"),
    "acos": (16, "acos($0)"),
    "atan": (16, "atan($0)"),
    "atan2": (16, "atan2($0, $1)"),
    "sinh": (16, "sinh($0)"),
    "cosh": (16, "cosh($0)"),
    "tanh": (16, "tanh($0)"),
    "asinh": (16, "asinh($0)"),
    "acosh": (16, "acosh($0)"),
    "atanh": (16, "atanh($0)"),
    "sigmoid": (16, "sigmoid($0)"),
    "softplus": (16, "softplus($0)"),
    "relu": (0, "$0:5 < 0.0 ? 0.0 : $0"),
    "leaky_relu": (0, "$0:5 > 0.0 ? $0:1 : 0.01*$0:13"),
    "elu": (0, "$0:5 > 0.0 ? $0:1 : expm1($0)"),
    "silu": (16, "silu($0)"),
    "gelu": (16, "gelu($0)"),
    "erf": (16, "erf($0)"),
    "erfc": (16, "erfc($0)"),
    "abs": (16, "fabs($0)"),
    "sign": (16, "sign($0)"),
    "floor": (16, "floor($0)"),
    "ceil": (16, "ceil($0)"),
    "round": (16, "rint($0)"),  # to even, unless the program has changed the rounding mode
    "trunc": (16, "trunc($0)"),
    "min/2": (16, "lesser($0, $1)"),
    "min": (16, "least($n, (const double[]){$*})"),
    "max/2": (16, "greater($0, $1)"),
    "max": (16, "greatest($n, (const double[]){$*})"),
    "mean": (12, "($+)/$n.0"),
    "hypot/1": (16, "fabs($0)"),
    "hypot/2": (16, "hypot($0, $1)"),
    "hypot": (16, "hypotenuse($n, (const double[]){$*})"),
    "logsumexp": (16, "logsumexp($n, (const double[]){$*})"),
    "clamp": (16, "lesser(greater($0, $1), $2)"),
}
CONSTANTS = {"pi": "PI", "tau": "TAU", "e": "E", "inf": "INFINITY", "nan": "NAN"}
HELPERS = {
    "PI": "static const double PI = 3.141592653589793;",
    "TAU": "static const double TAU = 6.283185307179586;",
    "E": "static const double E = 2.718281828459045;",
    "floor_mod": """
static double floor_mod(double x, double y)
{
    const double rest = fmod(x, y);
    if (rest == 0.0)
        return copysign(0.0, y);
    return (rest < 0.0) != (y < 0.0) ? rest + y : rest;
}
""",
    "lesser": """
static double lesser(double x, double y)
{
    return y < x || y != y ? y : x;
}
""",
    "least": """
static double least(int n, const double *x)
{
    double found = x[0];
    for (int i = 1; i < n; i++)
        found = x[i] < found || x[i] != x[i] ? x[i] : found;
    return found;
}
""",
    "greater": """
static double greater(double x, double y)
{
    return y > x || y != y ? y : x;
}
""",
    "greatest": """
static double greatest(int n, const double *x)
{
    double found = x[0];
    for (int i = 1; i < n; i++)
        found = x[i] > found || x[i] != x[i] ? x[i] : found;
    return found;
}
""",
    "sigmoid": """
static double sigmoid(double x)
{
    const double e = exp(-fabs(x));
    return (x >= 0.0 ? 1.0 : e)/(1.0 + e);
}
""",
    "softplus": """
static double softplus(double x)
{
    return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x)));
}
""",
    "silu": """
static double silu(double x)
{
    const double e = exp(-fabs(x));
    return x < -750.0 ? -0.0 : x*(x >= 0.0 ? 1.0 : e)/(1.0 + e);
}
""",
    "gelu": """
static double gelu(double x)
{
    return x < -40.0 ? -0.0 : 0.5*x*erfc(-x/sqrt(2.0));
}
""",
    "sign": """
static double sign(double x)
{
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x + 0.0;
}
""",
    "hypotenuse": """
static double hypotenuse(int n, const double *x)
{
    double found = 0.0;
    for (int i = 0; i < n; i++)
        found = hypot(found, x[i]);
    return found;
}
""",
    "logsumexp": """
static double logsumexp(int n, const double *x)
{
    const double top = greatest(n, x);
    double rest = 0.0, count = 0.0;
    if (!(fabs(top) < INFINITY))
        return top;
    for (int i = 0; i < n; i++) {
        if (x[i] == top)
            count += 1.0;
        else
            rest += exp(x[i] - top);
    }
    return top + (log(count) + log1p(rest/count));
}
""",
}
RESERVED = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while bool true false nullptr thread_local alignas alignof constexpr typeof static_assert
asm class delete new private public protected template this throw try catch namespace operator
using virtual friend explicit export and or not xor linux unix main grad out
"""


class C(Target):
    def number(self, x: float, short: bool) -> str:
        return repr(x)

    def header(self, text: str) -> list[str]:
        return ["#include <math.h>"]

    named_results = False

    def define(self, body: Body) -> list[str]:
        array = [result.label for result in body.gradient or body.results]
        single = len(body.results) == 1
        kind = "void" if not body.gradient and not single else "double"
        places = "grad" if body.gradient else "out"
        listed = f"{places} becomes {{{', '.join(array)}}}"
        returns = "a number" if single else f"value, and {listed}" if body.gradient else listed
        lines = comment(body, returns)
        lines = [f"/* {lines[0]}", *[f" * {line}" for line in lines[1:]]]
        lines[-1] += " */"
        parameters = [f"double {name}" for name in body.parameters]
        if not single:
            parameters.append(f"double {places}[{len(array)}]")
        signature = ", ".join(parameters) or "void"
        return [
            *lines,
            *folded(f"{kind} {body.name}(", signature, ")", "    "),
            "{",
            *[f"    (void){name};" for name in body.unused],
            *statements(body, "const double", "const int"),
            *stored(body, places),
            "}",
        ]


def stored(body: Body, places: str) -> list[str]:
    """The statements that hand over the results."""
    single = len(body.results) == 1
    array = [] if single else body.gradient or body.results
    lines = [
        line
        for i, result in enumerate(array)
        for line in folded(f"    {places}[{i}] = ", result.text, ";", "        ")
    ]
    if single or body.gradient:
        lines += folded("    return ", body.results[0].text, ";", "        ")
    return lines


TARGET = C(
    FORMS,
    CONDITIONS,
    CONSTANTS,
    HELPERS,
    RESERVED,
    Style(truth=(13, "(double)($0?)"), nonzero=(4, "$0:5 != 0.0")),
)
