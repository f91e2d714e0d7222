"""The loops over a graph, forward, backward and tangents; and `Value`, micrograd's interface.

The numbers may be of any algebra (see `algebra/`): floats, nodes of another graph, symbols.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.nodes import Node, Vertex, operands, topological_order
from micrograd_cli.ops import CONST, FUNCTIONS, INPUT, OPS, Op, Rule, operation

NEG = OPS["neg"]


def evaluate(m: Any, rule: Rule, *x: Any) -> Any:
    """A row's value or partials at x; where Python's floats raise, by IEEE's rules."""
    try:
        return rule(m, *x)
    except (ArithmeticError, ValueError):
        return m.retry(rule, *x)


@contextmanager
def without_collector() -> Iterator[None]:
    """Holds Python's garbage collector back while large graphs are built.

    It looks for cycles, of which graphs have none: their memory is freed without it. In a block of
    this, a graph of a million nodes takes half the time. The collector is as it was afterwards.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


# --- runs over nodes ------------------------------------------------------------------------------


def forward(order: Iterable[Node], values: list[Any], m: Any = FLOAT) -> None:
    """Compute the values of inner nodes, given in topological order, from those of the leaves."""
    for node in order:
        left, right, compute = node.left, node.right, node.op.value
        try:
            if right is not None:
                values[node.index] = compute(m, values[left.index], values[right.index])
                continue
            if left.__class__ is not tuple:
                values[node.index] = compute(m, values[left.index])
                continue
        except (ArithmeticError, ValueError):
            pass  # what follows computes it by IEEE's rules
        values[node.index] = evaluate(m, compute, *[values[arg.index] for arg in node.args])


def backward(
    order: Sequence[Node],
    values: Sequence[Any],
    root: Node,
    seed: Any,
    m: Any = FLOAT,
    grads: list[Any] | None = None,
) -> list[Any]:
    """The grads of all nodes, by index, if that of the root is `seed` (reverse accumulation).

    `order` has the inner nodes that the root depends on, in topological order; the root may be a
    leaf. None is the grad of a node that nothing flows to: it is not on a path, or every partial on
    its way is `m.nothing`. `grads` is a list of that length to fill, if it is to be a special one.
    """
    grads = [None] * len(values) if grads is None else grads
    grads[root.index] = seed
    for node in reversed(order):
        index = node.index
        grad = grads[index]
        if grad is None:
            continue
        left, right, partials = node.left, node.right, node.op.partials
        try:
            if right is not None:
                at, beside = left.index, right.index
                to_left, to_right = partials(m, values[index], values[at], values[beside])
                if to_right is not None:
                    share = grad * to_right
                    before = grads[beside]
                    grads[beside] = share if before is None else before + share
            elif left.__class__ is not tuple:
                at = left.index
                (to_left,) = partials(m, values[index], values[at])
            else:
                push(node, values, grads, m)
                continue
        except (ArithmeticError, ValueError):
            push(node, values, grads, m)
            continue
        if to_left is not None:
            share = grad * to_left
            before = grads[at]
            grads[at] = share if before is None else before + share
    return grads


def gradient(grads: Sequence[Any], leaves: Iterable[Node]) -> list[Any]:
    """The derivatives by leaves, from the grads of `backward`: 0 where nothing flows, no -0."""
    found = [grads[leaf.index] for leaf in leaves]
    return [0.0 if grad is None else 0.0 + grad for grad in found]


def push(node: Node, values: Sequence[Any], grads: list[Any], m: Any = FLOAT) -> None:
    """Add to each operand's grad its share of the node's: grad times partial (the chain rule).

    Of any number of operands, and by IEEE's rules where Python's floats raise.
    """
    for arg, partial in zip(node.args, partials(node, values, m), strict=True):
        if partial is not None:
            share, before = grads[node.index] * partial, grads[arg.index]
            grads[arg.index] = share if before is None else before + share


def partials(node: Node, values: Sequence[Any], m: Any = FLOAT) -> tuple[Any, ...]:
    """The partial derivatives of a node by its operands; None where nothing flows."""
    x = [values[arg.index] for arg in node.args]
    return evaluate(m, node.op.partials, values[node.index], *x)  # type: ignore[no-any-return]


def tangents(
    order: Iterable[Node], values: Sequence[Any], seeds: dict[int, Any], m: Any = FLOAT
) -> list[Any]:
    """The derivatives of all nodes, by index, along the direction of the seeds (forward mode).

    `seeds` are the leaves' own by index; None is the tangent of a node that none of them reaches.
    """
    found: list[Any] = [None] * len(values)
    for index, seed in seeds.items():
        found[index] = seed
    for node in order:
        total = None
        for arg, partial in zip(node.args, partials(node, values, m), strict=True):
            tangent = found[arg.index]
            if partial is not None and tangent is not None:
                share = partial * tangent
                total = share if total is None else total + share
        found[node.index] = total
    return found


# --- micrograd's interface ------------------------------------------------------------------------


class Value(Vertex):
    """A node of a graph that is computed as it is built: its data, its grad, the op that made it.

    It has micrograd's interface. A plain number beside an operator becomes a leaf with the op
    `const`.
    """

    __slots__ = ("data", "grad")

    data: Any
    grad: Any

    def __init__(
        self, data: Any, _children: Iterable[Value] = (), _op: str = "", label: str = ""
    ) -> None:
        self.data = float(data)  # of NumPy's floats too: theirs warn where ours are quiet
        self.grad = 0.0
        self.op = named_operation(_op) if _op else INPUT
        self.left, self.right = operands(tuple(_children))
        self.label = label

    @property
    def _prev(self) -> tuple[Value, ...]:
        return self.args

    @property
    def _op(self) -> str:
        return "" if self.left is None else self.op.name

    def _backward(self) -> None:
        """Add this node's share of the gradient to its operands' grads, as in the chain rule."""
        if self.left is not None:
            share_out(self)

    def backward(self) -> None:
        """Set the grad of every node that this one depends on to its derivative by that node.

        The grads of intermediate nodes start afresh, so a second call gives what the first gave;
        those of leaves accumulate, as in PyTorch: set them to 0 between two calls.
        """
        backpropagate(topological_order(self))
        self.grad = 1.0

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __float__(self) -> float:
        """No float: `math.exp(value)` would lose the graph without a word. Raises TypeError."""
        raise TypeError("a Value is no plain number: use value.exp(), or float(value.data)")

    if TYPE_CHECKING:  # what `install_operator` and `install_function` set, for type checkers

        def __add__(self, other: Value | float) -> Value: ...
        def __sub__(self, other: Value | float) -> Value: ...
        def __mul__(self, other: Value | float) -> Value: ...
        def __truediv__(self, other: Value | float) -> Value: ...
        def __mod__(self, other: Value | float) -> Value: ...
        def __pow__(self, other: Value | float) -> Value: ...
        def __radd__(self, other: float) -> Value: ...
        def __rsub__(self, other: float) -> Value: ...
        def __rmul__(self, other: float) -> Value: ...
        def __rtruediv__(self, other: float) -> Value: ...
        def __rmod__(self, other: float) -> Value: ...
        def __rpow__(self, other: float) -> Value: ...
        def __getattr__(self, function: str) -> Callable[..., Value]: ...

    def __neg__(self) -> Value:
        return apply(NEG, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return apply(OPS["abs"], self)


def named_operation(name: str) -> Op:
    try:
        return operation(name)
    except KeyError:
        raise ValueError(f"no operation is named {name!r}: see micrograd_cli.ops") from None


_new = Value.__new__


def value_of(op: Op, data: Any, left: Any = None, right: Any = None) -> Value:
    """A Value without the checks of its constructor."""
    value = _new(Value)
    value.data, value.grad, value.op = data, 0.0, op
    value.left, value.right = left, right
    value.label = ""
    return value


def backpropagate(order: Sequence[Value]) -> None:
    """`backward` for Values: the last of a topological order gets the grad 1.

    The grads of inner nodes start afresh, those of leaves accumulate. The numbers stand in the
    nodes: to copy them into lists and back would take half as long again.
    """
    for value in order:
        value.grad = None
    if order:
        order[-1].grad = 1.0
    for value in reversed(order):
        grad, left, right, partials = value.grad, value.left, value.right, value.op.partials
        if grad is None:
            value.grad = 0.0
            continue
        try:
            if right is not None:
                to_left, to_right = partials(FLOAT, value.data, left.data, right.data)
                if to_right is not None:
                    share = grad * to_right
                    right.grad = share if right.grad is None else right.grad + share
            elif left.__class__ is not tuple:
                (to_left,) = partials(FLOAT, value.data, left.data)
            else:
                share_out(value)
                continue
        except (ArithmeticError, ValueError):
            share_out(value)
            continue
        if to_left is not None:
            share = grad * to_left
            left.grad = share if left.grad is None else left.grad + share


def share_out(value: Value) -> None:
    """`push` for a Value."""
    args = value.args
    partials = evaluate(FLOAT, value.op.partials, value.data, *[arg.data for arg in args])
    for arg, partial in zip(args, partials, strict=True):
        if partial is not None:
            share = value.grad * partial
            arg.grad = share if arg.grad is None else arg.grad + share


def apply(op: Op, *args: Value) -> Value:
    """The node of an operation on Values that hold floats."""
    data = evaluate(FLOAT, op.value, *[arg.data for arg in args])
    return value_of(op, data, *operands(args))


def const(number: Any) -> Value:
    """A leaf for a plain number. Raises TypeError for anything else."""
    if not hasattr(number, "__float__"):
        raise TypeError(f"{type(number).__name__} is not a number")
    return value_of(CONST, float(number))


def install_operator(name: str, op: Op) -> None:
    """Give Value the operator `__name__` and its reflection."""
    compute = op.value

    def forward(self: Value, other: Any) -> Any:
        if not isinstance(other, Value):
            try:
                other = const(other)
            except TypeError:  # an array of Values and numbers: NumPy takes it from here
                return NotImplemented
        try:
            data = compute(FLOAT, self.data, other.data)
        except (ArithmeticError, ValueError):
            data = FLOAT.retry(compute, self.data, other.data)
        value = _new(Value)  # what value_of does: calling it would double the time
        value.data, value.grad, value.op = data, 0.0, op
        value.left, value.right = self, other
        value.label = ""
        return value

    def reflected(self: Value, other: Any) -> Any:
        try:
            return forward(const(other), self)
        except TypeError:
            return NotImplemented

    setattr(Value, f"__{name}__", forward)
    setattr(Value, f"__r{name}__", reflected)


def install_function(name: str, op: Op) -> None:
    """Give Value the function as a method; further arguments may be plain numbers."""
    compute, (least, most) = op.value, op.arity

    def method(self: Value, *others: Any) -> Value:
        if others or least > 1:
            if not least <= 1 + len(others) <= most:
                raise TypeError(f"the operation is {op.signature}")
            return apply(op, self, *[o if isinstance(o, Value) else const(o) for o in others])
        try:
            data = compute(FLOAT, self.data)
        except (ArithmeticError, ValueError):
            data = FLOAT.retry(compute, self.data)
        value = _new(Value)
        value.data, value.grad, value.op = data, 0.0, op
        value.left, value.right = self, None
        value.label = ""
        return value

    method.__name__, method.__doc__ = name, op.help
    setattr(Value, name, method)


for _name, _symbol in (
    ("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("mod", "%"), ("pow", "^"),
):  # fmt: skip
    install_operator(_name, OPS[_symbol])
for _name, _op in FUNCTIONS.items():
    install_function(_name, _op)
