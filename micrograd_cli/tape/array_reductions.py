"""The table's functions of any number of arguments, over all elements of one array.

Their rules run as they stand: each of their arguments is the array as a whole, and what they ask of
all of them is a step over its axes.
"""

from __future__ import annotations

import math
from math import prod
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from micrograd_cli.algebra.accurate import LEAST, MOST, NORMAL
from micrograd_cli.ops import Op
from micrograd_cli.tape.array_gradients import Chosen
from micrograd_cli.tape.array_steps import Array, Layout
from micrograd_cli.tape.array_tape import ArrayTape
from micrograd_cli.tape.columns import OTHERS, patched
from micrograd_cli.tape.instructions import Masked, Symbol

SAFE = 500  # fractions, of at least ½, whose product is a normal number


class Over(NamedTuple):
    """A function over the elements of an array, whose axes stay, with size 1."""

    name: str
    given: Layout

    def layout(self, x: Layout) -> Layout:
        return Layout(x.rows, (1,) * len(x.shape))

    def __call__(self, x: Array) -> Array:
        found = OVER[self.name](flat(x, self.given))
        return found.reshape(x.shape[: self.given.rows] + (1,) * len(self.given.shape))


class ForEach(NamedTuple):
    """What a rule asks for one element and all of them, for every element."""

    name: str
    given: Layout

    def layout(self, x: Layout) -> Layout:
        return x

    def __call__(self, x: Array) -> Array:
        return FOR_EACH[self.name](flat(x, self.given)).reshape(x.shape)


def flat(x: Array, given: Layout) -> Array:
    """The elements of each row, one after another: (rows, count)."""
    return x.reshape(len(x) if given.rows else 1, -1)


def logsumexp(x: Array) -> Array:
    shift = np.max(x, axis=1, keepdims=True)
    same = x == shift
    count = np.sum(same, axis=1)
    rest = np.sum(np.where(same, 0.0, np.exp(x - shift)), axis=1)
    shift = shift[:, 0]
    y = shift + (np.log(count) + np.log1p(rest / count))
    rare = np.isinf(shift) | (np.abs(y) < np.abs(shift) / 2)
    return patched(y, rare, "logsumexp", *x.T)


def hypot(x: Array) -> Array:
    """By the squares with their rounding errors, scaled by a power of 2."""
    top = np.max(np.abs(x), axis=1)
    _, exponent = np.frexp(np.where(top < math.inf, top, 1.0))
    part = np.ldexp(x, -exponent[:, None])
    square = part * part
    scaled = 134217729.0 * part
    high = scaled - (scaled - part)
    low = part - high
    rest = ((high * high - square) + 2 * high * low) + low * low
    y = np.ldexp(np.sqrt(precise_sum(square, np.sum(rest, axis=1))), exponent)
    return np.where(np.any(np.isinf(x), axis=1), math.inf, y)


def mean(x: Array) -> Array:
    total = np.sum(x, axis=1)
    return patched(total / x.shape[1], np.isinf(total), "mean", *x.T)


def precise_sum(x: Array, error: Array) -> Array:
    """The sums of rows, half by half, with the rounding errors of each step and that given."""
    while x.shape[1] > 1:
        half = x.shape[1] // 2
        a, b, odd = x[:, :half], x[:, half : 2 * half], x[:, 2 * half :]
        total = a + b
        back = total - a
        error = error + np.sum((a - (total - back)) + (b - back), axis=1)
        x = np.concatenate([total, odd], axis=1)
    return x[:, 0] + error


def over_norm(x: Array) -> Array:
    """The direction of each row; where it is near the ends of the range, as FLOAT has it."""
    norm = hypot(x)[:, None]
    y = x / norm
    fine = (norm > LEAST) & (norm < MOST) & ((np.abs(y) >= NORMAL) | (x == 0))
    rare = ~np.all(fine | (norm == 0) | np.isnan(norm), axis=1)
    if np.any(rare):
        columns = x[rare].T
        y[rare] = OTHERS["over_norm"](columns, 1, *columns[:, None]).T
    return y


