"""Graphs as text: derivatives as a calculus course prints them, and what is printed reads back."""

import math
import random

import pytest
from graphs import application, computed, inputs, value
from test_graph import chain, derivative, doubling, layers, random_graph, random_point

from micrograd_cli.language.printer import expression, program
from micrograd_cli.language.reading import parse
from micrograd_cli.language.run import bind
from micrograd_cli.nodes import Node, topological_order
from micrograd_cli.ops import INPUT, OPS
from micrograd_cli.symbolic.derivative import derivatives, lift
from micrograd_cli.symbolic.graph import Graph

FIRST = {
    "5*x^2 - 3*x + 7": "10*x - 3",
    "x^n": "where(n == 0, 0, n*x^(n - 1))",
    "x^3": "3*x^2",
    "x^-1": "-1/x^2",
    "x^-2": "-2/x^3",
    "1/x": "-1/x^2",
    "1/x^2": "-2/x^3",
    "3/x": "-3/x^2",
    "x/3": "1/3",
    "x^(1/3)": "x^(-2/3)/3",
    "x^(3/2)": "3*x^(1/2)/2",
    "x^-0.5": "-0.5*x^-1.5",
    "sqrt(x)": "1/(2*sqrt(x))",
    "cbrt(x)": "1/(3*cbrt(x)^2)",
    "1/sqrt(x)": "-1/(2*sqrt(x)^3)",
    "(2*x + 1)^5": "10*(2*x + 1)^4",
    "(x^2 + 1)^10": "20*x*(x^2 + 1)^9",
    "(x + 1)*(x + 2)": "2*x + 3",
    "(x + 1)*(x + 2)*(x + 3)": "(x + 1)*(x + 2) + (x + 1)*(x + 3) + (x + 2)*(x + 3)",
    "(x^2 + 1)/(x - 1)": "2*x/(x - 1) - (x^2 + 1)/(x - 1)^2",
    "x/(x + 1)": "1/(x + 1)^2",
    "u/x": "-u/x/x",
    "(a*x + b)/(c*x + d)": "a/(c*x + d) - c*(a*x + b)/(c*x + d)^2",
    "x*y*z": "y*z",
    "(x*y)^3": "3*y*(x*y)^2",
    "x*(y/y)": "y/y",
    "x/x": "1/x - x/x/x",
    "exp(x)": "exp(x)",
    "exp(2*x)": "2*exp(2*x)",
    "exp(-x)": "-exp(-x)",
    "exp(x^2)": "2*x*exp(x^2)",
    "exp(-x^2/2)": "-x*exp(-x^2/2)",
    "x*exp(x)": "exp(x) + x*exp(x)",
    "x^2*exp(x)": "x^2*exp(x) + 2*x*exp(x)",
    "exp(x)/x": "exp(x)/x - exp(x)/x/x",
    "e^x": "e^x",
    "2^x": "2^x*log(2)",
    "10^x": "10^x*log(10)",
    "a^x": "where(a == 0, where(x >= 0, 0, -inf), a^x*log(a))",
    "x^x": "where(x == 0, 0, x^x*(1 + log(x)))",
    "exp(sin(x))": "cos(x)*exp(sin(x))",
    "exp(a*x)*cos(b*x)": "a*exp(a*x)*cos(b*x) - b*exp(a*x)*sin(b*x)",
    "log(x)": "1/x",
    "log(2*x)": "1/x",
    "log(1 - x)": "-1/(1 - x)",
    "log(x^2 + 1)": "2*x/(x^2 + 1)",
    "log(sin(x))": "cos(x)/sin(x)",
    "log(cos(x))": "-tan(x)",
    "log(log(x))": "1/(x*log(x))",
    "x*log(x) - x": "log(x)",
    "log(x)/x": "1/x^2 - log(x)/x/x",
    "x^2*log(x)": "x + 2*x*log(x)",
    "log(x)^2": "2*log(x)/x",
    "log2(x)": "1/(x*log(2))",
    "log10(x)": "1/(x*log(10))",
    "log(x, a)": "1/(x*log(a))",
    "log(a, x)": "-log(a, x)/(x*log(x))",
    "sin(x)": "cos(x)",
    "cos(x)": "-sin(x)",
    "tan(x)": "1 + tan(x)^2",
    "sin(2*x)": "2*cos(2*x)",
    "cos(pi*x)": "-pi*sin(pi*x)",
    "sin(x)^2": "2*sin(x)*cos(x)",
    "sin(x)*cos(x)": "cos(x)^2 - sin(x)^2",
    "cos(x)^2": "-2*cos(x)*sin(x)",
    "1/sin(x)": "-cos(x)/sin(x)^2",
    "1/cos(x)": "tan(x)/cos(x)",
    "cos(x)/sin(x)": "-cos(x)^2/sin(x)^2 - 1",
    "sin(x^2)": "2*x*cos(x^2)",
    "sin(cos(x))": "-sin(x)*cos(cos(x))",
    "x*sin(x)": "sin(x) + x*cos(x)",
    "sin(x)/x": "cos(x)/x - sin(x)/x/x",
    "tan(x)^2": "2*tan(x)*(1 + tan(x)^2)",
    "sqrt(sin(x))": "cos(x)/(2*sqrt(sin(x)))",
    "asin(x)": "1/sqrt((1 - x)*(1 + x))",
    "acos(x)": "-1/sqrt((1 - x)*(1 + x))",
    "atan(x)": "1/(1 + x^2)",
    "atan(1/x)": "-1/(x^2*(1 + 1/x^2))",
    "atan2(x, y)": "where(hypot(x, y) == 0, 0, y/hypot(x, y)/hypot(x, y))",
    "atan2(y, x)": "where(hypot(y, x) == 0, 0, -y/hypot(y, x)/hypot(y, x))",
    "x*atan(x)": "atan(x) + x/(1 + x^2)",
    "asin(x/a)": "1/(a*sqrt((1 - x/a)*(1 + x/a)))",
    "sinh(x)": "cosh(x)",
    "cosh(x)": "sinh(x)",
    "tanh(x)": "1/cosh(x)^2",
    "asinh(x)": "1/hypot(1, x)",
    "acosh(x)": "1/(sqrt(x - 1)*sqrt(x + 1))",
    "atanh(x)": "1/((1 - x)*(1 + x))",
    "log(cosh(x))": "tanh(x)",
    "1/cosh(x)": "-tanh(x)/cosh(x)",
    "sqrt(1 - x^2)": "-x/sqrt(1 - x^2)",
    "sqrt(x^2 + 1)": "x/sqrt(x^2 + 1)",
    "sqrt(x^2 + y^2)": "x/sqrt(x^2 + y^2)",
    "hypot(x, y)": "where(hypot(x, y) == 0, 0, x/hypot(x, y))",
    "1/(1 + exp(-x))": "exp(-x)/(1 + exp(-x))^2",
    "tanh(a*x + b)": "a/cosh(a*x + b)^2",
    "sigmoid(x)": "sigmoid(x)*sigmoid(-x)",
    "softplus(x)": "sigmoid(x)",
    "relu(x)": "where(x <= 0, 0, 1)",
    "leaky_relu(x)": "where(x > 0, 1, 0.01)",
    "elu(x)": "where(x > 0, 1, exp(min(x, 0)))",
    "silu(x)": "sigmoid(x)*(1 + where(abs(x) == inf, 0, x*sigmoid(-x)))",
    "gelu(x)": "erfc(-x/sqrt(2))/2 + where(abs(x) == inf, 0, x*exp(-x^2/2)/sqrt(2*pi))",
    "erf(x)": "2*exp(-x^2)/sqrt(pi)",
    "erfc(x)": "-2*exp(-x^2)/sqrt(pi)",
    "exp2(x)": "exp2(x)*log(2)",
    "expm1(x)": "exp(x)",
    "log1p(x)": "1/(1 + x)",
    "square(x)": "2*x",
    "abs(x)": "sign(x)",
    "abs(x)^3": "3*abs(x)^2*sign(x)",
    "sign(x)": "0",
    "floor(x)": "0",
    "x % y": "1",
    "y % x": "round((y % x - y)/x)",
    "max(x, y)": "where(x >= y, 1/sum(x >= y, y >= x), 0)",
    "max(x, 0)": "where(x >= 0, 1/sum(x >= 0, x <= 0), 0)",
    "min(x, y)": "where(x <= y, 1/sum(x <= y, y <= x), 0)",
    "clamp(x, lo, hi)": "where(max(x, lo) > hi, 0, where(x < lo, 0, 1))",
    "clamp(x, 0, 5)": "where(x > 5, 0, where(x < 0, 0, 1))",
    "clamp(lo, x, hi)": "where(max(lo, x) > hi, 0, where(lo < x, 1, 0))",
    "mean(x, y, z)": "1/3",
    "sum(x, x, y)": "2",
    "where(x > 0, x^2, -x)": "where(x > 0, 2*x, -1)",
    "where(x < 0, x^2, where(x < 1, x^3, x^4))": "where(x < 0, 2*x, where(x < 1, 3*x^2, 4*x^3))",
    "x > 0": "0",
    "detach(x)*x": "detach(x)",
    "relu(w*x) + relu(v*x)": "where(v*x <= 0, 0, v) + where(w*x <= 0, 0, w)",
    "relu(v*relu(w*x))": "where(v*relu(w*x) <= 0, 0, where(w*x <= 0, 0, w*v))",
    "where(x > 0, where(x > 0, x^2, x), -x)": "where(x > 0, 2*x, -1)",
    "where(not x > 0, x^2, x)": "where(x > 0, 1, 2*x)",
    "clamp(x, 7, 5)": "where(max(x, 7) > 5, 0, where(x < 7, 0, 1))",
    "-x": "-1",
    "7 - x": "-1",
}
SECOND = {
    "x^4": "12*x^2",
    "sqrt(x)": "-1/(4*sqrt(x)^3)",
    "1/x": "2/x^3",
    "exp(x^2)": "4*x^2*exp(x^2) + 2*exp(x^2)",
    "exp(-x^2/2)": "x^2*exp(-x^2/2) - exp(-x^2/2)",
    "x*exp(x)": "(2 + x)*exp(x)",
    "log(x)": "-1/x^2",
    "sin(x)": "-sin(x)",
    "sin(x)*cos(x)": "-4*sin(x)*cos(x)",
    "tan(x)": "2*tan(x)*(1 + tan(x)^2)",
    "asin(x)": "x/sqrt((1 - x)*(1 + x))^3",
    "acos(x)": "-x/sqrt((1 - x)*(1 + x))^3",
    "atan(x)": "-2*x/(1 + x^2)^2",
    "tanh(x)": "-2*tanh(x)/cosh(x)^2",
    "asinh(x)": "-x/hypot(1, x)^3",
    "acosh(x)": "-x/(sqrt(x - 1)^3*sqrt(x + 1)^3)",
    "atanh(x)": "2*x/((1 - x)^2*(1 + x)^2)",
    "sqrt(x^2 + 1)": "1/sqrt(x^2 + 1)^3",
    "sqrt(1 - x^2)": "-1/sqrt(1 - x^2)^3",
    "hypot(x, y)": "where(hypot(x, y) == 0, 0, y^2/hypot(x, y)^3)",
    "sigmoid(x)": "sigmoid(x)*sigmoid(-x)^2 - sigmoid(x)^2*sigmoid(-x)",
    "gelu(x)": "where(abs(x) == inf, 0, exp(-x^2/2)/sqrt(2*pi) - x^2*exp(-x^2/2)/sqrt(2*pi)) + exp(-x^2/2)/sqrt(2*pi)",
    "silu(x)": "where(abs(x) == inf, 0, sigmoid(x)*sigmoid(-x) - x*sigmoid(x)^2*sigmoid(-x)) + sigmoid(x)*sigmoid(-x)*(1 + where(abs(x) == inf, 0, x*sigmoid(-x)))",
    "erf(x)": "-4*x*exp(-x^2)/sqrt(pi)",
    "x^n": "where(n == 0, 0, n*where(n == 1, 0, (n - 1)*x^(n - 2)))",
    "2^x": "2^x*log(2)^2",
    "x*log(x)": "1/x",
    "where(x > 0, sqrt(x), x)": "where(x > 0, -1/(4*sqrt(x)^3), 0)",
    "elu(x)": "where(x > 0, 0, where(x <= 0, exp(min(x, 0))/sum(x <= 0, x >= 0), 0))",
    "1/(1 + exp(-x))": "-exp(-x)*(1 - exp(-x))/(1 + exp(-x))^3",
    "relu(x)^2": "where(x <= 0, 0, 2)",
}


