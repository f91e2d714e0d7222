"""The loops over nodes: any root, any seed, a leaf too; and runs that never meet."""

import pytest
from graphs import inputs

from micrograd_cli import bind, parse, reports
from micrograd_cli.engine import backward, tangents


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
