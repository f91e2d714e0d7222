"""Code of every target: compiled, run, and compared with the engine; formulas as golden cases."""

import math
import random
import re
import shutil
import subprocess
from typing import Any, NamedTuple

import numpy as np
import pytest
from graphs import application, computed, inputs
from mpmath import mpf
from test_graph import chain, random_graph, random_point
from test_ops import CASES as ROW_CASES
from test_ops import ROWS

from micrograd_cli.language.reading import parse
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.ops import INPUT
from micrograd_cli.render.code import TARGETS, emit, language, latex_names
from micrograd_cli.render.code.layout import Function
from micrograd_cli.render.code.module import module_text
from micrograd_cli.render.code.rules import Verbatim
from micrograd_cli.symbolic.derivative import derivatives, lift
from micrograd_cli.symbolic.graph import Graph

LANGUAGES = {name: language(name) for name in TARGETS}
CODE = ["python", "numpy", "c", "javascript", "rust", "sympy"]
ERROR = 2e-13  # of gelu at -30, where the rounding of x/√2 is magnified x² times; else 5e-14
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 30.0, -30.0, 1e-9, -1e-9, 710.5, -745.0,
         -800.0, 1e300, -1e300, math.inf, -math.inf, math.nan]  # fmt: skip
EXPRESSIONS = [
    "tanh(a*b + c)",
    "x^2*exp(-x^2/2)/y",
    "where(x > 0 and y < 1, gelu(x), clamp(y, -1, 1))",
    "sin(x)^2/(1 + x^2) + 1/y",
    "log(x)*x^y",
    "x^x + y^3 + x^-2",
    "sqrt(x^2 + y^2) + hypot(x, y, z)",
    "logsumexp(a, b, 3, a*b)",
    "max(x, y, z)*min(x, y, 0.5)",
    "softplus(x*y) - silu(y)*sigmoid(x)",
    "erf(x)*erfc(y) + gelu(x*y)",
    "atan2(y, x)*atan(y/x)",
    "-(x - y) - -(x*y) - (x - (y - z))",
    "(x/y)/(z/x)*(x*y)/(y*z)",
    "x % y + (x*3) % 1",
    "(x < y) + (x >= y)*2 + (not x) + (x == 0 or y != 1 and z > 0)",
    "where(where(x > 0, y, 0), x^2, -x) + where(x, 1, 2)",
    "1/(1 + exp(-(w1*x1 + w2*x2 + b)))",
    "s = exp(x) + exp(y); log(exp(x)/s) + log(exp(y)/s)",
    "relu(w*x + b)*leaky_relu(x) + elu(b)",
    "asin(tanh(x)) + acos(tanh(y)) + atanh(tanh(x)/2) + acosh(1 + x^2) + asinh(y)",
    "cbrt(x) + expm1(x) + log1p(x^2) + exp2(x) + log2(1 + x^2) + log10(2 + x^2)",
    "mean(x, y, z)^2 + sum(x, y, x)/abs(z)",
    "log(1 + x^2, 2 + y^2)",
    "floor(x) + ceil(y) + round(z) + trunc(x*y) + sign(x)*x",
    "e^x + pi*y + tau*z + 2^(1/3) + sqrt(2*pi)*x",
    "detach(x)*x + square(x + y)",
    "((x + 1)*(x + 2))^2/((x + 3)*(x + 4) + 50) + cos(x + y)*sinh(x)/cosh(y)*tan(x)",
    "t = 2*x; t1 = t + y; grad = t1*t; value = grad^2; value*t1 + f*out",
    "1/0 + x*0 + inf*y",
    "(-2)^2*x - -2*y + 1e-7*x + 123456789012345678*y",
    "where(x < 0, -1, where(x < 1, x, where(x < 2, x^2, 3))) + abs(where(y > 0, 2, 3))",
    "7 + 0*7",
    "1e300^2*x + 1e300*1e300*y - 1e300^3 + exp2(2000)*x - square(1e300)",
    "x^2.0000001 + y^3.0000001",
    "0^-1*x + exp(1000)*y + log(0) - cosh(1000) + (-8)^(1/3) + 5 % 0",
]


