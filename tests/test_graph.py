"""GRAPH and the derivatives it gives: against mpmath, against the engine, and how they grow."""

import gc
import math
import random

import pytest
from graphs import application, computed, gradient, inputs, value
from mpmath import mp, mpc, mpf
from test_ops import CASES, REFERENCE, ROWS, cloud, line

from micrograd_cli.algebra.scalar import FLOAT, PLAIN
from micrograd_cli.engine import evaluate
from micrograd_cli.language.printer import expression
from micrograd_cli.language.reading import parse
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT
from micrograd_cli.symbolic.derivative import derivatives, lift
from micrograd_cli.symbolic.graph import Graph

DIGITS = 320  # all but 1e-217 of the normal distribution is left of 31.5
LADDER = "x > 0, where(x > 1, where(x > 2, where(x > 3, where(x > 4, 1/(x - 5), x), x), x), x), x"


def derivative(text, by="x", order=1):
    """The node of a derivative of an expression, and the expression's inputs."""
    program, graph = parse(text), Graph()
    result = program.outputs[0].node
    for _ in range(order):
        result = derivatives(result, [program.inputs[by]], graph)[program.inputs[by]]
    return result, program.inputs


def at(text, order=1, **numbers):
    """The value of a derivative by x."""
    node, leaves = derivative(text, "x", order)
    return value(node, leaves.values(), [numbers[name] for name in leaves])


def size(*nodes):
    return len(topological_order(*nodes))


# --- the algebra ----------------------------------------------------------------------------------


def test_the_algebra_has_the_names_of_float():
    graph = Graph()
    for name in {*PLAIN, "pi", "nothing"}:
        assert hasattr(graph, name), name


@pytest.mark.parametrize("name", ROWS)
def test_a_rule_for_the_value_runs_on_graph(name):
    op, graph = ROWS[name], Graph()
    leaves = inputs(len(op.near))
    result = op.value(graph, *[graph.number(graph.leaf(leaf)) for leaf in leaves])
    wanted = evaluate(FLOAT, op.value, *op.near)
    assert value(graph.plain(result).node, leaves, op.near) == pytest.approx(wanted, rel=1e-15)


def test_facts_of_comparisons_and_of_min_and_max():
    for name, op in ROWS.items():
        for x, y in [(1.0, 2.0), (2.0, 1.0), (1.0, 1.0)]:
            if op.mirrored:
                assert op.value(FLOAT, x, y) == ROWS[op.mirrored].value(FLOAT, y, x), name
            if op.winner:
                wins = op.value(FLOAT, x, y) == x
                assert wins == ROWS[op.winner].value(FLOAT, x, y), name
    compared = {name for name, op in ROWS.items() if op.precedence == ROWS["<"].precedence}
    assert compared == {name for name, op in ROWS.items() if op.mirrored}


# --- derivatives of rows --------------------------------------------------------------------------


def slope(function, x, j):
    """The derivative of a function of mpmath numbers by its j-th argument."""
    step = abs(x[j]) * mpf(10) ** -30 or mpf(10) ** -40
    up, down = ([*x[:j], x[j] + sign * step, *x[j + 1 :]] for sign in (1, -1))
    return (function(*up) - function(*down)) / (2 * step)


def points(op, arity):
    """Points inside op's domain, away from its kinks, where second derivatives do not overflow."""
    low, high = op.domain
    for x in [[x] for x in line(op)[::2]] if arity == 1 else cloud(op, arity):
        inside = all(1e-3 < abs(each) < 100 for each in x) and (arity > 1 or low < x[0] < high)
        if inside and not any(kink.at(FLOAT, *x) for kink in op.kinks):
            yield x


def check(node, leaves, x, true, error, scale=0):
    if isinstance(true, mpc):
        return
    got, limit = value(node, leaves, x), error * max(abs(true), scale) + 1e-280
    assert abs(got - true) <= limit, (x, got, float(true), expression(node))