def product(x: Array) -> Array:
    """The product, whose parts may over- or underflow though it does not."""
    total, exponent = np.ones(len(x)), np.zeros(len(x), int)
    for start in range(0, x.shape[1], SAFE):
        fractions, exponents = np.frexp(x[:, start : start + SAFE])
        total, carry = np.frexp(total * np.prod(fractions, axis=1))
        exponent = exponent + np.sum(exponents, axis=1) + carry
    return np.ldexp(total, exponent)


def others(x: Array) -> Array:
    """The product of all others, by those before and those behind."""
    if x.shape[1] > SAFE:
        return np.stack([product(np.delete(x, i, 1)) for i in range(x.shape[1])], axis=1)
    fractions, exponents = np.frexp(x)
    found = np.ones(x.shape)
    found[:, 1:] = np.multiply.accumulate(fractions[:, :-1], axis=1)
    found[:, :-1] *= np.multiply.accumulate(fractions[:, :0:-1], axis=1)[:, ::-1]
    return np.ldexp(found, np.sum(exponents, axis=1, keepdims=True) - exponents)


OVER: dict[str, Any] = {
    "sum": lambda x: np.sum(x, axis=1),
    "max": lambda x: np.max(x, axis=1),
    "min": lambda x: np.min(x, axis=1),
    "logsumexp": logsumexp,
    "mean": mean,
    "hypot": hypot,
    "prod": product,
}
FOR_EACH: dict[str, Any] = {"others": others, "over_norm": over_norm}


def algebra(tape: ArrayTape, count: int) -> SimpleNamespace:
    """The tape's algebra for a rule whose arguments are `count` times the same whole array."""

    def step(kind: Any, name: str, x: Any) -> Symbol:
        symbol = tape.symbol(x)
        return tape.apply(kind(name, tape.layout(symbol)), symbol)

    def over(name: str) -> Any:
        return lambda *x: step(Over, name, x[0])

    def prod_of(*x: Any) -> Symbol:  # prod(1, *others) has as many arguments as prod(*x)
        return step(Over, "prod", x[0]) if isinstance(x[0], Symbol) else step(
            ForEach, "others", x[1]
        )  # fmt: skip

    def deviations(*x: Any) -> list[Any]:
        layout = tape.layout(x[0])
        first = tape.taken(x[0], layout, (0,) * len(layout.shape))
        seen = x[0] - tape.aligned(first, len(layout.shape))
        return [seen - step(Over, "sum", seen) / count] * count

    return SimpleNamespace(**vars(tape.algebra) | {
        **{name: over(name) for name in OVER},
        "prod": prod_of,
        "deviations": deviations,
        "over_norm": lambda each, n, *x: step(ForEach, "over_norm", each),
    })  # fmt: skip


def reduced(op: Op, whole: Layout) -> Op:
    """A row of any number of arguments, of all elements of an array."""
    rank, count = len(whole.shape), prod(whole.shape)

    def arguments(m: Any, x: Any) -> tuple[Any, list[Any]]:
        of_one = m if count == 1 else algebra(m.arrays, count)
        return of_one, [m.arrays.full(x, whole)] * count

    def value(m: Any, x: Any) -> Any:
        of_all, each = arguments(m, x)
        y = m.arrays.symbol(op.value(of_all, *each))
        rows = m.arrays.layout(y).rows
        return m.arrays.narrowed(y, Layout(rows, (1,) * rank), Layout(rows))

    def partials(m: Any, y: Any, x: Any) -> Any:
        t = m.arrays
        of_all, each = arguments(m, x)
        partial = op.partials(of_all, t.aligned(t.symbol(y), rank), *each)[0]

        def spread(grad: Any) -> Any:
            if not isinstance(grad, Masked):
                return t.aligned(t.symbol(grad), rank) * partial
            mask, flowing = t.aligned(grad.mask, rank), t.aligned(t.symbol(grad.value), rank)
            return Masked(mask, flowing) * partial

        return (Chosen(spread),)

    return Op("reduced", value, partials)