class Case(NamedTuple):
    """A function and points at which it is evaluated."""

    function: Function
    points: list[list[float]]

    @property
    def wanted(self) -> list[list[float]]:
        labels = [leaf.label for _, leaf in self.function.inputs]
        nodes = [node for _, node in self.function.outputs]
        found = []
        for point in self.points:
            numbers = computed(nodes, dict(zip(labels, point, strict=True)))
            found.append([numbers[node] for node in nodes])
        return found


def differentiated(text, name="f", order=1) -> Function:
    program, graph = parse(text), Graph()
    root = lift(program.outputs[0].node, graph)
    outputs = [("value", root)]
    if order:
        found = derivatives(root, program.inputs.values(), graph)
        outputs += [(f"d_{key}", found[leaf]) for key, leaf in program.inputs.items()]
    return function(name, leaves_of(program, graph), outputs)


def leaves_of(program, graph):
    return [(name, graph.leaf(leaf)) for name, leaf in program.inputs.items()]


def differentiated_program(program):
    graph = Graph()
    found = derivatives(program.outputs[0].node, program.inputs.values(), graph)
    outputs = [(f"d_{name}", found[leaf]) for name, leaf in program.inputs.items()]
    root = lift(program.outputs[0].node, graph)
    return function("f", leaves_of(program, graph), [("value", root), *outputs])


def function(name, leaves, outputs) -> Function:
    return Function(name, leaves, outputs, topological_order(*[node for _, node in outputs]))


def emitted(target, text, order=1):
    return emit(target, *differentiated(text, order=order))


def points(rng, count):
    if count == 1:
        near = [rng.uniform(-size, size) for size in (1, 3, 30) for _ in range(15)]
        return [[x] for x in EDGES + near]
    near = [[rng.uniform(-3, 3) for _ in range(count)] for _ in range(5)]
    return near + [[rng.choice(EDGES) for _ in range(count)] for _ in range(15)]


def row_cases():
    for i, (name, arity) in enumerate(ROW_CASES):
        leaves = inputs(arity)
        node = application(ROWS[name], leaves)
        named = [(leaf.label, leaf) for leaf in leaves]
        yield Case(function(f"row{i}", named, [("value", node)]), points(random.Random(i), arity))


def composed_cases():
    for i, text in enumerate(EXPRESSIONS):
        rng = random.Random(text)
        made = differentiated(text, f"composed{i}")
        count = len(made.inputs)
        near = [[rng.uniform(-2, 2) for _ in range(count)] for _ in range(5)]
        yield Case(made, near + [[rng.choice(EDGES) for _ in range(count)] for _ in range(15)])


def raw_cases():
    """As they are written, before anything is simplified."""
    more = ["-(-x)", "x - -y - (-2)", "-(-(x*y))", "2 - -(x + 1)", "not (not x)", "-2^2 + x/-3"]
    for i, text in enumerate([*EXPRESSIONS, *more]):
        program, rng = parse(text), random.Random(text)
        made = function(f"raw{i}", list(program.inputs.items()),
                        [("value", program.outputs[0].node)])  # fmt: skip
        yield Case(made, [[rng.uniform(-2, 2) for _ in program.inputs] for _ in range(5)])


def random_cases():
    for seed in range(100):
        rng = random.Random(seed)
        root, leaves = random_graph(rng, rng.choice([3, 6, 12]))
        graph = Graph()
        found = derivatives(root, leaves, graph)
        outputs = [("value", lift(root, graph))]
        outputs += [(f"d_{leaf.label}", found[leaf]) for leaf in leaves]
        named = [(leaf.label, graph.leaf(leaf)) for leaf in leaves]
        made = function(f"random{seed}", named, outputs)
        yield Case(made, [random_point(rng, 3) for _ in range(4)])