# The size of the terms that cancel in a second derivative.
TERMS = {
    "normpdf": lambda x: (1 + x**2) * REFERENCE["normpdf"][0](x),
    "std": lambda *x: 1 / REFERENCE["std"][0](*x) if x[1:] else 0,
}


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_second_derivatives_of_a_row(name, arity):
    op, graph, leaves = ROWS[name], Graph(), inputs(arity)
    first = derivatives(application(op, leaves), leaves, graph)
    partials = REFERENCE[name][1]
    for i, a in enumerate(leaves):
        for j, (b, second) in enumerate(derivatives(first[a], leaves, graph).items()):
            assert b is leaves[j]
            with mp.workdps(DIGITS):
                for x in points(op, arity):
                    exact = [mpf(each) for each in x]
                    true = slope(lambda *at, i=i: partials(*at)[i], exact, j)
                    check(second, leaves, x, true, 1e-12, TERMS.get(name, lambda *x: 0)(*exact))


@pytest.mark.parametrize("name", ["tanh", "asin", "gelu", "silu", "log", "cbrt", "atan", "acosh"])
def test_third_derivatives_of_a_row(name):
    op, graph, leaves = ROWS[name], Graph(), inputs(1)
    result = application(op, leaves)
    for _ in range(3):
        result = derivatives(result, leaves, graph)[leaves[0]]
    partial = REFERENCE[name][1]
    with mp.workdps(DIGITS):
        for x in list(points(op, 1))[::5]:
            x0, step = mpf(x[0]), abs(mpf(x[0])) * mpf(10) ** -40
            around = [partial(x0 + k * step)[0] for k in (-1, 0, 1)]
            true = (around[0] - 2 * around[1] + around[2]) / step**2
            if abs(true) > 1e-3:  # near its zeros what cancels shows
                check(result, leaves, x, true, 1e-10)


GAUSSIAN = ("erf", "erfc", "gelu", "normpdf", "normcdf")


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_first_derivatives_of_a_row_are_the_engines(name, arity):
    op, leaves = ROWS[name], inputs(arity)
    root = application(op, leaves)
    found = derivatives(root, leaves)
    for x in points(op, arity):
        for leaf, grad in zip(leaves, gradient(root, leaves, x), strict=True):
            # exp(-x^2) takes the rounding of x^2 with it, 100 ulp at x = 10
            limit = 2e-15 * (1 + (x[0] ** 2 if name in GAUSSIAN else 0))
            limit += 4e-15 * (value(root, leaves, x) ** 2 if name == "erfinv" else 0)
            got = value(found[leaf], leaves, x)
            assert got == pytest.approx(grad, rel=limit, nan_ok=True), x


# --- derivatives of graphs ------------------------------------------------------------------------


def random_graph(rng, size):
    """A graph of random operations on three inputs and some constants, and the inputs."""
    leaves = inputs(3)
    numbers = [0.0, 1.0, 2.0, -1.0, 0.5, 3.0, 0.1, 1 / 3, 0.12345678901234567, 2.5e-7, 1e15]
    pool = leaves + [Constant(number) for number in rng.sample(numbers, 4)]
    frequent = [ROWS[name] for name in ("+", "-", "*", "/", "^", "where", "relu", "max", "sqrt")]
    for _ in range(size):
        op = rng.choice(frequent if rng.random() < 0.5 else list(ROWS.values()))
        least, most = op.arity
        args = [rng.choice(pool[-6:]) for _ in range(rng.randint(least, int(min(most, 3))))]
        pool.append(application(op, args))
    return pool[-1], leaves


def random_point(rng, count):
    kinks = [0.0, 1.0, -1.0, 2.0]
    return [rng.choice([*kinks, *(rng.uniform(-3, 3) for _ in range(6))]) for _ in range(count)]


@pytest.mark.parametrize("seed", range(300))
def test_derivatives_of_random_graphs_are_the_engines(seed):
    rng = random.Random(seed)
    root, leaves = random_graph(rng, rng.choice([3, 6, 12]))
    found = derivatives(root, leaves)
    for _ in range(4):
        x = random_point(rng, 3)
        numbers = computed(found.values(), dict(zip("xyz", x, strict=True)))
        for leaf, grad in zip(leaves, gradient(root, leaves, x), strict=True):
            if math.isfinite(grad):  # what cancels may leave a number where the engine has nan
                assert numbers[found[leaf]] == pytest.approx(grad, rel=1e-11, abs=1e-13)


def test_the_graph_itself_is_left_as_it_was():
    program = parse("a = 2; b = 3; n = a*b; tanh(n + a)")

    def state():
        return [(n, n.op, n.args, n.label, n.span, n.index) for n in program.nodes]

    before = state()
    derivatives(program.outputs[0].node, program.inputs.values())
    assert state() == before


