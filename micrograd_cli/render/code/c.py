"""C99, by <math.h> alone."""

from __future__ import annotations

from micrograd_cli.language.arrays import Place, Shape
from micrograd_cli.render.code import gamma
from micrograd_cli.render.code.c_like import (
    CONDITIONS,
    OPERATORS,
    comment,
    flat_index,
    statements,
)
from micrograd_cli.render.code.forms import Form, Style, calls
from micrograd_cli.render.code.layout import Layout
from micrograd_cli.render.code.lines import fold
from micrograd_cli.render.code.target import Target

# By the same name in <math.h>.
SAME = """exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan sinh cosh tanh
asinh acosh atanh erf erfc lgamma floor ceil trunc"""
FORMS: dict[str, Form] = {
    **OPERATORS,
    **calls("{}($0)", SAME),
    **calls("{}($0)", "sigmoid sign erfinv digamma"),
    "polygamma": (16, "polygamma($0, $1)"),
    "%": (16, "floor_mod($0, $1)"),
    "^": (16, "pow($0, $1)"),
    "atan2": (16, "atan2($0, $1)"),
    "elu": (0, "$0:5 > 0.0 ? $0:1 : expm1($0)"),  # no min: the other branch is not evaluated
    "abs": (16, "fabs($0)"),
    "round": (16, "rint($0)"),  # to even, unless the program has changed the rounding mode
    "min/2": (16, "lesser($0, $1)"),
    "min": (16, "least($n, (const double[]){$*})"),
    "max/2": (16, "greater($0, $1)"),
    "max": (16, "greatest($n, (const double[]){$*})"),
    "hypot/1": (16, "fabs($0)"),
    "hypot/2": (16, "hypot($0, $1)"),
    "hypot": (16, "hypotenuse($n, (const double[]){$*})"),
}
CONSTANTS = {"pi": "PI", "tau": "TAU", "e": "E", "inf": "INFINITY", "nan": "NAN"}
# Primitives that <math.h> lacks.
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
    **gamma.C,
}
RESERVED = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while bool true false nullptr thread_local alignas alignof constexpr typeof static_assert
asm class delete new private public protected template this throw try catch namespace operator
using virtual friend explicit export and or not xor linux unix main grad out
HUGE_VAL HUGE_VALF HUGE_VALL FP_NAN FP_INFINITE FP_ZERO FP_SUBNORMAL FP_NORMAL FP_ILOGB0
FP_ILOGBNAN FP_FAST_FMA FP_FAST_FMAF FP_FAST_FMAL MATH_ERRNO MATH_ERREXCEPT math_errhandling
M_E M_LOG2E M_LOG10E M_LN2 M_LN10 M_PI M_PI_2 M_PI_4 M_1_PI M_2_PI M_2_SQRTPI M_SQRT2 M_SQRT1_2
"""
# Functions that <math.h> declares or compilers know: a static one of that name is an error.
LIBRARY = """
fmod fabs fma fmax fmin fdim drem frexp ldexp modf ilogb logb llogb scalb scalbn scalbln significand
lgamma tgamma gamma signgam j0 j1 jn y0 y1 yn exp10 pow10 sincos nearbyint rint lrint llrint round
lround llround roundeven remainder remquo copysign nan nextafter nexttoward nextup nextdown finite
isnan isinf isfinite isnormal signbit fpclassify isgreater isgreaterequal isless islessequal
islessgreater isunordered canonicalize abs labs llabs exit abort index rindex printf puts malloc
calloc realloc free memcpy memset strlen
"""


class C(Target):
    named_results = False

    def number(self, x: float, short: bool) -> str:
        return repr(x)

    def element(self, symbol: str, place: Place, shape: Shape) -> str:
        return f"{symbol}[{flat_index(place, shape)}]"

    def header(self, text: str) -> list[str]:
        return ["#include <math.h>"]

    def define(self, layout: Layout) -> list[str]:
        handed = layout.gradient or layout.results
        array = [result.label for result in handed]
        single = is_single(layout)
        count = sum(len(result.elements) for result in handed)
        kind = "void" if not layout.gradient and not single else "double"
        places = "grad" if layout.gradient else "out"
        listed = f"{places} becomes {{{', '.join(array)}}}"
        returns = "a number" if single else f"value, and {listed}" if layout.gradient else listed
        lines = comment(layout, returns, flat=True)
        lines = [f"/* {lines[0]}", *[f" * {line}" for line in lines[1:]]]
        lines[-1] += " */"
        place = [] if single else [f"double {places}[{count}]"]
        return [*lines, *definition(layout, kind, place, result_statements(layout, places))]

    def helper(self, layout: Layout) -> list[str]:
        return definition(layout, "static double", [], result_statements(layout, ""))


def is_single(layout: Layout) -> bool:
    """Whether there is one result, a number."""
    return len(layout.results) == 1 and not layout.results[0].shape


def definition(layout: Layout, kind: str, places: list[str], last: list[str]) -> list[str]:
    """A function that returns that kind of thing, with further parameters and its last lines."""
    parameters = [
        *[
            f"const double *{name}" if name in layout.shapes else f"double {name}"
            for name in layout.parameters
        ],
        *places,
    ]
    return [
        *fold(f"{kind} {layout.name}(", ", ".join(parameters) or "void", ")", "    "),
        "{",
        *[f"    (void){name};" for name in layout.unused],
        *statements(layout, "const double", "const int"),
        *last,
        "}",
    ]


def result_statements(layout: Layout, places: str) -> list[str]:
    """The statements that hand over the results."""
    single = is_single(layout)
    handed = [] if single else layout.gradient or layout.results
    array = [part for result in handed for part in result.elements]
    lines = [
        line
        for i, result in enumerate(array)
        for line in fold(f"    {places}[{i}] = ", result.text, ";", "        ")
    ]
    if single or layout.gradient:
        lines += fold("    return ", layout.results[0].text, ";", "        ")
    return lines


TARGET = C(
    forms=FORMS,
    conditions=CONDITIONS,
    constants=CONSTANTS,
    helpers=HELPERS,
    reserved=RESERVED,
    library=LIBRARY,
    style=Style(truth=(13, "(double)($0?)"), nonzero=(4, "$0:5 != 0.0")),
)