def several_outputs():
    program = parse("x = 1; y = 2; x*y; x + y; sin(x*y)")
    leaves = list(program.inputs.items())
    outputs = [(f"o{i}", output.node) for i, output in enumerate(program.outputs, 1)]
    return Case(function("several", leaves, outputs), [[1.5, -2.0]])


@pytest.fixture(scope="module")
def cases():
    return [*row_cases(), *composed_cases(), *raw_cases(), *random_cases(), several_outputs()]


# --- running --------------------------------------------------------------------------------------


def literal(x, inf="INFINITY", nan="NAN"):
    return nan if x != x else (inf if x > 0 else f"-{inf}") if abs(x) == math.inf else repr(x)


def leaves(result: Any) -> list[Any]:
    """What stands in nested tuples, in order."""
    if isinstance(result, tuple):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def executed(source):
    scope: dict[str, Any] = {}
    exec(compile(source, "generated", "exec"), scope)
    return scope


def run_python(source, cases, folder):
    scope = executed(source)
    return [[leaves(scope[case.function.name](*x)) for x in case.points] for case in cases]


def run_numpy(source, cases, folder):
    """With the columns of all points at once."""
    scope = executed(source)
    found = []
    for case in cases:
        columns = [np.array(each) for each in zip(*case.points, strict=True)]
        parts = leaves(scope[case.function.name](*columns))
        rows = np.broadcast_arrays(*parts, np.zeros(len(case.points)))[:-1]
        found.append([list(map(float, row)) for row in zip(*rows, strict=True)])
    return found


def columns(count, form="x[i][{}]"):
    return [form.format(i) for i in range(count)]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def parsed(text, cases):
    lines = iter(text.splitlines())
    return [[[float(x) for x in next(lines).split()] for _ in case.points] for case in cases]


SHOW = """
#include <stdio.h>
static void show(const double *x, int n)
{
    for (int i = 0; i < n; i++)
        printf("%.17g ", x[i]);
    puts("");
}
"""


def run_c(source, cases, folder):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("no C compiler")
    main = [SHOW, "int main(void) {", "double r[99];"]
    for case in cases:
        name, outputs = case.function.name, case.function.outputs
        single, several = len(outputs) == 1, outputs[0][0] != "value"
        count = len(case.function.inputs)
        args = ", ".join([*columns(count), *([] if single else [f"r + {not several:d}"])])
        rows = ",\n".join(f"{{{', '.join(map(literal, [*x, 0.0]))}}}" for x in case.points)
        call = f"{'' if several else 'r[0] = '}{name}({args}); show(r, {len(outputs)});"
        main += [
            f"{{ static const double x[][{count + 1}] = {{{rows}}};",
            f"(void)x; for (int i = 0; i < {len(case.points)}; i++) {{ {call} }} }}",
        ]
    flags = ["-std=gnu99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    text = "\n".join([source, *main, "return 0; }"])
    path, binary = folder / "all.c", folder / "all"
    path.write_text(text, encoding="utf-8")
    subprocess.run([compiler, *flags, str(path), "-o", str(binary), "-lm"], check=True)
    return parsed(output(str(binary)), cases)


def run_javascript(source, cases, folder):
    node = shutil.which("node")
    if not node:
        pytest.skip("no node")
    calls = [
        f"show({case.function.name}({', '.join(literal(x, 'Infinity', 'NaN') for x in point)}))"
        for case in cases
        for point in case.points
    ]
    flatten = "const flat = (x) => typeof x === 'number' ? [x] : Object.values(x).flatMap(flat);"
    show = "const show = (x) => console.log(flat(x).map(String).join(' '));"
    path = folder / "all.js"
    path.write_text("\n".join(["'use strict';", source, flatten, show, *calls]), encoding="utf-8")
    return parsed(output(node, str(path)).replace("Infinity", "inf"), cases)