def test_results_are_graphs_of_their_own():
    x, y = inputs(2)
    root = application(ROWS["*"], [application(ROWS["*"], [x, x]), y])
    found = derivatives(root, [x, y])
    assert list(found) == [x, y]
    assert [value(found[leaf], [x, y], [2.0, 3.0]) for leaf in (x, y)] == [12.0, 4.0]
    below = {arg for node in topological_order(*found.values()) for arg in node.args}
    assert not below & {x, y, root}


def test_a_derivative_is_taken_by_inputs_alone():
    x = inputs(1)[0]
    root = application(ROWS["sin"], [x])
    with pytest.raises(ValueError, match="the result of 'sin' is not a leaf"):
        derivatives(root, [root])


def test_an_input_that_is_not_reached_gives_0():
    x, y = inputs(2)
    assert derivatives(application(ROWS["sin"], [x]), [y])[y].number == 0.0
    assert [node.number for node in derivatives(x, [x, y]).values()] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("text", "x", "first", "second"),
    [
        ("where(x > 0, sqrt(x), x)", 0.0, 1, 0),
        ("where(x > 0, sqrt(x), x)", -1.0, 1, 0),
        ("where(x > 0, sqrt(x), x)", 4.0, 0.25, -1 / 32),
        ("where(x == 0, 1, sin(x)/x)", 0.0, 0, 0),
        ("where(x < 0, x^2, where(x < 1, log(x), 1/x))", -3.0, -6, 2),
        ("where(x < 0, x^2, where(x < 1, log(x), 1/x))", 0.5, 2, -4),
        ("where(x < 0, x^2, where(x < 1, log(x), 1/x))", 2.0, -0.25, 0.25),
        ("log(relu(x))", -1.0, 0, 0),
        ("sqrt(relu(x))", 0.0, 0, 0),
        ("sqrt(relu(x)) + sqrt(relu(-x))", 4.0, 0.25, -1 / 32),
        ("sqrt(relu(x) + relu(-x))", 4.0, 0.25, -1 / 32),
        ("sqrt(relu(relu(x) + relu(2*x)))", -1.0, 0, 0),
        ("1/max(x, 0)", -1.0, 0, 0),
        ("sqrt(clamp(x, 0, 1))", -1.0, 0, 0),
        ("log(clamp(x, 0, 1))", 0.5, 2, -4),
        ("max(x, 0)", 0.0, 0.5, 0),
        ("abs(x)", 0.0, 0, 0),
        ("sqrt(detach(x))", 0.0, 0, 0),
        ("x^0", 0.0, 0, 0),
        ("hypot(x, 0)", 0.0, 0, 0),
        (f"where({LADDER})", 5.0, -math.inf, math.inf),
        (f"where({LADDER})", 4.0, 1, 0),
    ],
)
def test_what_is_not_taken_does_not_leak(text, x, first, second):
    assert at(text, x=x) == first
    assert at(text, 2, x=x) == second


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("x/0 - x/0", {"x": 1.0}),
        ("0*x*inf", {"x": 1.0}),
        ("log(x*(y > 0))", {"x": 2.0, "y": -1.0}),
        ("x*sqrt(z)^2*y - x*z*y", {"x": 1.0, "y": 1.0, "z": -1.0}),
    ],
)
def test_what_is_nan_to_the_engine_is_not_simplified_away(text, numbers):
    assert math.isnan(at(text, **numbers))


@pytest.mark.parametrize(
    "text",
    [
        "x*(1/0.987654321098763 + y) + (x + z)*(1/0.987654321098763 + y)",
        "(x + sin(x) + x)*(sqrt(2)/0.987654321098763 + sqrt(3))",
        "(0.987654321098763*sqrt(pi)^3*erf(x))*(sqrt(2*pi)^3*gelu(x))",
    ],
)
def test_a_coefficient_too_long_for_a_person_takes_nothing_with_it(text):
    program, numbers = parse(text), {"x": 0.7, "y": -1.3, "z": 2.1}
    leaves = program.inputs
    point = {name: numbers[name] for name in leaves}
    (grad, *_) = gradient(program.outputs[0].node, leaves.values(), point.values())
    assert at(text, **point) == pytest.approx(grad, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "x"),
    [("(pi*x)^1000", 0.3), ("(10*x)^200", 0.01), ("(x/10)^200", 50.0), ("(tau/x)^1000", 6.2)],
)
def test_a_constant_leaves_a_power_only_where_it_does_not_overflow(text, x):
    program = parse(text)
    (grad,) = gradient(program.outputs[0].node, program.inputs.values(), [x])
    assert at(text, x=x) == pytest.approx(grad, rel=1e-12, abs=0)


