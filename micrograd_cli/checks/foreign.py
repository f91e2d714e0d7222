"""A program in another language as a function along lines through a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import NamedTuple

from micrograd_cli.algebra.accurate import HALF
from micrograd_cli.checks.external import FULL, Answer, resolution
from micrograd_cli.checks.numerical import Estimate, Line, Sample, derivative
from micrograd_cli.checks.obstacles import UNCLEAR, Reason, sides, single

ROUNDINGS = 8 * HALF  # of a program's value: what happens inside is not known


class ForeignSubject(NamedTuple):
    """A program that `run` starts at points; see `checking.Subject`."""

    run: Callable[[Sequence[dict[str, float]]], list[Answer]]

    def at(self, point: dict[str, float]) -> ForeignPlace:
        """The program at a point. It runs twice there: what differs is noise."""
        first, second = self.run([point, point])
        return ForeignPlace(self.run, point, first, second)


class ForeignPlace:
    """A program at a point, by its answers to two runs there; see `checking.Place`."""

    def __init__(
        self,
        run: Callable[[Sequence[dict[str, float]]], list[Answer]],
        point: dict[str, float],
        first: Answer,
        second: Answer,
    ) -> None:
        self.run = run
        self.point = point
        self.value, self.gradient = float(first.value), first.grad
        apart = abs(self.value - float(second.value))
        self.unsteady = apart if isfinite(apart) else 0.0
        self.noise = self.unsteady + ROUNDINGS * abs(self.value)
        self.digits = FULL  # that the program prints, as far as is known

    def named(self) -> dict[str, float]:
        return self.point

    def estimate(self, key: str, goal: Callable[[float], float], thorough: bool) -> Estimate:
        base = Sample(self.point[key], self.value, self.noise)
        return derivative(self.line(key), base, goal, thorough)

    def line(self, name: str) -> Line:
        """The function of one input, the others held."""

        def walk(places: Sequence[float]) -> list[Sample]:
            answers = self.run([{**self.point, name: place} for place in places])
            rounded, self.digits = resolution(each.value for each in answers)
            return [
                Sample(place, x, self.noise + rounded + ROUNDINGS * abs(x))
                for place, x in zip(places, [float(each.value) for each in answers], strict=True)
            ]

        return walk

    def reason(self, key: str, estimate: Estimate) -> Reason:
        """What stands in the way of an estimate; what happens inside the program is not known."""
        witness = estimate.witness
        if estimate.obstacle == "kink":
            return Reason("kink", sides(estimate))
        if witness is None:
            return Reason("rounding", self.doubt())
        value = f"the value is {witness.value!r} at {key} = {witness.at!r}"
        if estimate.obstacle == "edge":
            value += single(estimate, "above" if witness.at < self.point[key] else "below")
        return Reason(estimate.obstacle, value)

    def doubt(self) -> str:
        if self.unsteady:
            return f"{UNCLEAR}: the value changes by {self.unsteady:.2g} from run to run"
        if self.digits < FULL:
            return f"{UNCLEAR}: the program prints {self.digits} digits, and a float has 17 (%.17g)"
        return UNCLEAR

    def overflow(self, key: str) -> Sample | None:
        return None

    def convention(self, key: str) -> Reason | None:
        return None

    def blur(self, key: str) -> float:
        return 0.0