def run_rust(source, cases, folder):
    rustc = shutil.which("rustc")
    if not rustc:
        pytest.skip("no rustc")
    main = ["fn main() {"]
    for case in cases:
        rows = ",\n".join(
            f"[{', '.join(literal(number, 'f64::INFINITY', 'f64::NAN') for number in [*x, 0.0])}]"
            for x in case.points
        )
        call = f"{case.function.name}({', '.join(columns(len(case.function.inputs), 'x[{}]'))})"
        main.append(f'for x in [{rows}] {{ let _ = x; println!("{{:?}}", {call}); }}')
    text = "\n".join(["#![deny(warnings)]", source, *main, "}"])
    path = folder / "all.rs"
    path.write_text(text, encoding="utf-8")
    binary = folder / "all_rust"
    subprocess.run([rustc, "--edition=2021", str(path), "-o", str(binary)], check=True)
    return parsed(output(str(binary)).translate(str.maketrans("(),[]", "     ")), cases)


RUN = {"python": run_python, "numpy": run_numpy, "c": run_c, "javascript": run_javascript,
       "rust": run_rust}  # fmt: skip


def same(got, wanted, error):
    if wanted != wanted or abs(wanted) == math.inf:
        return got == wanted or (got != got and wanted != wanted)
    return abs(got - wanted) <= error * abs(wanted) + 1e-300


@pytest.mark.parametrize("target", RUN)
def test_code_gives_what_the_engine_gives(target, cases, tmp_path):
    source = module_text(LANGUAGES[target], [case.function for case in cases])
    found = RUN[target](source, cases, tmp_path)
    wrong = [
        (target, [node.op.name for _, node in case.function.outputs][:1], point, got, wanted)
        for case, results in zip(cases, found, strict=True)
        for point, numbers, row in zip(case.points, results, case.wanted, strict=True)
        for got, wanted in zip(numbers, row, strict=True)
        if not same(got, wanted, ERROR)
    ]
    assert not wrong, "\n".join(map(str, wrong[:40]))


def test_sympy_gives_what_the_engine_gives():
    sympy = pytest.importorskip("sympy")
    compared = 0
    for case in [*row_cases(), *composed_cases(), several_outputs()]:
        made = case.function
        scope = executed(module_text(LANGUAGES["sympy"], [made]))
        results = [scope[label] for label, _ in made.outputs]
        if any(result.has(sympy.zoo, sympy.nan) for result in results):
            continue  # 1/0 is complex infinity to SymPy
        symbols = [scope[name] for name, _ in made.inputs]
        call = sympy.lambdify(symbols, results, "mpmath")
        for point, wanted in zip(case.points, case.wanted, strict=True):
            if all(abs(x) < 50 for x in point) and all(map(math.isfinite, wanted)):
                got = [complex(number) for number in call(*map(mpf, point))]
                for one, other in zip(got, wanted, strict=True):
                    assert abs(one - other) <= 1e-12 * abs(other) + 1e-13, (made.name, point)
                    compared += 1
    assert compared > 2000


# --- the tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("target", CODE)
def test_helpers_are_printed_only_where_they_are_used(target):
    source = emitted(target, "x*y + 1")
    assert not any(text.strip("\n") in source for text in LANGUAGES[target].helpers.values())


# --- names ----------------------------------------------------------------------------------------

WORDS = ["class", "lambda", "double", "int", "fn", "let", "self", "exp", "math", "Math", "np", "pi",
         "f", "t1", "value", "grad", "out", "d_x", "erf", "sigmoid", "PI", "E", "linux", "__file__",
         "__proto__", "_", "α", "Ω", "é", "Ж", "温度", "ﬁ", "fi", "x٣", "symbols", "let_",
         "float", "sum", "reduce", "abs", "e", "tau", "TAU", "min", "any", "logsumexp_2", "logsumexp",
         "softplus", "M_PI", "HUGE_VAL", "FP_ZERO", "math_errhandling", "INFINITY", "NaN", "gamma",
         "y1", "isnan", "dtype", "f64", "ERF", "Number", "Float", "S", "I"]  # fmt: skip
TERMS = " + ".join(f"{i}*{word}" for i, word in enumerate(WORDS, 1))
ANY_NAMES = f"""
input {", ".join(WORDS)}
{TERMS} + erf(fi) + exp(2*pi) + sigmoid(PI) + logsumexp(abs, min) + softplus(float)*max(sum, e, E)
"""


