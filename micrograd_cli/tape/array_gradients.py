"""Gradients on an array tape that are no plain arrays: of parts, of some elements, and adjoints."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

from micrograd_cli.tape.array_steps import Layout, Part
from micrograd_cli.tape.instructions import NUMBERS, Masked


class Clean(Masked):
    """A gradient that flows only where `mask` holds, and is 0 elsewhere."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        if isinstance(other, NUMBERS):
            return self.value + other
        if not isinstance(other, Clean):
            return super().__add__(other)
        either = self.mask.tape.record("either", self.mask, other.mask)
        return Clean(either, self.value + other.value)

    def __radd__(self, other: Any) -> Any:
        return other + self.value


class Linear:
    """A partial that is no number: a linear function of the gradient, its adjoint.

    A gradient times it is the function's value, so that the engine's loop needs no other case.
    Where a gradient flows but to some elements, `reached` says to which the function takes it: by
    default itself does, of ones where it flows.
    """

    __slots__ = ("function", "reached")

    def __init__(
        self, function: Callable[[Any], Any], reached: Callable[[Any], Any] | None = None
    ) -> None:
        self.function = function
        self.reached = reached or function

    def __rmul__(self, grad: Any) -> Any:
        grad = grad.masked() if isinstance(grad, Parts) else grad
        if not isinstance(grad, Masked):
            return self.function(grad)
        tape: Any = grad.mask.tape
        reached = self.reached(tape.record("indicator", grad.mask))
        return Clean(tape.record("ne", reached, 0.0), self.function(tape.settled(grad)))


class Chosen(Linear):
    """The same of a function that takes care itself of where a gradient flows."""

    __slots__ = ()

    def __rmul__(self, grad: Any) -> Any:
        return self.function(grad.masked() if isinstance(grad, Parts) else grad)


class Parts:
    """The gradient of an array of which only parts have one: they are put together when needed.

    Elsewhere nothing flows, which is not the number 0.
    """

    __slots__ = ("found", "tape", "whole")

    def __init__(self, tape: Any, whole: Layout, found: dict[Part, Any]) -> None:
        self.tape = tape
        self.whole = whole
        self.found = found

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Parts):
            return self.masked() + other
        both = dict(self.found)
        for part, grad in other.found.items():
            both[part] = both[part] + grad if part in both else grad
        return Parts(self.tape, self.whole, both)

    def __radd__(self, other: Any) -> Any:
        return other + self.masked()

    def __mul__(self, partial: Any) -> Any:
        return self.masked() * partial

    def settled(self) -> Any:
        parts = {part: self.tape.settled(grad) for part, grad in self.found.items()}
        return self.tape.put(self.whole, parts)

    def masked(self) -> Any:
        """As a gradient of the whole array."""
        masks = [grad.mask for grad in self.found.values() if isinstance(grad, Masked)]
        if not masks and len(set().union(*map(covered, self.found))) == prod(self.whole.shape):
            return self.settled()
        tape = self.tape
        ones = {
            part: tape.record("indicator", grad.mask) if isinstance(grad, Masked)
            else tape.symbol(1.0)
            for part, grad in self.found.items()
        }  # fmt: skip
        return Clean(tape.record("ne", tape.put(self.whole, ones), 0.0), self.settled())


def covered(part: Part) -> set[tuple[int, ...]]:
    """The places of a part."""
    return set(product(*[at if isinstance(at, range) else (at,) for at in part]))
