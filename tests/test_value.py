"""Value has the face of micrograd's: code written for that one runs on this one."""

import copy
import gc
import math
import pickle
import random
import sys
import weakref

import pytest

from micrograd_cli.engine import Value
from micrograd_cli.nodes import topological_order

# --- operators ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "value", "slope"),
    [
        (lambda a: a + 3, 5, 1),
        (lambda a: 3 + a, 5, 1),
        (lambda a: a - 3, -1, 1),
        (lambda a: 3 - a, 1, -1),
        (lambda a: a * 3, 6, 3),
        (lambda a: 3 * a, 6, 3),
        (lambda a: a / 4, 0.5, 0.25),
        (lambda a: 4 / a, 2, -1),
        (lambda a: a**3, 8, 12),
        (lambda a: a**-1, 0.5, -0.25),
        (lambda a: 3**a, 9, 9 * math.log(3)),
        (lambda a: a**a, 4, 4 + 4 * math.log(2)),
        (lambda a: 7 % a, 1, -3),
        (lambda a: -a, -2, -1),
        (lambda a: +a, 2, 1),
        (lambda a: abs(-a), 2, 1),
        (lambda a: a * a, 4, 4),
        (lambda a: a - a, 0, 0),
        (lambda a: sum([a, 3 * a, 1]), 9, 4),
        (lambda a: sum((a * i for i in range(4)), Value(1.0)), 13, 6),
        (lambda a: a.relu(), 2, 1),
        (lambda a: (-a).relu(), 0, 0),
        (lambda a: a.exp(), math.exp(2), math.exp(2)),
        (lambda a: a.tanh(), math.tanh(2), 1 / math.cosh(2) ** 2),
        (lambda a: a.log(), math.log(2), 0.5),
        (lambda a: a.log(2), 1, 1 / (2 * math.log(2))),
        (lambda a: a.max(1, a), 2, 1),
        (lambda a: a.clamp(0, 1.5), 1.5, 0),
        (lambda a: a * True, 2, 1),
    ],
)
def test_operators(function, value, slope):
    a = Value(2.0)
    result = function(a)
    result.backward()
    assert isinstance(result, Value)
    assert (result.data, a.grad) == pytest.approx((value, slope), rel=1e-15)


def test_augmented_assignment_makes_new_nodes():
    a = b = Value(2.0)
    b += 1
    b *= a
    b -= 0.5
    b /= 2
    b **= 2
    b.backward()
    assert (a.data, b.data, a.grad) == (2, 2.75**2, 2 * 2.75 * (2 * 2 + 1) / 2)


@pytest.mark.parametrize("other", ["2", None, [1], 2j])
def test_what_is_no_number_is_refused(other):
    for operate in (lambda: Value(1) + other, lambda: other * Value(1), lambda: Value(1) ** other):
        with pytest.raises(TypeError):
            operate()
    with pytest.raises(TypeError):
        Value(1).max(other)
    with pytest.raises(TypeError, match=r"clamp\(x, lo, hi\)"):
        Value(1).clamp(0)
    with pytest.raises(TypeError, match=r"atan2\(y, x\)"):
        Value(1).atan2()


@pytest.mark.parametrize(
    "function", [float, math.exp, math.sqrt, Value, lambda a: math.hypot(a, 1)]
)
def test_a_value_never_leaves_its_graph_in_silence(function):
    with pytest.raises(TypeError):  # as in micrograd: a number would have no gradient
        function(Value(2.0))
    a = Value(2.0)
    (a * a.exp()).backward()
    assert a.grad == pytest.approx(3 * math.exp(2), rel=1e-15)
    assert float(a.data) == 2


def test_numpy_numbers_and_arrays_on_either_side():
    np = pytest.importorskip("numpy")
    for number in (np.float64(3), np.float32(3), np.int64(3)):
        a = Value(2.0)
        result = (number * a - number) / number + a * number + number**a
        result.backward()
        assert type(result.data) is float
        assert (result.data, a.grad) == pytest.approx((16, 4 + 9 * math.log(3)))
    w = [Value(1.0), Value(2.0)]
    for row in (np.array([3.0, 4.0]) * w[1], w[1] * np.array([3.0, 4.0])):
        assert [each.data for each in row] == [6, 8]
    assert (np.array(w) @ np.array([3.0, 4.0])).data == 11
    assert type(Value(np.float64(2)).data) is float


