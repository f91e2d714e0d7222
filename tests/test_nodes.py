"""The nodes of graphs: their operands, their texts, and their order."""

import pytest

from micrograd_cli.nodes import Constant, Node, is_number, operands, topological_order
from micrograd_cli.ops import INPUT, OPS

NEG, ADD, MAX = OPS["neg"], OPS["+"], OPS["max"]


@pytest.mark.parametrize("count", range(5))
def test_operands_are_given_as_they_were_taken(count):
    args = tuple(Node(INPUT) for _ in range(count))
    node = Node(MAX, args)
    assert node.args == args
    assert (node.left, node.right) == operands(args)
    assert (node.left is None) == (count == 0)
    assert (node.right is None) == (count != 2)


def test_a_node_of_no_program_has_no_number():
    assert Node(INPUT).index == Constant(2.0).index == -1
    assert (Constant(0.1).text, Constant(0.1, "1e-1").text) == ("0.1", "1e-1")


def test_what_is_a_number_as_it_is_written():
    two, pi, x = Constant(2.0), Constant(3.14, label="pi"), Node(INPUT, label="x")
    assert [is_number(node) for node in (two, pi, Node(NEG, (two,)))] == [True] * 3
    others = [x, Node(NEG, (x,)), Node(NEG, (pi,)), Node(NEG, (two,), label="n"),
              Node(OPS["exp"], (two,)), Node(ADD, (two, two))]  # fmt: skip
    assert [is_number(node) for node in others] == [False] * len(others)


def test_the_order_has_each_node_once_after_its_operands():
    x, y = Node(INPUT), Node(INPUT)
    a = Node(ADD, (x, y))
    b = Node(NEG, (a,))
    c = Node(MAX, (b, x, a, Node(ADD, (b, b))))
    d = Node(ADD, (a, c))
    for roots in ((d,), (c, d), (a, b, d), (d, d)):
        order = topological_order(*roots)
        assert set(order) == {a, b, c, d, c.args[3]}
        assert len(order) == 5
        for i, node in enumerate(order):
            assert set(node.args) <= {x, y, *order[:i]}
    assert topological_order(x) == topological_order() == []
