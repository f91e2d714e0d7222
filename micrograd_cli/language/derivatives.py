"""`grad(y, x)` and `f'(x)`: derivatives as part of the program, by the GRAPH algebra.

What they make are nodes like any other, so a derivative may be differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.array_functions import argument
from micrograd_cli.language.arrays import Array, shape_of, shape_text
from micrograd_cli.language.emitter import Emitter
from micrograd_cli.language.functions import Function, Value
from micrograd_cli.nodes import Constant, Node, topological_order
from micrograd_cli.ops import INPUT, Op

if TYPE_CHECKING:
    from micrograd_cli.language.differentiator import Differentiator

HIGHEST = 30  # order of a derivative


class Derived(NamedTuple):
    """`f''`: a function of one parameter and the order of its derivative; an action."""

    name: str
    function: Any
    order: int
    arity: tuple[int, float] = (1, 1)
    parameters: str = "x"

    @property
    def signature(self) -> str:
        """How it is called: `f''(x)`."""
        return f"{self.name}{chr(39) * self.order}(x)"

    def __call__(
        self, emitter: Any, args: list[Any], span: Span, slots: Sequence[Value] = ()
    ) -> Value:
        differentiator: Differentiator = emitter.differentiator
        with emitter.nested(span):
            variable, y = differentiator.derivative(self.function, self.order, span)
        (x,) = args
        if not isinstance(x, Array):
            return differentiator.at(variable, y, x, span)
        return Array(x.shape, [differentiator.at(variable, y, item, span) for item in x.items])


def derived(name: str, primes: int, function: Any, span: Span) -> Derived:
    """The derivative of a function as one. Raises ProgramError if it has several arguments."""
    if isinstance(function, Function):
        single, signature = len(function.parameters) == 1, function.signature
    elif isinstance(function, Op):
        single, signature = function.arity[0] == 1, function.signature
    else:
        single, signature = False, function.signature
    if not single or (isinstance(function, Op) and function.variadic):
        raise ProgramError(
            f"{name}' is for a function of one number, this is {signature}", span,
            f"did you mean grad({signature}, x)?",
        )  # fmt: skip
    if primes > HIGHEST:
        raise ProgramError(f"the order of the derivative is {primes}, at most {HIGHEST}", span)
    return Derived(name, function, primes)


def grad(emitter: Any, args: list[Any], span: Span) -> Value:
    """`grad(y, x)`: of the shape of y, then that of x."""
    y, x = args
    shape = shape_of(y) + shape_of(x)
    if len(shape) > 2:
        raise ProgramError(
            f"the derivative of shape {shape_text(shape_of(y))} by shape"
            f" {shape_text(shape_of(x))} has {len(shape)} dimensions, at most 2", span
        )  # fmt: skip
    wanted = list(x.items) if isinstance(x, Array) else [x]
    roots = list(y.items) if isinstance(y, Array) else [y]
    check_variables(emitter, roots, wanted, span)
    emitter.foresee(len(wanted) * len(roots), span)
    found = [
        node
        for root in roots
        for node in emitter.differentiator.gradient(root, wanted, span)
    ]  # fmt: skip
    return Array(shape, found) if shape else found[0]


def check_variables(
    emitter: Emitter, roots: Sequence[Node], wanted: Sequence[Node], span: Span
) -> None:
    """Raise ProgramError if nothing can depend on what is written as the second argument."""
    for node in wanted:
        named = node.op is INPUT or (node.label and not isinstance(node, Constant))
        here = node.span is not None and span[0] <= node.span[0] <= node.span[1] <= span[1]
        if named or not here:
            continue
        if not any(node is each or node in each.args for each in topological_order(*roots)):
            raise ProgramError(
                "the first argument does not contain this expression", argument(emitter, span, 1),
                "give it a name before, and use the name in both",
            )  # fmt: skip