# --- the lectures and the README ----------------------------------------------------------------


def test_readme_of_micrograd():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert f"{a.grad:.4f}" == "138.8338"
    assert f"{b.grad:.4f}" == "645.5773"


def neuron():
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    n = x1w1 + x2w2 + b
    n.label = "n"
    return [x1, x2, w1, w2, b], n


def halves():
    return pytest.approx([-1.5, 0.5, 1.0, 0.0, 0.5])


def test_lecture_node_by_node():
    leaves, n = neuron()
    o = n.tanh()
    o.grad = 1.0
    o._backward()
    assert n.grad == pytest.approx(0.5)
    n._backward()
    total, b = n._prev
    total._backward()
    b._backward()
    for product in total._prev:
        product._backward()
    assert [leaf.grad for leaf in leaves] == halves()


def test_lecture_topological_order_by_hand():
    leaves, n = neuron()
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(o)
    o.grad = 1.0
    for each in reversed(topo):
        each._backward()
    assert [leaf.grad for leaf in leaves] == halves()
    inner = [each for each in topo if each._op]
    by_hand = [each.grad for each in inner]
    o.backward()
    assert [each.grad for each in inner] == by_hand


def test_draw_dot_walk():
    _, n = neuron()
    o = n.tanh()
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(o)
    assert sorted(v._op for v in nodes if v._op) == ["*", "*", "+", "+", "tanh"]
    assert sorted(v.label for v in nodes) == ["", "", "", "b", "n", "w1", "w2", "x1", "x1*w1", "x2"]
    assert len(edges) == 9
    assert repr(Value(2.5)) == "Value(data=2.5, grad=0.0)"
    a = Value(3.0)
    assert (a * a)._prev == (a, a)
    assert (a._op, a._prev) == ("", ())
    assert Value(3.0, (a, a), "*").args == (a, a)


# --- a library written on it, as micrograd's nn.py ----------------------------------------------


class Module:
    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0


class Neuron(Module):
    def __init__(self, size, nonlin, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(size)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.tanh() if self.nonlin else act

    def parameters(self):
        return [*self.w, self.b]


class Layer(Module):
    def __init__(self, size, count, nonlin, rng):
        self.neurons = [Neuron(size, nonlin, rng) for _ in range(count)]

    def __call__(self, x):
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP(Module):
    def __init__(self, size, counts, rng):
        sizes = [size, *counts]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], i + 1 < len(counts), rng) for i in range(len(counts))
        ]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def moons(count, rng):
    """Two interleaving half circles, labelled 1 and -1."""
    for i in range(count):
        angle, label = math.pi * rng.random(), 1 - 2 * (i % 2)
        x, y = math.cos(angle), math.sin(angle)
        point = (x, y) if label == 1 else (1 - x, 0.5 - y)
        yield [each + rng.gauss(0, 0.1) for each in point], label


def hinge_loss(model, data):
    losses = [(1 + -label * model(point)).relu() for point, label in data]
    decay = 1e-4 * sum(p * p for p in model.parameters())
    return sum(losses) * (1.0 / len(losses)) + decay


def model_and_data():
    rng = random.Random(1337)
    return MLP(2, [8, 1], rng), list(moons(40, rng))


def test_gradients_of_a_network_agree_with_central_differences():
    model, data = model_and_data()
    hinge_loss(model, data).backward()
    h = 1e-6
    for p in model.parameters():
        at = p.data
        p.data = at + h
        above = hinge_loss(model, data).data
        p.data = at - h
        below = hinge_loss(model, data).data
        p.data = at
        assert p.grad == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-8)


def test_training_on_two_moons():
    model, data = model_and_data()
    losses = []
    for _ in range(60):
        loss = hinge_loss(model, data)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.5 * p.grad
        losses.append(loss.data)
    right = sum((model(point).data > 0) == (label > 0) for point, label in data)
    assert losses[-1] < losses[0] / 4
    assert right >= 38