@pytest.mark.parametrize("target", RUN)
def test_inputs_may_be_called_anything(target, tmp_path):
    made = differentiated_program(parse(ANY_NAMES))
    case = Case(made, [[i / 7 for i in range(len(WORDS))]])
    found = RUN[target](module_text(LANGUAGES[target], [made]), [case], tmp_path)
    for got, wanted in zip(found[0][0], case.wanted[0], strict=True):
        assert same(got, wanted, ERROR)


def test_symbols_may_be_called_anything():
    scope = executed(emit("sympy", *differentiated_program(parse(ANY_NAMES))))
    value, program = scope["value1"], parse(ANY_NAMES)  # there is an input called value
    assert len(value.free_symbols) == len(program.inputs)
    point = {name: (i + 1) / 7 for i, name in enumerate(program.inputs)}
    names = {symbol: point[str(symbol)] for symbol in value.free_symbols}
    wanted = computed([program.outputs[0].node], point)[program.outputs[0].node]
    assert same(float(value.subs(names)), wanted, 1e-12)


def test_what_an_input_is_called_stands_in_the_comment():
    assert "lambda1 is the input lambda" in emitted("python", "2*lambda")
    assert "x2nd is the input 2nd" in emitted("python", "2*`2nd`")
    assert "alpha is the input α" in emitted("c", "2*α")
    assert "is the input" not in emitted("python", "2*α")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x", "x"), ("x1", "x_{1}"), ("w_ij", r"w_{\mathrm{ij}}"), ("alpha", r"\alpha"),
        ("α", r"\alpha"), ("β_12", r"\beta_{12}"), ("loss", r"\mathrm{loss}"),
        ("d_a_b", "d_{a,b}"), ("_x", r"\mathrm{\_x}"),
    ],
)  # fmt: skip
def test_symbols(name, written):
    assert latex_names.symbol(name) == written


def test_a_derivative_of_an_output_that_is_called_like_one():
    assert latex_names.split_label("mid_d_x_d_x", ["x"]) == ("mid_d_x", ["x"])
    assert latex_names.split_label("mid_d_y", ["x"]) == ("", None)


def test_a_primitive_without_code_says_so():
    with pytest.raises(AttributeError, match="no primitive is named 'magic'"):
        _ = Verbatim().magic


def test_two_inputs_are_not_written_alike():
    assert r"f(x_{1}, \mathtt{x\_1}) = x_{1} \mathtt{x\_1}" in emitted("latex", "x1*x_1", 0)


# --- growth ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", LANGUAGES)
def test_text_grows_with_the_graph(target):
    sizes = []
    for length in (500, 2000):
        root, leaves = chain("sin", length)
        graph = Graph()
        found = derivatives(root, leaves, graph)[leaves[0]]
        outputs = [("value", lift(root, graph)), ("d_x", found)]
        made = function("f", [("x", graph.leaf(leaves[0]))], outputs)
        source = emit(target, *made)
        sizes.append(len(source))
        assert target == "latex" or max(map(len, source.splitlines())) <= 100
    assert sizes[1] < 4.5 * sizes[0]


def test_many_arguments(tmp_path):
    leaves = [Node(INPUT, label=f"a{i}") for i in range(3000)]
    nodes = [
        application(ROWS[name], leaves) for name in ("sum", "mean", "max", "hypot", "logsumexp")
    ]
    outputs = [(f"o{i}", node) for i, node in enumerate(nodes)]
    case = Case(function("f", [(leaf.label, leaf) for leaf in leaves], outputs),
                [[float(i) for i in range(3000)]])  # fmt: skip
    for target in ("python", "numpy", "javascript"):
        source = module_text(LANGUAGES[target], [case.function])
        found = RUN[target](source, [case], tmp_path)
        assert found[0][0] == pytest.approx(case.wanted[0], rel=1e-14)
    assert max(map(len, source.splitlines())) <= 100


# --- how it reads ---------------------------------------------------------------------------------

