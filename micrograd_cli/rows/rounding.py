"""`map --digits`: the results of a compiled program, rounded before they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from math import isinf
from typing import Any

from micrograd_cli.compiled import Compiled
from micrograd_cli.tape.tracing import Result


def rounded(x: float, digits: int) -> float:
    """A number rounded to so many digits; the greatest floats, which would be inf, stay."""
    y = float(f"{x:.{digits}g}")
    return x if isinf(y) else y


class Rounded:
    """A compiled program whose results have at most so many significant digits."""

    def __init__(self, function: Compiled, digits: int) -> None:
        self.function = function
        self.digits = digits

    def __reduce__(self) -> tuple[Any, ...]:
        return Rounded, (self.function, self.digits)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What tells this function from another."""
        return (*self.function.arguments, self.digits)

    @property
    def inputs(self) -> Sequence[str]:
        return self.function.inputs

    @property
    def results(self) -> Sequence[Result]:
        return self.function.results

    def rounded(self, x: float) -> float:
        return rounded(x, self.digits)

    @cached_property
    def row(self) -> Callable[..., tuple[float, ...]]:
        row = self.function.row
        return lambda *inputs: tuple(map(self.rounded, row(*inputs)))

    @cached_property
    def kernel(self) -> Callable[[Sequence[Any]], list[Any]]:
        import numpy as np

        kernel = self.function.kernel
        return lambda inputs: [
            np.fromiter(map(self.rounded, column.tolist()), float, len(column))
            for column in kernel(inputs)
        ]