def check(text, order, shown):
    node, leaves = derivative(text, "x", order)
    assert expression(node) == shown
    again = parse(shown)
    rng = random.Random(text)
    for _ in range(10):
        numbers = {name: rng.uniform(-3, 3) for name in leaves}
        wanted = value(node, leaves.values(), numbers.values())
        assert same(bind(again, numbers).value(again.outputs[0].node), wanted)


@pytest.mark.parametrize(("text", "shown"), FIRST.items())
def test_a_derivative(text, shown):
    check(text, 1, shown)


@pytest.mark.parametrize(("text", "shown"), SECOND.items())
def test_a_second_derivative(text, shown):
    check(text, 2, shown)


# --- the printer ----------------------------------------------------------------------------------


def same(x, y):
    """Whether two floats are the same bits, any nan being nan."""
    return repr(x) == repr(y)


@pytest.mark.parametrize(
    "text",
    [
        "a + b - c", "a - (b - c)", "a - (b + c)", "a*b/c", "a/(b/c)", "a/(b*c)", "a*(b + c)",
        "(a + b)*c", "a^b^c", "(a^b)^c", "-a^b", "(-a)^b", "a^-b", "a^-b^c", "2^-1", "(-2)^2",
        "-2^2", "-a*b", "-(a*b)", "a*-b", "a - -b", "--a", "-(a + b)", "a % b % c", "a*b % c",
        "a % (b*c)", "a < b", "(a < b) < c", "a < (b < c)", "(a < b) + (b < c)", "a + b < c",
        "not a", "not not a", "not a < b", "not (a and b)", "not a and b", "a or b and c",
        "(a or b) and c", "a and (b and c)", "(not a)*b", "-(not a)", "a == (b == c)", "sin(a)^2",
        "sin(a)*b", "log(a, b)", "where(a < b, a, -b)", "clamp(a + b, -1, 1)", "max(a)",
        "sum(a, b, c, 1)", "pi*a", "e^a", "tau + inf", "a + nan", "-inf", "1.5e-300*a", "1e+300",
        "0.1", "1234567", "-0", "1e+16 + 1000000000000000",
    ],
)  # fmt: skip
def test_brackets_stand_where_they_are_needed(text):
    assert expression(parse(text).outputs[0].node) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("((a))", "a"), ("(a*b) + c", "a*b + c"), ("+a", "a"), ("a**2", "a^2"), ("ln(a)", "log(a)"),
     ("2.0*a", "2*a"), (".5", "0.5"), ("1_000", "1000"), ("logistic(a)", "sigmoid(a)"),
     ("5e-324", "5e-324"), ("0.1 + 0.2", "0.1 + 0.2")],
)  # fmt: skip
def test_what_is_not_needed_is_left_out(text, shown):
    assert expression(parse(text).outputs[0].node) == shown