SAMPLE = {
    "latex": r"""
\begin{aligned}
f(x, y) &= \frac{x \ln(y)}{1 + x^{2}} \\
\frac{\partial f}{\partial x} &= \frac{\ln(y)}{1 + x^{2}} - \frac{2 x^{2} \ln(y)}{(1 + x^{2})^{2}} \\
\frac{\partial f}{\partial y} &= \frac{x}{y (1 + x^{2})}
\end{aligned}
""",
    "python": r'''
import math


def divide(x, y):
    if y == 0:
        return math.nan if x == 0 or x != x else math.copysign(math.inf, x)*math.copysign(1, y)
    return x/y


def log(x):
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def f(x, y):
    """The value and its derivatives: (value, (d_x, d_y))."""
    t1 = log(y)
    t2 = x*x
    t3 = 1 + t2
    value = x*t1/t3
    d_x = t1/t3 - 2*t2*t1/(t3*t3)
    d_y = divide(x, y*t3)
    return value, (d_x, d_y)
''',
    "numpy": r'''
import numpy as np


@np.errstate(all="ignore")
def f(x, y):
    """The value and its derivatives: (value, (d_x, d_y))."""
    x = np.asarray(x, dtype=float)
    y = np.asarray(y, dtype=float)
    t1 = np.log(y)
    t2 = x**2
    t3 = 1 + t2
    value = x*t1/t3
    d_x = t1/t3 - 2*t2*t1/t3**2
    d_y = x/(y*t3)
    return value, (d_x, d_y)
''',
    "c": r"""
#include <math.h>

/* The value and its derivatives: value, and grad becomes {d_x, d_y}. */
double f(double x, double y, double grad[2])
{
    const double t1 = log(y);
    const double t2 = x*x;
    const double t3 = 1.0 + t2;
    grad[0] = t1/t3 - 2.0*t2*t1/(t3*t3);
    grad[1] = x/(y*t3);
    return x*t1/t3;
}
""",
    "javascript": r"""
/**
 * The value and its derivatives: {value, grad: {x, y}}.
 */
function f(x, y) {
  const t1 = Math.log(y);
  const t2 = x*x;
  const t3 = 1 + t2;
  const value = x*t1/t3;
  const d_x = t1/t3 - 2*t2*t1/(t3*t3);
  const d_y = x/(y*t3);
  return {value, grad: {x: d_x, y: d_y}};
}
""",
    "rust": r"""
/// The value and its derivatives: (value, [d_x, d_y]).
pub fn f(x: f64, y: f64) -> (f64, [f64; 2]) {
    let t1 = f64::ln(y);
    let t2 = x*x;
    let t3 = 1.0 + t2;
    let value = x*t1/t3;
    let d_x = t1/t3 - 2.0*t2*t1/(t3*t3);
    let d_y = x/(y*t3);
    (value, [d_x, d_y])
}
""",
    "sympy": r"""
from sympy import log, symbols


# f: The value and its derivatives
x, y = symbols("x y", real=True)
t1 = log(y)
t2 = x**2
t3 = 1 + t2
value = x*t1/t3
d_x = t1/t3 - 2*t2*t1/t3**2
d_y = x/(y*t3)
""",
}
FORMULAS = {
    "5*x^2 - 3*x + 7": r"5 x^{2} - 3 x + 7",
    "x^(1/3)": r"x^{1/3}",
    "1/x^2": r"\frac{1}{x^{2}}",
    "sqrt(x^2 + 1)": r"\sqrt{x^{2} + 1}",
    "exp(-x^2/2)": r"e^{-x^{2}/2}",
    "exp(sin(x)/x)": r"e^{\frac{\sin(x)}{x}}",
    "sin(x)^2*cos(2*x)": r"\sin^{2}(x) \cos(2 x)",
    "1/(1 + exp(-x))": r"\frac{1}{1 + e^{-x}}",
    "tanh(w*x + b)": r"\tanh(w x + b)",
    "log(x)/x": r"\frac{\ln(x)}{x}",
    "log2(x) + log10(x) + log1p(x)": r"\log_2(x) + \log_{10}(x) + \ln\left(1 + x\right)",
    "log(x, 3)": r"\log_{3}(x)",
    "atan2(y, x)": r"\operatorname{atan2}(y, x)",
    "abs(x)^3": r"\left|x\right|^{3}",
    "where(x < 0, -1, where(x < 1, x, x^2))": r"\begin{cases} -1 & \text{if } x < 0 \\ x & \text{if } x < 1 \\ x^{2} & "
    r"\text{otherwise} \end{cases}",
    "2*where(x > 0, x, 1)": r"2 \left(\begin{cases} x & \text{if } x > 0 \\ 1 & \text{otherwise} "
    r"\end{cases}\right)",
    "max(x, 0)": r"\max(x, 0)",
    "3*2^x": r"3 \cdot 2^{x}",
    "x*(-2)": r"-2 x",
    "(a + b)*(c - d)": r"(a + b) (c - d)",
    "-(a + b)/c": r"-\frac{a + b}{c}",
    "-x/y": r"-\frac{x}{y}",
    "(x/y)^2": r"\left(\frac{x}{y}\right)^{2}",
    "(x^2)^y": r"(x^{2})^{y}",
    "exp(x)^2": r"(e^{x})^{2}",
    "(-2)^x": r"(-2)^{x}",
    "1e-7*x + 2.5e20*x^2": r"10^{-7} x + 2.5 \cdot 10^{20} x^{2}",
    "2*(1/3)*x": r"2 \cdot \frac{1}{3} x",
    "floor(x) + ceil(x) + x % 2": r"\left\lfloor x \right\rfloor + \left\lceil x \right\rceil + x \bmod "
    r"2",
    "cbrt(x)": r"\sqrt[3]{x}",
    "mean(x, y)": r"\frac{x + y}{2}",
    "hypot(x, y)": r"\sqrt{x^{2} + y^{2}}",
    "logsumexp(x, y)": r"\ln\left(e^{x} + e^{y}\right)",
    "min(max(x, 0), y/2)": r"\min\left(\max(x, 0), \frac{y}{2}\right)",
    "not (x > 0) or y == 1": r"\left[\lnot (x > 0) \lor y = 1\right]",
    "(x >= y) + (x != y)": r"\left[x \ge y\right] + \left[x \ne y\right]",
    "x - (y - 1)": r"x - (y - 1)",
    "x*(y + 1)": r"x (y + 1)",
    "e^x + pi + inf": r"e^{x} + \pi + \infty",
    "asin(x) + acosh(x)": r"\arcsin(x) + \operatorname{arcosh}(x)",
    "α*β_12 + loss": r"\alpha \beta_{12} + \mathrm{loss}",
    "x1*x_1": r"x_{1} \mathtt{x\_1}",
    "sigmoid(x) + relu(x)": r"\sigma(x) + \operatorname{ReLU}(x)",
    "gelu(x) - silu(x)": r"\operatorname{GELU}(x) - \operatorname{SiLU}(x)",
}


