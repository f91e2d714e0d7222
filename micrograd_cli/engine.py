"""`Value`, the node of the graph, and the two loops over it: forward and backward.

A node's data may be a number of any algebra (see `algebra/`): a float, a column, another `Value`.
Nothing here recurses, and a node holds no closure, so a graph has no cycles and frees itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from micrograd_cli.algebra.scalar import FLOAT
from micrograd_cli.ops import CONST, FUNCTIONS, INPUT, OPS, Op, Rule, operation


class Value:
    """A node of the graph: its data, its grad, the op that made it and the nodes it came from.

    It has the face of micrograd's `Value`. A plain number beside an operator becomes a leaf with
    the op `const`.

    `left` and `right` hold the operands. Most operations have one or two, and a tuple for them
    would be a second object for the garbage collector to walk: an operation of more than two keeps
    a tuple of them in `left`. `args` gives them all, in order.
    """

    __slots__ = ("data", "grad", "label", "left", "op", "right")

    data: Any
    grad: Any
    op: Op
    left: Any
    right: Any
    label: str
    span: tuple[int, int] | None = None  # where it stands in a program's text: see `Placed`

    def __init__(
        self, data: Any, _children: Iterable[Value] = (), _op: str = "", label: str = ""
    ) -> None:
        self.data = float(data)  # of NumPy's floats too: theirs warn where ours are quiet
        self.grad = 0.0
        self.op = named_operation(_op) if _op else INPUT
        self.left, self.right = operands(tuple(_children))
        self.label = label

    @property
    def args(self) -> tuple[Value, ...]:
        """The operands, in order; a node used twice stands twice."""
        if self.left is None:
            return ()
        if self.left.__class__ is tuple:
            return self.left
        return (self.left,) if self.right is None else (self.left, self.right)

    @property
    def _prev(self) -> tuple[Value, ...]:
        return self.args

    @property
    def _op(self) -> str:
        return "" if self.left is None else self.op.name

    def _backward(self) -> None:
        """Add this node's share of the gradient to its operands' grads, as in the chain rule."""
        if self.left is not None:
            push(self)

    def backward(self) -> None:
        """Set the grad of every node that this one depends on to its derivative by that node.

        The grads of intermediate nodes start afresh, so a second call gives what the first gave;
        those of leaves accumulate, as in PyTorch: set them to 0 between two calls.
        """
        backward(topological_order(self), 1.0)
        self.grad = 1.0

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __float__(self) -> float:
        return float(self.data)

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


class Placed(Value):
    """A node that stands in a program's text, between the two characters of `span`."""

    __slots__ = ("span",)

    span: tuple[int, int]


def node(
    op: Op, data: Any, left: Any = None, right: Any = None, kind: type[Value] = Value
) -> Value:
    """A Value without the checks of its constructor."""
    value = _new(kind)
    value.data = data
    value.grad = 0.0
    value.op = op
    value.left = left
    value.right = right
    value.label = ""
    return value


def placed(span: tuple[int, int], op: Op, data: Any, left: Any = None, right: Any = None) -> Value:
    """A node with its place in the text."""
    value: Any = node(op, data, left, right, Placed)
    value.span = span
    return value  # type: ignore[no-any-return]


def operands(args: tuple[Value, ...]) -> tuple[Any, Any]:
    """The fields `left` and `right` of a node with these operands."""
    if len(args) > 2:
        return args, None
    left, right = (*args, None, None)[:2]
    return left, right


def evaluate(m: Any, rule: Rule, *x: Any) -> Any:
    """A row's value or partials at x; where Python's floats raise, by IEEE's rules."""
    try:
        return rule(m, *x)
    except (ArithmeticError, ValueError):
        return m.retry(rule, *x)


def apply(op: Op, *args: Value) -> Value:
    """The node of an operation on Values that hold floats."""
    data = evaluate(FLOAT, op.value, *[arg.data for arg in args])
    return node(op, data, *operands(args))


def const(number: Any) -> Value:
    """A leaf for a plain number. Raises TypeError for anything else."""
    if isinstance(number, str) or not hasattr(number, "__float__"):
        raise TypeError(f"{type(number).__name__} is no number")
    return node(CONST, float(number))


NEG = OPS["neg"]


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
        value = _new(Value)  # what node() does: calling it would double the time
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


def topological_order(*roots: Value) -> list[Value]:
    """The inner nodes (those with operands) that the roots depend on, operands before results."""
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = list(reversed(roots))
    while stack:
        value = stack.pop()
        if value is None:  # a mark: the operands of the node below it are done
            order.append(stack.pop())  # type: ignore[arg-type]
            continue
        while value.left is not None and value not in seen:
            seen.add(value)
            stack.append(value)
            stack.append(None)
            left, right = value.left, value.right
            if left.__class__ is tuple:
                stack.extend(reversed(left))
                break
            if right is not None and right.left is not None:
                stack.append(right)
            value = left  # straight on, not by way of the stack
    return order


def forward(order: Sequence[Value], m: Any = FLOAT) -> None:
    """Compute the data of inner nodes, given in topological order, from that of the leaves."""
    for value in order:
        left, right, compute = value.left, value.right, value.op.value
        try:
            if right is not None:
                value.data = compute(m, left.data, right.data)
                continue
            if left.__class__ is not tuple:
                value.data = compute(m, left.data)
                continue
        except (ArithmeticError, ValueError):
            pass  # what follows computes it by IEEE's rules
        value.data = evaluate(m, compute, *[arg.data for arg in value.args])


def backward(order: Sequence[Value], seed: Any, m: Any = FLOAT) -> None:
    """Give the last node of a topological order the grad `seed` and push it down to the leaves.

    The grads of inner nodes start afresh, those of leaves accumulate. A node that no gradient
    reaches, because every partial on its way is `m.nothing`, gets 0.
    """
    for value in order:
        value.grad = None
    if order:
        order[-1].grad = seed
    for value in reversed(order):
        grad, left, right, partials = value.grad, value.left, value.right, value.op.partials
        if grad is None:
            value.grad = 0.0
            continue
        try:
            if right is not None:
                to_left, to_right = partials(m, value.data, left.data, right.data)
                if to_right is not None:
                    share = grad * to_right
                    right.grad = share if right.grad is None else right.grad + share
            elif left.__class__ is not tuple:
                (to_left,) = partials(m, value.data, left.data)
            else:
                push(value, m)
                continue
        except (ArithmeticError, ValueError):
            push(value, m)
            continue
        if to_left is not None:
            share = grad * to_left
            left.grad = share if left.grad is None else left.grad + share


def push(value: Value, m: Any = FLOAT) -> None:
    """Add to each operand's grad its share of the node's: grad times partial (the chain rule).

    Of any number of operands, and by IEEE's rules where Python's floats raise.
    """
    args = value.args
    partials = evaluate(m, value.op.partials, value.data, *[arg.data for arg in args])
    for arg, partial in zip(args, partials, strict=True):
        if partial is not None:
            share = value.grad * partial
            arg.grad = share if arg.grad is None else arg.grad + share