def gradient(text, *by):
    """The program of a gradient."""
    source = parse(text)
    leaves = [source.inputs[name] for name in by or source.inputs]
    graph = Graph()
    found = derivatives(source.outputs[0].node, leaves, graph)
    outputs = [(f"d_{leaf.label}", node) for leaf, node in found.items()]
    declared = map(graph.leaf, source.inputs.values())
    return program(outputs, topological_order(*found.values()), declared)


def test_shared_parts_get_names():
    assert gradient("tanh(a*b + c)").splitlines() == [
        "t1 = cosh(a*b + c)^2", "d_a = b/t1", "d_b = a/t1", "d_c = 1/t1", "d_a; d_b; d_c",
    ]  # fmt: skip


def test_parts_keep_the_names_that_they_had():
    assert gradient("s = a^2 + b^2; sqrt(s)*exp(-s)").splitlines() == [
        "s = a^2 + b^2",
        "t1 = exp(-s)/(2*sqrt(s)) - sqrt(s)*exp(-s)",
        "d_a = 2*a*t1", "d_b = 2*b*t1", "d_a; d_b",
    ]  # fmt: skip


def test_a_part_counts_once_it_has_a_name():
    assert gradient("f(x) = x^2 + x; f(f(f(f(a))))").splitlines() == [
        "t1 = (a^2 + a)^2 + (a^2 + a)",
        "t2 = 1 + 2*(t1^2 + t1) + 2*t1*(1 + 2*(t1^2 + t1))",
        "d_a = t2 + 2*(a^2 + a)*t2 + 2*a*(t2 + 2*(a^2 + a)*t2)",
        "d_a",
    ]


