"""What took the digits of a result, in words."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_cli.analysis.digits import DIGITS, Digits
from micrograd_cli.analysis.lost_digits import Loss
from micrograd_cli.analysis.sweep import Sweep
from micrograd_cli.nodes import Constant, Node, is_number
from micrograd_cli.ops import OPS

MINUS = OPS["-"]
NAMED = 3  # gradients by name; more are counted


def loss_message(sweep: Sweep, digits: Digits, loss: Loss) -> str:
    """How many digits of which results are right, what took the others, where the error entered."""
    left = [digits.grad[name] if name else digits.value for name in loss.names]
    least, most = min(x or 0 for x in left), max(x or 0 for x in left)
    found = str(most) if least == most else f"{least} to {most}"
    verb = "is" if most == 1 else "are"
    right = f"{found} of {DIGITS} digits of {results(loss.names)} {verb} right"
    if not most:
        right = f"no digit of {results(loss.names)} is right"
    message = f"{right}: {WORDS[loss.how](sweep, loss, 'the others' if most else 'them')}"
    return f"{message}; {entry(sweep, loss.source)}" if loss.source else message


def results(names: Sequence[str]) -> str:
    """The value and the gradients by name: `the value and the gradient of x`."""
    grads = [name for name in names if name]
    parts = ["the value"] if "" in names else []
    if len(grads) == 1:
        parts.append(f"the gradient of {grads[0]}")
    elif len(grads) > NAMED:
        parts.append(f"{len(grads)} gradients")
    elif grads:
        parts.append(f"the gradients of {', '.join(grads[:-1])} and {grads[-1]}")
    return " and ".join(parts)


def entry(sweep: Sweep, source: Node) -> str:
    """Where the error entered."""
    name = sweep.name(source)
    if isinstance(source, Constant):
        return f"no float is exactly {source.label or source.text}"
    if source.left is None:
        return f"no float is exactly {name} = {sweep.value(source)!r}"
    return f"the error enters at {name}"


def by_value(sweep: Sweep, loss: Loss, taken: str) -> str:
    node, op = loss.node, loss.node.op
    name, value = sweep.name(node), repr(sweep.value(node))
    if op.additive and len(node.args) == 2:
        a, b = map(repr, sweep.operands(node))
        sign = "-" if op is MINUS else "+"
        return f"{name} loses {taken} to cancellation: {a} {sign} {b} is {value}"
    if op.additive:
        largest = max(map(abs, sweep.operands(node)))
        return f"{name} loses {taken} to cancellation: its terms are as large as {largest!r}"
    if op.result != "number" or op.conditions:
        return f"an error decides that {name} is {value}"
    return f"{name} magnifies an error{where(sweep, node)}"


def by_derivative(sweep: Sweep, loss: Loss, taken: str) -> str:
    return f"the derivative of {sweep.name(loss.node)} magnifies an error{where(sweep, loss.node)}"


def where(sweep: Sweep, node: Node) -> str:
    """The operands with their numbers."""
    given = [arg for arg in node.args if not is_number(arg)]
    known = dict.fromkeys(f"{sweep.name(arg)} = {sweep.value(arg)!r}" for arg in given)
    return f", where {', '.join(known)}" if known else ""


def by_shares(sweep: Sweep, loss: Loss, taken: str) -> str:
    name = sweep.name(loss.node)
    if len(loss.numbers) > NAMED:
        largest = max(map(abs, loss.numbers))
        shown = f"its shares are as large as {largest!r}"
    else:
        shown = f"its shares are {' and '.join(map(repr, loss.numbers))}"
    return f"the gradient of {name} loses {taken} to cancellation: {shown}"


def by_underflow(sweep: Sweep, loss: Loss, taken: str) -> str:
    name = sweep.name(loss.node)
    if not loss.numbers:
        return f"{name} underflows to {sweep.value(loss.node)!r}"
    grad, partial = loss.numbers
    return f"the gradient underflows at {name}: {grad!r} × {partial!r} is {grad * partial!r}"


WORDS = {
    "value": by_value,
    "derivative": by_derivative,
    "shares": by_shares,
    "underflow": by_underflow,
}
