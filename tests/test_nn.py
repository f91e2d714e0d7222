"""Neural networks of Values: micrograd's interface, against NumPy written by hand."""

import random

import numpy as np
import pytest

from micrograd_cli import Value
from micrograd_cli.nn import MLP, Layer, Module, Neuron


def numpy_network(model, x, y):
    """The mean squared error and its gradient by the parameters, in their order."""
    weights = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in model.layers]
    biases = [np.array([n.b.data for n in layer.neurons]) for layer in model.layers]
    values, before = [x], []
    for index, (w, b) in enumerate(zip(weights, biases, strict=True)):
        before.append(values[-1] @ w.T + b)
        values.append(before[-1] if index == len(weights) - 1 else np.maximum(before[-1], 0))
    error = values[-1][:, 0] - y
    grad = (2 * error / len(y))[:, None]
    found = []
    for index in reversed(range(len(weights))):
        if index < len(weights) - 1:
            grad = grad * (before[index] > 0)
        found.insert(0, np.column_stack([grad.T @ values[index], grad.sum(0)]).ravel())
        grad = grad @ weights[index]
    return (error**2).mean(), np.concatenate(found)


def test_loss_and_gradient_are_those_of_numpy():
    random.seed(3)
    model = MLP(2, [5, 4, 1])
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(7, 2)), rng.normal(size=7)
    errors = [(model(list(map(float, row))) - float(t)) ** 2 for row, t in zip(x, y, strict=True)]
    loss = sum(errors) / len(errors)
    model.zero_grad()
    loss.backward()
    expected, gradient = numpy_network(model, x, y)
    assert loss.data == pytest.approx(expected, rel=1e-13)
    assert [p.grad for p in model.parameters()] == pytest.approx(
        list(gradient), rel=1e-11, abs=1e-13
    )


def test_the_interface_is_micrograds():
    model = MLP(2, [16, 16, 1])
    assert len(model.parameters()) == 337
    assert repr(Layer(2, 2)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert repr(MLP(1, [1])) == "MLP of [Layer of [LinearNeuron(1)]]"
    assert isinstance(model([Value(1.0), 2.0]), Value)
    assert len(MLP(3, [1, 2])([1, 2, 3])) == 2
    assert Module().parameters() == []
    model([1.0, 2.0]).backward()
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters())


def test_training_lowers_the_loss():
    random.seed(1)
    model = MLP(1, [8, 1])
    data = [(x / 4, (x / 4) ** 2) for x in range(-4, 5)]

    def loss():
        return sum((model([x]) - y) ** 2 for x, y in data) / len(data)

    first = loss().data
    for _ in range(200):
        now = loss()
        model.zero_grad()
        now.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
    assert loss().data < first / 10


def test_a_wrong_number_of_inputs_is_an_error():
    with pytest.raises(ValueError, match="zip"):
        Neuron(2)([1.0])