def test_an_input_that_is_gone_is_declared():
    assert gradient("a*b + c", "a").splitlines() == ["input a, b, c", "d_a = b", "d_a"]


def test_a_constant_output_is_no_input():
    text = gradient("2*a - b")
    assert text.splitlines() == ["input a, b", "d_a = (2)", "d_b = (-1)", "d_a; d_b"]
    assert [(o.name, o.node.op.name) for o in parse(text).outputs] == [
        ("d_a", "const"), ("d_b", "neg"),
    ]  # fmt: skip


def test_names_do_not_clash():
    text = gradient("tanh(t1*d_t1 + t2)")
    assert text.splitlines() == [
        "t3 = cosh(t1*d_t1 + t2)^2", "d_t11 = d_t1/t3", "d_d_t1 = t1/t3", "d_t2 = 1/t3",
        "d_t11; d_d_t1; d_t2",
    ]  # fmt: skip
    root = parse("a*b").outputs[0].node
    assert program([("e", root)], [root]) == "e1 = a*b\ne1"


def test_inputs_without_names_and_with_the_same_get_some():
    leaves = [Node(INPUT, label=name) for name in ("", "not a name", "z", "z")]
    products = [application(OPS["*"], leaves[i : i + 2]) for i in (0, 2)]
    root = application(OPS["+"], products)
    assert program([("", root)], topological_order(root)) == "x1*`not a name` + z*z1"