@pytest.mark.parametrize("target", SAMPLE)
def test_sample(target):
    assert emitted(target, "x*log(y)/(1 + x^2)") == SAMPLE[target].lstrip("\n")


@pytest.mark.parametrize("text", FORMULAS)
def test_formula(text):
    assert emitted("latex", text, 0).rstrip("\n").split(" = ", 1)[1] == FORMULAS[text]


@pytest.mark.parametrize("order", [0, 1])
def test_braces_and_brackets_are_balanced(order):
    for text in EXPRESSIONS:
        shown = emitted("latex", text, order)
        depth = 0
        for char in shown.replace(r"\{", "").replace(r"\}", ""):
            depth += (char == "{") - (char == "}")
            assert depth >= 0
        assert depth == 0
        for first, last in ((r"\left", r"\right"), (r"\begin{", r"\end{"), ("(", ")")):
            opened = len(re.findall(re.escape(first) + r"(?![a-z])" * (first == r"\left"), shown))
            closed = len(re.findall(re.escape(last) + r"(?![a-z])" * (last == r"\right"), shown))
            assert opened == closed, shown


def test_derivatives_of_a_formula():
    shown = emitted("latex", "x^2*y^3")
    assert r"f(x, y) &= x^{2} y^{3} \\" in shown
    assert r"\frac{\partial f}{\partial y} &= 3 x^{2} y^{2}" in shown
    assert r"\frac{\mathrm{d} f}{\mathrm{d} x} &= 2 x" in emitted("latex", "x^2")


