"""Neural networks of scalar Values, with the interface of micrograd's `nn.py`.

>>> from micrograd_cli.nn import MLP
>>> model = MLP(2, [16, 16, 1])  # 337 parameters
>>> loss = (model([1.0, -2.0]) - 1) ** 2
>>> model.zero_grad(); loss.backward()
>>> for p in model.parameters(): p.data -= 0.1 * p.grad
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from micrograd_cli.engine import Value


class Module:
    """What has parameters."""

    def zero_grad(self) -> None:
        """Set the grads of all parameters to 0, as before each backward pass."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def parameters(self) -> list[Value]:
        """All parameters, always in the same order."""
        return []


class Neuron(Module):
    """The sum of weighted inputs and a bias, through relu if it is not linear.

    The weights are drawn from -1 to 1 by Python's `random`, whose seed makes them repeatable.
    """

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Sequence[Any]) -> Value:
        """The output for `nin` numbers or Values. Raises ValueError for another count."""
        total = self.b
        for weight, each in zip(self.w, x, strict=True):
            total = total + weight * each
        return total.relu() if self.nonlin else total

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons with the same inputs; `options` are those of Neuron."""

    def __init__(self, nin: int, nout: int, **options: Any) -> None:
        self.neurons = [Neuron(nin, **options) for _ in range(nout)]

    def __call__(self, x: Sequence[Any]) -> Any:
        """A list of the outputs, or the only one."""
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        """Those of the neurons, one after another."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """Layers one after another; the last is linear."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        last = len(nouts) - 1
        pairs = enumerate(pairwise([nin, *nouts]))
        self.layers = [Layer(before, after, nonlin=i != last) for i, (before, after) in pairs]

    def __call__(self, x: Sequence[Any]) -> Any:
        """The outputs of the last layer: a list, or the only one."""
        for index, layer in enumerate(self.layers):
            x = layer(x if index == 0 or isinstance(x, list) else [x])
        return x

    def parameters(self) -> list[Value]:
        """Those of the layers, one after another."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
