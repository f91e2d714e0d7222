"""Where the digits of a result went: which operation took them, and whose error it was.

It follows the bounds of `bounds.py` to where the greatest error comes from, from a gradient to the
shares that make it and from a value to its operands, and looks where the error grew the most.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf, isfinite
from typing import NamedTuple

from micrograd_cli.algebra.accurate import HALF, NORMAL
from micrograd_cli.algebra.bound import BOUND
from micrograd_cli.algebra.rounding import Bound, bound
from micrograd_cli.analysis.bounds import Bounds
from micrograd_cli.analysis.second_run import LOST
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.analysis.underflow import value_underflows
from micrograd_cli.engine import partials
from micrograd_cli.nodes import Node


class Loss(NamedTuple):
    """What took the digits of results: a node by its `value`, its `derivative`, the sum of the
    `shares` that is its gradient, or by `underflow`.

    `source` is the node whose error it was, None where that is the node's own. `numbers` show it:
    the shares, or the factors of one. `names` are the results, "" the value.
    """

    node: Node
    how: str
    source: Node | None = None
    numbers: tuple[float, ...] = ()
    names: tuple[str, ...] = ()


class Step(NamedTuple):
    """A number on the way of an error, as in `Loss`, and which share of it is wrong."""

    node: Node
    how: str
    wrong: float
    numbers: tuple[float, ...] = ()


class Share(NamedTuple):
    """A share of a node's gradient: that of a node which uses it, times the derivative there."""

    user: Node
    grad: Bound
    partial: Bound

    @property
    def error(self) -> float:
        """What the errors of gradient and derivative do to it."""
        return passed(self.partial.value, self.grad) + passed(self.grad.value, self.partial)

    @property
    def underflows(self) -> bool:
        """Whether it is too small, and its factors are not."""
        factors = abs(self.grad.value), abs(self.partial.value)
        return abs((self.grad * self.partial).value) < NORMAL <= min(factors)


def passed(factor: float, x: Bound) -> float:
    """The error of a number times a factor, without nan."""
    error = x.likely_error
    return abs(factor) * error if error and factor == factor else error and inf


def losses(sweep: Sweep, found: Bounds) -> list[Loss]:
    """What took more than half of the digits of the value and of each gradient, each once."""
    kept: dict[tuple[Node, str], Loss] = {}
    trace = Trace(sweep, found)
    for name, loss in trace.lost_results():
        before = kept.setdefault((loss.node, loss.how), loss)
        kept[loss.node, loss.how] = before._replace(names=(*before.names, name))
    return list(kept.values())


def lost(x: Bound | None) -> bool:
    """Whether a finite number has lost more than half of its digits."""
    return x is not None and isfinite(x.value) and x.relative_error > LOST


class Trace:
    """The way of errors through a sweep, by its bounds."""

    def __init__(self, sweep: Sweep, found: Bounds) -> None:
        self.sweep = sweep
        self.values, self.grads = found
        self.too_small = {underflow.node for underflow in value_underflows(sweep)}
        self.users: dict[Node, list[Node]] = {}
        for node in sweep.order:
            for arg in dict.fromkeys(node.args):
                self.users.setdefault(arg, []).append(node)

    def lost_results(self) -> Iterator[tuple[str, Loss]]:
        """The results that have lost their digits, by name, and what took them."""
        if lost(self.values[self.sweep.root.index]):
            yield "", blamed(list(self.down(self.sweep.root)))
        for name, leaf in zip(self.sweep.wrt, self.sweep.leaves, strict=True):
            if lost(self.grads[leaf.index]):
                yield name, blamed(list(self.up(leaf)))

    def wrong(self, node: Node) -> float:
        """The share of a value that is wrong."""
        return self.values[node.index].relative_error

    # --- from a value to its operands -------------------------------------------------------------

    def down(self, node: Node) -> Iterator[Step]:
        """The way of the greatest error from a value down to the node that it entered at."""
        while True:
            how = "underflow" if node in self.too_small else "value"
            yield Step(node, how, self.wrong(node))
            errors = self.brought(node)
            source = max(errors, key=lambda arg: errors[arg], default=node)
            value = self.values[node.index]
            own = min(4 * HALF * abs(value.value), value.likely_error / 2)
            if how == "underflow" or not errors.get(source, 0.0) > own:
                return
            node = source

    def brought(self, node: Node) -> dict[Node, float]:
        """The error that each operand brings into a node's value; a condition, that it is wrong."""
        if node.left is None:
            return {}
        return {
            arg: passed(1.0 if slope is None else slope, self.values[arg.index])
            for arg, slope in zip(node.args, partials(node, self.sweep.values), strict=True)
        }

    # --- from a gradient to its shares ------------------------------------------------------------

    def up(self, node: Node) -> Iterator[Step]:
        """The way of the greatest error from a gradient up, and on to the values below it."""
        while True:
            shares = list(self.shares(node))
            worst = max(shares, key=lambda share: share.error, default=None)
            grad = self.grads[node.index]
            assert grad is not None
            yield Step(node, "shares", grad.relative_error, tuple(map(product, shares)))
            if worst is None:
                return
            user, grad, partial = worst
            if worst.underflows:
                yield Step(user, "underflow", 1.0, (grad.value, partial.value))
                return
            if grad.relative_error < partial.relative_error:  # their products may underflow
                yield from self.derivative(user, grad, partial)
                return
            node = user

    def shares(self, node: Node) -> Iterator[Share]:
        """The shares that make the gradient of a node."""
        for user in self.users.get(node, ()):
            grad = self.grads[user.index]
            if grad is not None:
                for arg, partial in zip(user.args, partials(user, self.values, BOUND), strict=True):
                    if arg is node and partial is not None:
                        yield Share(user, grad, bound(partial))

    def derivative(self, node: Node, grad: Bound, partial: Bound) -> Iterator[Step]:
        """The way from a derivative of a node to the values that its error comes from."""
        if abs(partial.value) < NORMAL <= min(abs(arg) for arg in self.sweep.operands(node)):
            yield Step(node, "underflow", 1.0, (grad.value, partial.value))
            return
        yield Step(node, "derivative", partial.relative_error)
        worst = max((*node.args, node), key=self.wrong)
        if self.wrong(worst) > HALF:
            yield from self.down(worst)


def product(share: Share) -> float:
    return share.grad.value * share.partial.value


def blamed(way: list[Step]) -> Loss:
    """The step of a way at which the error grew the most, and where the way ends."""
    grown = [
        (step.wrong / (before.wrong or HALF), i) for i, (step, before) in enumerate(pairwise(way))
    ]
    grown.append((way[-1].wrong / HALF, len(way) - 1))
    step = way[max(grown)[1]]
    if way[-1].how == "underflow":
        step = way[-1]
    source = way[-1].node
    return Loss(step.node, step.how, None if source is step.node else source, step.numbers)