HUGE = ["1e15", "9007199254740991", "9007199254740992", "9007199254740994", "1e16", "1e22"]
HUGE += ["1e290", "1e291", "inf", "nan"]


@pytest.mark.parametrize(
    "form",
    [
        "x^{}", "x^-{}", "1/x^{}", "(x*y)^{}", "(2*x)^{}", "(x/2)^{}", "2^{}*x", "sqrt(2)^{}*x",
        "{}^x", "(x^3)^{}", "(x^2)^({}/2)", "x^{0}*x^{0}", "x^{0}/x^-{0}", "x^{0} + x^({0} + 1)",
        "sqrt(x)^{}", "sqrt(1 + x^2)^{0}*(1 + x^2)^{0}", "hypot(1, x)^{0}*(1 + x^2)^{0}",
        "asinh(x)^{}", "sinh(x)^{0}/cosh(x)^{0}", "where(x > 0, x, y)^{}", "relu(x)^{}",
    ],
)  # fmt: skip
def test_huge_exponents(form):
    for exponent in HUGE:
        text = f"input x, y; {form.format(exponent)}"
        program, graph = parse(text), Graph()
        root, (x, y) = program.outputs[0].node, program.inputs.values()
        lifted = lift(root, graph)
        first = derivatives(lifted, [x, y], graph)
        second = derivatives(first[x], [x, y], graph)
        for node in (lifted, *first.values(), *second.values()):
            parse(expression(node))
        for point in ([1.0, 1.0], [1.0, -1.0], [0.5, 2.0], [2.0, 3.0]):
            for leaf, grad in zip((x, y), gradient(root, [x, y], point), strict=True):
                if math.isfinite(grad):  # n - 1 is rounded in the formula, not in the engine
                    found = value(first[leaf], [x, y], point)
                    assert abs(found) == pytest.approx(abs(grad), rel=1e-6), text


@pytest.mark.parametrize("exponent", ["1e16", "1e22", "-1e22", "1e290", "1e300", "inf", "nan"])
@pytest.mark.parametrize(
    "command",
    [["diff"], ["diff", "--to", "python"], ["diff", "--order", "2"], ["hessian", "--x", "1"],
     ["explain", "--x", "1"]],
    ids=" ".join,
)  # fmt: skip
def test_no_command_fails_for_a_huge_exponent(mgrad, command, exponent):
    name, *options = command
    done = mgrad(name, f"x^{exponent}", *options)
    assert (done.returncode, "failed" in done.stderr) == (0, False)
    assert done.stdout


def test_a_condition_that_is_not_not():
    graph = Graph()
    above = graph.compare(">", graph.leaf(Node(INPUT, label="x")), 2).node
    assert graph.negation(graph.negation(above)) is above


def test_a_condition_is_simplified_to_the_same_condition():
    assert at("y^(x - 1)", x=0.5, y=0.0) == -math.inf
    assert at("y^(x - 1)", x=2.0, y=0.0) == 0


def test_long_products_and_sums_keep_their_signs():
    for symbol in "*-":
        text = "-(" + symbol.join(f"cos({n}*x)" for n in range(1, 25)) + ")"
        program = parse(text)
        (grad,) = gradient(program.outputs[0].node, [program.inputs["x"]], [0.3])
        assert at(text, x=0.3) == pytest.approx(grad, rel=1e-13)


