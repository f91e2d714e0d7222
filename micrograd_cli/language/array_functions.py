"""The functions of arrays that are no operations of the table: they lay out nodes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from micrograd_cli.errors import ProgramError, Span
from micrograd_cli.language.arrays import (
    Array,
    Shape,
    shape_of,
    shape_text,
    stretched,
    transposed,
)
from micrograd_cli.language.emitter import Emitter
from micrograd_cli.language.functions import Function, Value
from micrograd_cli.language.operands import operand_spans
from micrograd_cli.nodes import Node
from micrograd_cli.ops import OPS, Op, parsed_parameters

Build = Callable[[Emitter, list[Any], Span], Value]


class ArrayFunction(NamedTuple):
    """A function of arrays; `parameters` as in `ops.Op`, `build` makes its value."""

    name: str
    parameters: str
    help: str
    example: str
    build: Build

    @property
    def signature(self) -> str:
        """How it is called: `linspace(a, b, n)`."""
        return f"{self.name}({self.parameters})"

    @property
    def arity(self) -> tuple[int, float]:
        """The least and the most number of arguments."""
        return parsed_parameters(self.parameters)[1:]

    def __call__(
        self, emitter: Emitter, args: list[Any], span: Span, slots: Sequence[Value] = ()
    ) -> Value:
        """Its value, as an action of a function's body too."""
        return self.build(emitter, args, span)


def argument(emitter: Emitter, span: Span, index: int) -> Span:
    """The place of a call's argument."""
    found = operand_spans(emitter.text, span, ",")
    return found[index] if index < len(found) else span


def array(emitter: Emitter, args: Sequence[Value], span: Span, name: str, index: int = 0) -> Array:
    """An argument that must be an array. Raises ProgramError."""
    value = args[index]
    if not isinstance(value, Array):
        raise ProgramError(f"{name} takes an array, this is a scalar",
                           argument(emitter, span, index))  # fmt: skip
    return value


# --- over all elements ----------------------------------------------------------------------------


def norm(emitter: Emitter, args: list[Any], span: Span) -> Value:
    return emitter.apply(OPS["hypot"], [array(emitter, args, span, "norm")], span)


def softmax(emitter: Emitter, args: list[Any], span: Span) -> Value:
    total = emitter.apply(OPS["logsumexp"], [array(emitter, args, span, "softmax")], span)
    return emitter.apply(OPS["exp"], [emitter.apply(OPS["-"], [args[0], total], span)], span)


def dot(emitter: Emitter, args: list[Any], span: Span) -> Value:
    if not any(isinstance(arg, Array) for arg in args):
        return emitter.apply(OPS["*"], args, span)
    return emitter.matmul(args, span, ",")


# --- shapes ---------------------------------------------------------------------------------------


def sizes(emitter: Emitter, args: Sequence[Value], span: Span) -> Shape:
    """The arguments as a shape, whose elements are counted. Raises ProgramError."""
    shape = tuple(
        size(emitter, arg, argument(emitter, span, index)) for index, arg in enumerate(args)
    )
    emitter.reserve(math.prod(shape), span)
    return shape


def size(emitter: Emitter, value: Value, span: Span) -> int:
    """A value as the size of an axis. Raises ProgramError."""
    number = emitter.whole(value, "the size", span)
    if number < 1:
        raise ProgramError(f"the size is {number}, it must be at least 1", span)
    return number


def filled(number: float) -> Build:
    """The function of a shape whose elements are all this number."""

    def build(emitter: Emitter, args: list[Any], span: Span) -> Value:
        shape = sizes(emitter, args, span)
        return Array(shape, [emitter.fixed(number) for _ in range(math.prod(shape))])

    return build


def identity(emitter: Emitter, args: list[Any], span: Span) -> Value:
    n, _ = sizes(emitter, [args[0], args[0]], span)
    return Array((n, n), [emitter.fixed(i == j) for i in range(n) for j in range(n)])


def whole_numbers(emitter: Emitter, args: list[Any], span: Span) -> Value:
    bounds = [
        emitter.whole(arg, "the bound", argument(emitter, span, index))
        for index, arg in enumerate(args)
    ]
    if len(bounds) == 3 and bounds[2] == 0:
        raise ProgramError("the step is 0", argument(emitter, span, 2))
    numbers = range(*bounds)
    emitter.reserve(len(numbers), span)
    return Array((len(numbers),), [emitter.fixed(number) for number in numbers])


def spaced(emitter: Emitter, args: list[Any], span: Span) -> Value:
    start, end, count = args
    (n,) = sizes(emitter, [count], argument(emitter, span, 2))
    low, high = emitter.known(start), emitter.known(end)
    if low is not None and high is not None:
        last = max(n - 1, 1)
        numbers = [low + (high - low) * i / last for i in range(n)]
        numbers[-1:] = [high] if n > 1 else [low]
        return Array((n,), [emitter.fixed(number) for number in numbers])
    if n == 1:
        return Array((1,), [start])

    def between(i: int) -> Value:
        share = emitter.fixed(i / (n - 1))
        step = emitter.apply(OPS["*"], [share, gap], span)
        return emitter.apply(OPS["+"], [start, step], span)

    gap = emitter.apply(OPS["-"], [end, start], span)
    inner: list[Any] = [between(i) for i in range(1, n - 1)]
    return Array((n,), [start, *inner, end])


