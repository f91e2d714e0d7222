"""The operations on whole arrays as rows: for the engine's own two loops, on an array tape.

They are what the table has not: the value of each, and its adjoint as a `Linear` partial.
"""

from __future__ import annotations

from typing import Any

from micrograd_cli.ops import Op
from micrograd_cli.tape.array_gradients import Chosen, Linear, Parts
from micrograd_cli.tape.array_steps import Layout, Part
from micrograd_cli.tape.instructions import Masked


def spread(source: Layout, whole: Layout) -> Op:
    """A smaller array, or one that is the same in all rows, as an operand of a larger one."""

    def value(m: Any, x: Any) -> Any:
        return m.arrays.aligned(m.arrays.symbol(x), len(whole.shape))

    def partials(m: Any, y: Any, x: Any) -> Any:
        return (Linear(lambda grad: m.arrays.narrowed(grad, whole, source)),)

    return Op("spread", value, partials)


def total(whole: Layout) -> Op:
    """The sum of all elements."""

    def value(m: Any, x: Any) -> Any:
        return m.arrays.narrowed(x, whole, Layout(whole.rows))

    def partials(m: Any, y: Any, x: Any) -> Any:
        rank = len(whole.shape)
        return (Linear(lambda grad: m.arrays.aligned(m.arrays.settled(grad), rank)),)

    return Op("total", value, partials)


def product(left: Layout, right: Layout) -> Op:
    """The matrix product."""
    a, b = "nk"[-len(left.shape) :], "km"[: len(right.shape)]
    c = "n" * (len(left.shape) == 2) + "m" * (len(right.shape) == 2)
    whole = Layout(left.rows or right.rows, (*left.shape[:-1], *right.shape[1:]))

    def value(m: Any, x: Any, y: Any) -> Any:
        t = m.arrays
        return t.contracted(f"{a},{b}->{c}", t.full(x, left), t.full(y, right), whole.rows)

    def partials(m: Any, z: Any, x: Any, y: Any) -> Any:
        t = m.arrays

        def by_left(grad: Any, factor: Any) -> Any:
            grad, factor = t.full(grad, whole), t.full(factor, right)
            return t.contracted(f"{c},{b}->{a}", grad, factor, left.rows)

        def by_right(grad: Any, factor: Any) -> Any:
            grad, factor = t.full(grad, whole), t.full(factor, left)
            return t.contracted(f"{c},{a}->{b}", grad, factor, right.rows)

        def adjoint(mine: Any, other: Any, factor: Any) -> Chosen:
            plain = Linear(lambda grad: mine(grad, factor), lambda ones: mine(ones, 1.0))

            def chosen(grad: Any) -> Any:
                if not isinstance(grad, Masked) or t.layout(grad.mask).rows:
                    return grad * plain
                # of the factor, which may be inf, only what meets the elements that are taken
                ones = t.record("indicator", grad.mask)
                met = t.record("ne", other(ones, 1.0), 0.0)
                reached = t.record("ne", mine(ones, 1.0), 0.0)
                return Masked(reached, mine(grad, t.record("where", met, factor, 0.0)))

            return Chosen(chosen)

        return adjoint(by_left, by_right, y), adjoint(by_right, by_left, x)

    return Op("product", value, partials)


def take(whole: Layout, part: Part) -> Op:
    """A part of an array."""

    def value(m: Any, x: Any) -> Any:
        return m.arrays.taken(x, whole, part)

    def partials(m: Any, y: Any, x: Any) -> Any:
        t = m.arrays
        return (Chosen(lambda grad: Parts(t, whole, {part: grad})),)

    return Op("take", value, partials)


def stack(whole: Layout, places: list[Part]) -> Op:
    """An array of numbers, each with its place."""

    def value(m: Any, *x: Any) -> Any:
        return m.arrays.stacked(whole, x)

    def partials(m: Any, y: Any, *x: Any) -> Any:
        def at(place: Part) -> Linear:
            return Linear(lambda grad: m.arrays.taken(grad, whole, place))

        return tuple(map(at, places))

    return Op("stack", value, partials)


def transpose(whole: Layout) -> Op:
    """A matrix with its axes exchanged."""
    turned = Layout(whole.rows, whole.shape[::-1])

    def value(m: Any, x: Any) -> Any:
        return m.arrays.transposed(x, whole)

    def partials(m: Any, y: Any, x: Any) -> Any:
        return (Linear(lambda grad: m.arrays.transposed(grad, turned)),)

    return Op("transpose", value, partials)