def test_copies_and_pickles_of_a_model_live_on_their_own():
    model, data = model_and_data()
    loss = hinge_loss(model, data[:3])
    loss.backward()
    grads = [p.grad for p in model.parameters()]
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
        assert not set(twin.parameters()) & set(model.parameters())
        twin.zero_grad()
        hinge_loss(twin, data[:3]).backward()
        assert [p.grad for p in twin.parameters()] == grads
    same_model, same_loss = copy.deepcopy((model, loss))
    same_model.zero_grad()
    same_loss.backward()  # the copy of the graph ends in the copy of the model
    assert [p.grad for p in same_model.parameters()] == grads
    assert [p.grad for p in model.parameters()] == grads


class Parameter(Value):
    """A subclass with state of its own."""

    def __init__(self, data, name):
        super().__init__(data, label=name)
        self.name = name
        self.history = []

    def step(self, rate):
        self.history.append(self.data)
        self.data -= rate * self.grad
        self.grad = 0.0


def test_subclass():
    p = Parameter(3, "p")
    for _ in range(3):
        (p * p).backward()
        p.step(0.25)
    assert (p.history, p.data, p.name, p.label) == ([3, 1.5, 0.75], 0.375, "p", "p")
    twin = copy.deepcopy(p)
    assert (type(twin), twin.history, twin.data) == (Parameter, p.history, p.data)


# --- backward -----------------------------------------------------------------------------------


def test_backward_twice():
    """Intermediate nodes start afresh, leaves accumulate until someone sets them to 0."""
    a = Value(3.0)
    b = a * a
    c = b * b
    for times in (1, 2, 3):
        c.backward()
        assert (c.grad, b.grad, a.grad) == (1, 18, 108 * times)
    a.grad = 0
    c.backward()
    assert a.grad == 108
    a.backward()
    assert a.grad == 1


def test_the_gradient_goes_on_where_floats_raise():
    for function, slope in ((lambda n: n.sqrt(), math.inf), (lambda n: 1 / n, -math.inf),
                            (lambda n: n.max(1 / n, 2) + n.log(), math.nan)):  # fmt: skip
        a = Value(0.0)
        function(2 * a).backward()
        assert a.grad == pytest.approx(slope, nan_ok=True)


def test_two_outputs_share_a_leaf():
    a = Value(2.0)
    (a * 3).backward()
    (a * a).backward()
    assert a.grad == 7


def test_a_node_that_no_gradient_reaches_has_none():
    a = Value(2.5)
    b = a * 2
    c = b.detach() + b.floor()
    b.grad = 7.0
    c.backward()
    assert (a.grad, b.grad) == (0, 0)


def test_operands_come_before_results():
    a = Value(1.0)
    b = a + a
    c = b.max(a, b)
    d = c * b + c
    order = topological_order(d, b)
    assert len(order) == len(set(order)) == 4
    for i, each in enumerate(order):
        assert set(each.args) <= {a, *order[:i]}


# --- size and memory ----------------------------------------------------------------------------


def test_a_chain_of_a_million_nodes():
    """No walk recurses, not even the one that frees the graph; and nothing is in a cycle."""
    gc.collect()
    gc.disable()
    try:
        a = Value(1.0)
        before = sys.getallocatedblocks()
        x = a
        for _ in range(1_000_000):
            x = x + a
        assert x.data == 1_000_001
        x.backward()
        assert a.grad == 1_000_001
        assert sys.getallocatedblocks() > before + 1_000_000
        del x
        assert sys.getallocatedblocks() < before + 1000
        assert gc.collect() < 1000  # what other code left
    finally:
        gc.enable()


def test_graphs_free_themselves():
    class Traced(Value):
        """Value has no weak references, a subclass does."""

        __slots__ = ("__weakref__",)

    gc.disable()
    try:
        a = Traced(2.0)
        gone = weakref.ref(a)
        b = a.tanh() * a + a.max(1, a) ** a
        b.backward()
        del a
        assert gone() is not None
        del b
        assert gone() is None
    finally:
        gc.enable()


def test_a_result_has_no_gradient_before_backward():
    a, b = Value(2.0), Value(3.0)
    assert [each.grad for each in (a, a + b, a * 2, -a, a.tanh(), a**2)] == [0.0] * 6