def test_constants_whose_name_is_taken_stand_as_numbers():
    source = parse("input pi, inf; pi*inf")
    root = application(OPS["+"], [source.outputs[0].node, parse("pi - inf").outputs[0].node])
    text = program([("", root)], topological_order(root), source.inputs.values())
    assert text.splitlines() == ["input pi, inf", "pi*inf + (3.141592653589793 - (1/0))"]
    again = parse(text)
    assert bind(again, {"pi": 1.0, "inf": 2.0}).value(again.outputs[0].node) == -math.inf


def test_an_output_may_be_an_input_or_another_output():
    a, b = inputs(2)
    root = application(OPS["*"], [a, b])
    last = application(OPS["exp"], [root]), application(OPS["neg"], [b])
    outputs = [("p", root), ("q", root), ("r", a), *[("", each) for each in last]]
    order = topological_order(*[node for _, node in outputs])
    text = program(outputs, order)
    assert text.splitlines() == ["p = x*y", "q = p", "r = x", "p; q; r; exp(p); -y"]
    run = bind(parse(text), {"x": 2.0, "y": 3.0})
    found = [run.value(output.node) for output in run.program.outputs]
    assert found == [6.0, 6.0, 2.0, math.exp(6), -3.0]


def test_one_small_output_is_one_expression():
    node, _ = derivative("gelu(x)", order=2)
    assert program([("", node)], topological_order(node)) == SECOND["gelu(x)"]
    node, _ = derivative("sin(x*y + y*z + z*x)*exp(x*y + y*z + z*x)")
    text = program([("", node)], topological_order(node))
    assert text.startswith("t1 = x*y + y*z + z*x\n")


# --- size -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", ["sin", "neg", "not"])
def test_a_deep_chain_is_printed(op):
    root, leaves = chain(op, 100_000)
    text = expression(root)
    assert program([("", root)], topological_order(root)) == text
    again = parse(text)
    assert same(bind(again, {"x": 0.5}).value(again.outputs[0].node), value(root, leaves, [0.5]))


def test_a_deep_sum_and_a_deep_power_are_printed():
    for symbol in (" - ", "^"):
        text = symbol.join(["x"] * 50_000)
        assert expression(parse(text).outputs[0].node) == text


@pytest.mark.parametrize("shape", [doubling, layers, lambda n: chain("gelu", n)])
def test_a_program_grows_with_its_graph(shape):
    lengths = []
    for count in (100, 200):
        root, leaves = shape(count)
        found = derivatives(root, leaves)
        order = topological_order(*found.values())
        lengths.append(len(program([("", node) for node in found.values()], order)))
    assert lengths[1] < 2.2 * lengths[0]  # the numbers in names grow


# --- what is printed reads back -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(300))
def test_what_is_printed_reads_back_as_the_same_numbers(seed):
    rng = random.Random(seed)
    root, leaves = random_graph(rng, rng.choice([3, 6, 12]))
    graph = Graph()
    first, x = derivatives(root, leaves, graph), leaves[0]
    leaves = list(map(graph.leaf, leaves))
    second = derivatives(first[x], leaves, graph)
    nodes = [lift(root, graph), *first.values(), *second.values()]
    order = topological_order(*nodes)
    names = [rng.choice(["", "d", "t1", "n"]) for _ in nodes]
    again = parse(program(list(zip(names, nodes, strict=True)), order, leaves))
    for _ in range(4):
        numbers = random_point(rng, 3)
        point = dict(zip("xyz", numbers, strict=True))
        wanted, run = computed(nodes, point), bind(again, point)
        for node, output in zip(nodes, again.outputs, strict=True):
            assert same(run.value(output.node), wanted[node])


@pytest.mark.parametrize("x", [1e-300, 0.1, 1 / math.e, 1.0, 2.5, 100.0])
def test_the_derivative_of_a_self_power_is_mpmaths(mgrad, x):
    mpmath = pytest.importorskip("mpmath")
    formula = mgrad("diff", "x^x").stdout
    done = mgrad("eval", formula, "--x", repr(x), "--print", "value")
    exact = mpmath.mpf(x) ** x * (1 + mpmath.log(x))
    with mpmath.workdps(40):
        exact = mpmath.diff(lambda t: t**t, mpmath.mpf(x)) if x > 1e-9 else exact
    assert float(done.stdout) == pytest.approx(float(exact), rel=1e-13, abs=1e-15)