def length(emitter: Emitter, args: list[Any], span: Span) -> Value:
    return emitter.fixed(array(emitter, args, span, "len").shape[0])


def transpose(emitter: Emitter, args: list[Any], span: Span) -> Value:
    return transposed(array(emitter, args, span, "transpose"))


def joined(emitter: Emitter, args: list[Any], span: Span) -> Value:
    parts = [array(emitter, args, span, "concat", index) for index in range(len(args))]
    rest = parts[0].shape[1:]
    for part in parts:
        if len(part.shape) != len(parts[0].shape) or part.shape[1:] != rest:
            raise emitter.misfit(args, span, ",")
    items = [item for part in parts for item in part.items]
    return Array((sum(part.shape[0] for part in parts), *rest), items)


# --- repetition -----------------------------------------------------------------------------------


def check_takes(emitter: Emitter, function: Any, count: int, span: Span) -> None:
    """Raise ProgramError if a function cannot be called with so many arguments."""
    where = argument(emitter, span, 0)
    if isinstance(function, Node | Array):
        raise ProgramError("the first argument is no function", where,
                           "give the name of one: iterate(f, start, n)")  # fmt: skip
    parameters = function.parameters
    if isinstance(parameters, str):
        _, least, most = parsed_parameters(parameters)
    else:
        least = most = len(parameters)
    if not least <= count <= most:
        raise ProgramError(f"{function.signature} does not take {count} argument"
                           f"{'s' * (count > 1)}", where)  # fmt: skip


def called(emitter: Emitter, function: Any, args: list[Any], span: Span) -> Value:
    """A function's value: of the table, of the program, or of this file."""
    if isinstance(function, Op):
        return emitter.apply(function, args, span)
    if isinstance(function, Function):
        return emitter.expand(function, args, span)
    return function(emitter, args, span, ())  # type: ignore[no-any-return]


def iterate(emitter: Emitter, args: list[Any], span: Span) -> Value:
    function, state, count = args
    check_takes(emitter, function, 1, span)
    where = argument(emitter, span, 2)
    n = emitter.whole(count, "the number of steps", where)
    if n < 0:
        raise ProgramError(f"the number of steps is {n}", where)
    emitter.foresee(n * getattr(function, "size", 1), span)
    with emitter.nested(span):
        for _ in range(n):
            state = called(emitter, function, [state], span)
    return state  # type: ignore[no-any-return]


def fold(emitter: Emitter, args: list[Any], span: Span) -> Value:
    function, state, _ = args
    check_takes(emitter, function, 2, span)
    with emitter.nested(span):
        for x in array(emitter, args, span, "fold", 2).rows():
            state = called(emitter, function, [state, x], span)
    return state  # type: ignore[no-any-return]


# fmt: off
_TABLE = (
    ArrayFunction("norm", "x", "Root of the sum of the squared elements.", "norm([3, 4])", norm),
    ArrayFunction("softmax", "x", "exp(x) divided by the sum of exp(x).", "softmax([1, 2, 3])",
                  softmax),
    ArrayFunction("dot", "x, y", "Product of two vectors or matrices, x @ y.",
                  "dot([1, 2], [3, 4])", dot),
    ArrayFunction("transpose", "A", "The array with its axes exchanged.",
                  "transpose([[1, 2], [3, 4]])", transpose),
    ArrayFunction("zeros", "n, [m]", "An array of zeros.", "zeros(2, 3)", filled(0)),
    ArrayFunction("ones", "n, [m]", "An array of ones.", "ones(3)", filled(1)),
    ArrayFunction("eye", "n", "The identity matrix.", "eye(2)", identity),
    ArrayFunction("range", "n, [stop], [step]",
                  "Whole numbers from 0 below n, or from n below stop.", "range(4)",
                  whole_numbers),
    ArrayFunction("linspace", "a, b, n", "n numbers from a to b, evenly spaced.",
                  "linspace(0, 1, 5)", spaced),
    ArrayFunction("len", "x", "Length of the first axis.", "len([4, 5])", length),
    ArrayFunction("concat", "x, ...", "The arrays one after another, along the first axis.",
                  "concat([1, 2], [3])", joined),
    ArrayFunction("iterate", "f, start, n", "f(f(... f(start))), n times.",
                  "iterate(cos, 1, 20)", iterate),
    ArrayFunction("fold", "f, start, xs", "f(... f(f(start, x1), x2) ..., xn).",
                  "fold(atan2, 1, [2, 3])", fold),
)
# fmt: on
ARRAY_FUNCTIONS = {function.name: function for function in _TABLE}


def literal_array(emitter: Emitter, items: Sequence[Value], span: Span) -> Array:
    """The array that is written `[a, b]` or `[[a, b], [c, d]]`. Raises ProgramError."""
    shapes = [shape_of(item) for item in items]
    where = operand_spans(emitter.text, span, ",")
    for index, shape in enumerate(shapes):
        if shape != shapes[0]:
            message = f"the parts of this array differ: shape {shape_text(shapes[0])}" \
                      f" and shape {shape_text(shape)}"  # fmt: skip
            if len(where) != len(items):
                raise ProgramError(message, span)
            raise ProgramError(message, where[0], also=[(where[index], "unlike the first")])
    if len(shapes[0]) > 1:
        raise ProgramError("an array has one or two dimensions", span)
    whole = (len(items), *shapes[0])
    return Array(whole, [node for item in items for node in stretched(item, shapes[0])])
