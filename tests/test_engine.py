"""The loops over nodes: any root, any seed, a leaf too; and runs that never meet."""

import gc
import math
from math import inf

import pytest
from graphs import inputs

from micrograd_cli import bind, gradients, parse, reports
from micrograd_cli.engine import Value, backward, gradient, tangents, without_collector


def test_the_seed_and_the_root_are_free():
    run = bind(parse("n = a*a; n*b"), {"a": 2.0, "b": 5.0})
    program = run.program
    a, n = program.inputs["a"], program.named["n"]
    order = program.order_to(n)
    assert backward(order, run.values, n, 10.0)[a.index] == 40.0
    assert backward((), run.values, a, 3.0)[a.index] == 3.0
    assert backward(order, run.values, n, 1.0)[program.inputs["b"].index] is None


def test_tangents_are_the_transpose_of_gradients():
    run = bind(parse("x*tanh(y*z) + max(x, z)^2/y; exp(x)"), {"x": 0.7, "y": -1.3, "z": 2.1})
    program = run.program
    for leaf in program.inputs.values():
        found = tangents(program.order, run.values, {leaf.index: 1.0})
        for output in program.outputs:
            grads = backward(program.order_to(output.node), run.values, output.node, 1.0)
            along, back = found[output.node.index], grads[leaf.index]
            assert (along or 0.0) == pytest.approx(back or 0.0, rel=1e-15)


def test_two_runs_of_a_program_never_meet():
    program = parse("a*b")
    first = reports(bind(program, {"a": 2, "b": 3}))
    second = next(reports(bind(program, {"a": 5, "b": 7})))
    assert (second.value, next(first).value) == (35.0, 6.0)


def test_a_program_is_left_as_it_was_by_everything_that_is_done_with_it():
    import micrograd_cli

    program = parse("a = 2; b = 3; n = a*b; tanh(n)/n")
    before = [(n.index, n.op, n.args, n.label) for n in program.nodes], list(program.start)
    micrograd_cli.compile(program)({"a": [1.0, 2.0]})
    micrograd_cli.gradients(program, a=7)
    list(reports(program))
    after = [(n.index, n.op, n.args, n.label) for n in program.nodes], list(program.start)
    assert repr(before) == repr(after)


def test_operands_have_smaller_numbers_than_results():
    program = parse("c = 2*a; f(x) = x^2 + c; b = f(c); f(b)/b; c")
    for node in program.nodes:
        assert program.nodes[node.index] is node
        assert all(arg.index < node.index for arg in node.args)
    assert inputs(2)[0].index == -1


def test_shares_of_one_operand_are_added_wherever_it_stands():
    """An operation of many operands, one of them twice, and the same operand again outside."""
    program = parse("mean(a, a, b)*3 + hypot(a, b, a) + sum(a, b, a, a)")
    report = next(reports(bind(program, {"a": 2.0, "b": 1.0})))
    assert report.grad == pytest.approx({"a": 2 + 4 / 3 + 3, "b": 1 + 1 / 3 + 1}, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "value", "slope"),
    [  # at a = 0: where Python raises, and the gradient of what comes before it in the graph
        ("n = 2*a; 1/n", inf, -inf),
        ("n = 2*a; log(n)", -inf, inf),
        ("n = 2*a; sqrt(n)", 0.0, inf),
        ("n = 3*a; exp(1000 + n)", inf, inf),
        ("n = 3*a; max(n, 1/n, 2)", inf, -inf),
        ("n = 3*a; sum(n, log(n), 2)", -inf, inf),
        ("n = 3*a; (n + 1)^2000 + n", 1.0, 6003.0),
        ("b = a*2; detach(b*3) + b", 0.0, 2.0),
        ("b = a*2; max(detach(b*3 + 1), b - 1) + b", 1.0, 2.0),
    ],
)
def test_runs_over_nodes_go_on_where_floats_raise(text, value, slope):
    assert gradients(text, a=0.0) == (value, {"a": slope})
    run = bind(parse(text), {"a": 0.0})
    program = run.program
    found = tangents(program.order, run.values, {program.inputs["a"].index: 1.0})
    assert found[program.outputs[0].node.index] == slope


def test_a_gradient_has_no_negative_zero_and_no_none():
    a, b, c = parse("input a, b, c; a").inputs.values()
    grads = [0.0] * 3
    grads[a.index], grads[b.index], grads[c.index] = None, -0.0, -2.5
    found = gradient(grads, [a, b, c])
    assert found == [0.0, 0.0, -2.5]
    assert [math.copysign(1, x) for x in found] == [1, 1, -1]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_it_was_after_a_graph_was_built(enabled):
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with without_collector():
            assert not gc.isenabled()
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_a_row_of_too_few_partials_is_a_fault():
    program = parse("sum(a, b, c)")
    (node,) = program.order
    node.op = node.op._replace(partials=lambda m, y, *x: (1, 1))
    run = bind(program, {"a": 1.0, "b": 2.0, "c": 3.0})
    with pytest.raises(ValueError, match="zip"):
        backward(program.order, run.values, node, 1.0)
    with pytest.raises(ValueError, match="zip"):
        tangents(program.order, run.values, {0: 1.0})
    value = Value(1.0).sum(2, 3)
    value.op = node.op
    with pytest.raises(ValueError, match="zip"):
        value.backward()


def test_an_operation_that_is_not_in_the_table():
    with pytest.raises(ValueError, match="no operation is named 'tahn'"):
        Value(1.0, (), "tahn")