# --- simplification -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("1*x", "x"), ("x*1", "x"), ("x + 0", "x"), ("0 + x", "x"), ("x - 0", "x"), ("x/1", "x"),
        ("--x", "x"), ("x^1", "x"), ("x^0", "1"), ("0 - x", "-x"), ("x*x", "x^2"), ("x + x", "2*x"),
        ("x*2", "2*x"), ("2*(3*x)", "6*x"), ("0.1*(0.2*x)", "0.02*x"), ("x + -y", "x - y"),
        ("x - -2", "x + 2"), ("3*x + 3*x", "6*x"), ("x*y*x", "x*y*x"), ("-(x*y)", "-(x*y)"),
        ("x/x", "x/x"), ("x - x", "x - x"), ("0*x", "0*x"), ("0/0", "0/0"), ("pi*0", "0"),
        ("2*3", "6"), ("1/2", "1/2"), ("2/4", "2/4"), ("6/3", "2"), ("0.5*3", "1.5"),
        ("0.1 + 0.2", "0.1 + 0.2"), ("1/3 + 1/3", "2*(1/3)"), ("where(2 > 1, x, y)", "x"),
        ("2 > 1", "1"), ("0.1*3", "0.1*3"), ("floor(tanh(30))", "floor(tanh(30))"),
        ("log(2)", "log(2)"), ("sqrt(pi)", "sqrt(pi)"), ("2*pi", "2*pi"), ("tanh(30)", "tanh(30)"),
        ("sqrt(4)", "2"), ("log(e)", "1"), ("exp(0)", "1"), ("sin(x)*x", "sin(x)*x"),
    ],
)  # fmt: skip
def test_an_expression_is_taken_over_without_what_a_person_would_leave_out(text, simple):
    program = parse(text)
    assert expression(lift(program.outputs[0].node, Graph())) == simple


def test_constants_are_folded_but_where_the_result_would_be_lost():
    assert expression(derivative("0*x*y")[0]) == "0*y"  # y may be inf
    assert expression(derivative("(y > 2)*0*x")[0]) == "0"


def test_equal_expressions_are_one_node():
    text = "exp(x*y)*sin(x*y) + cos(exp(x*y))"
    node, _ = derivative(text)
    shown = [expression(each) for each in topological_order(node)]
    assert len(shown) == len(set(shown))
    node, _ = derivative("exp(x)*exp(x) + exp(x)^2")
    assert expression(node) == "4*exp(x)^2"
    assert size(node) == 3


# --- size and time --------------------------------------------------------------------------------


def chain(op, length):
    x = inputs(1)[0]
    result = x
    for _ in range(length):
        result = application(ROWS[op], [result])
    return result, [x]


def product(count):
    leaves = inputs(count + 1)
    result = leaves[0]
    for leaf in leaves[1:]:
        result = application(ROWS["*"], [result, leaf])
    return result, leaves


def layers(count):
    """A product with a weight and a relu, over and over, and what was before added to it."""
    x, *weights = inputs(count + 1)
    for weight in weights:
        unit = application(ROWS["relu"], [application(ROWS["*"], [weight, x])])
        x = application(ROWS["+"], [x, unit])
    return x, weights


def doubling(count):
    leaves = inputs(1)
    result = leaves[0]
    for _ in range(count):
        square = application(ROWS["*"], [result, result])
        result = application(ROWS["+"], [square, result])
    return result, leaves


def choices(count):
    leaves = inputs(1)
    result = leaves[0]
    for _ in range(count):
        sine = application(ROWS["sin"], [result])
        result = application(ROWS["where"], [application(ROWS[">"], [sine, result]), sine, result])
    return result, leaves


SHAPES = [*(lambda n, op=op: chain(op, n) for op in ("tanh", "sqrt", "relu", "gelu"))]
SHAPES += [product, layers, doubling, choices]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_derivative_grows_with_the_graph(shape):
    sizes = []
    for count in (300, 600):
        root, leaves = shape(count)
        sizes.append(size(*derivatives(root, leaves).values()))
    assert sizes[1] < 2.1 * sizes[0]
    assert sizes[1] < 600 * 17


@pytest.mark.parametrize("shape", SHAPES)
def test_a_graph_of_10_000_nodes_is_no_trouble(shape):
    root, leaves = shape(10_000)
    assert derivatives(root, leaves)


def test_second_and_third_derivatives_of_a_long_chain():
    root, leaves = chain("sin", 300)
    graph = Graph()
    for _ in range(2):
        root = derivatives(root, leaves, graph)[leaves[0]]
    assert size(root) < 300 * 20


def test_nothing_is_left_for_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        for shape in SHAPES:
            root, leaves = shape(50)
            derivatives(root, leaves)
        del root, leaves
        assert gc.collect() == 0
    finally:
        gc.enable()