def second_derivatives(prefix=""):
    program, graph = parse("sin(x*y_1)"), Graph()
    root, leaves = lift(program.outputs[0].node, graph), list(program.inputs.values())
    x, y = (derivatives(root, leaves, graph)[leaf] for leaf in leaves)
    (xx, xy), (_, yy) = (derivatives(node, leaves, graph).values() for node in (x, y))
    found = {"value": root, "d_x_x": xx, "d_x_y_1": xy, "d_y_1_y_1": yy}
    outputs = [(prefix + label, node) for label, node in found.items()]
    return function("f", leaves_of(program, graph), outputs)


def test_second_derivatives_have_both_names():
    shown = emit("latex", *second_derivatives())
    assert r"\frac{\partial^{2} f}{\partial x^{2}} &= -y_{1}^{2} \sin(x y_{1})" in shown
    assert r"\frac{\partial^{2} f}{\partial x \, \partial y_{1}} &= " in shown
    assert "grad: {x_x: d_x_x, x_y_1: d_x_y_1, " in emit("javascript", *second_derivatives())


def test_several_outputs_are_returned_alike():
    made = second_derivatives("o1_")
    shown = emit("latex", *made)
    assert r"o_{1}(x, y_{1}) &= " in shown
    assert r"\frac{\partial^{2} o_{1}}{\partial y_{1}^{2}} &= " in shown
    assert "return o1_value, o1_d_x_x, o1_d_x_y_1, o1_d_y_1_y_1" in emit("python", *made)
    assert "void f(double x, double y_1, double out[4])" in emit("c", *made)
    assert "return [o1_value, o1_d_x_x, " in emit("javascript", *made)
    assert "pub fn f(x: f64, y_1: f64) -> [f64; 4] {" in emit("rust", *made)


def test_where_is_lazy_and_reads_as_one():
    text = "where(x > 0 and y < 3, log(x), where(y > 0, y, 1))"
    assert "log(x) if x > 0 and y < 3 else y if y > 0 else 1.0" in emitted("python", text, 0)
    assert "x > 0.0 && y < 3.0 ? log(x) : y > 0.0 ? y : 1.0" in emitted("c", text, 0)
    assert "x > 0 && y < 3 ? Math.log(x) : y > 0 ? y : 1" in emitted("javascript", text, 0)
    rust = "if t1 { f64::ln(x) } else if y > 0.0 { y } else { 1.0 }"
    assert rust in emitted("rust", text, 0)
    assert "np.where(t1, np.log(x), np.where(y > 0, y, 1.0))" in emitted("numpy", text, 0)


def test_python_divides_plainly_where_the_denominator_cannot_be_0():
    for safe in ("1 + x^2", "cosh(x)", "2", "sqrt(2 + abs(x))", "exp(x) + 1", "-3"):
        assert "divide" not in emitted("python", f"y/({safe})", 0), safe
    for unsafe in ("x", "x^2", "exp(x)", "1 - x^2", "0", "abs(x) - 1", "cosh(x)*1e-300*1e-300"):
        assert "divide" in emitted("python", f"y/({unsafe})", 0), unsafe


def test_nodes_keep_the_names_that_the_program_gives_them():
    program = parse("n = x1*w1 + b; tanh(n)*n")
    node = program.named["n"]
    node.label = "n"
    leaves = list(program.inputs.items())
    made = function("f", leaves, [("value", program.outputs[0].node)])
    assert "    n = x1*w1 + b\n" in emit("python", *made)
