"""TAPE: the algebra that computes nothing but writes down what it is asked to compute.

A rule that runs on symbols leaves a straight list of instructions. The engine's own two loops, run
once on symbols, so give the whole calculation of a program, value and gradients, without loops,
calls or branches, to be replayed on floats or on columns (see `compiled.py`).

Writing it down, the tape folds constants, takes an instruction that it already has instead of a
second one, and leaves out products by 1. All of this keeps IEEE's results to the bit.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from functools import partial, reduce
from types import SimpleNamespace
from typing import Any, NamedTuple

from micrograd_cli.algebra.accurate import sech_squared
from micrograd_cli.algebra.reductions import deviations
from micrograd_cli.algebra.scalar import IEEE, Ieee
from micrograd_cli.algebra.vocabulary import CHOOSE, COMPARE, INFIX, SMOOTH, STEP, names


class Input(NamedTuple):
    """A column that is given."""

    name: str


class Constant(NamedTuple):
    """A number, or a truth, that is the same in every row."""

    value: float | bool


class Apply(NamedTuple):
    """What to apply to the results of which earlier instructions.

    Comparisons, `both`, `either` and `negate` give truths, which only `where`, these three and
    `indicator` (a truth as 1 or 0) take.
    """

    name: str
    args: tuple[int, ...]


Instruction = Input | Constant | Apply

COMPARED = names(COMPARE)
# The primitives that are instructions as they stand; how a tape writes the others is below.
RECORDED = {*names(SMOOTH, STEP, CHOOSE)} - {
    "where", "sum", "detach", "deviations", "sech_squared"
}  # fmt: skip
FOLD: dict[str, Callable[..., Any]] = {
    **{name: getattr(IEEE, name) for name in RECORDED},
    **{name: getattr(operator, name) for name in (*COMPARED, *INFIX, "neg")},
    "square": lambda x: x**2,
    "indicator": float,
    "where": lambda condition, chosen, otherwise: chosen if condition else otherwise,
    "both": lambda p, q: p and q,
    "either": lambda p, q: p or q,
    "negate": operator.not_,
}


def operation(name: str, reflected: bool = False) -> Callable[[Symbol, Any], Any]:
    """The method of Symbol for an operator."""

    def method(self: Symbol, other: Any) -> Any:
        left, right = (other, self) if reflected else (self, other)
        return self.tape.operate(name, left, right)

    return method


class Symbol:
    """The result of an instruction, by number, as an operand of the next ones."""

    __slots__ = ("number", "tape")

    def __init__(self, tape: Tape, number: int) -> None:
        self.tape = tape
        self.number = number

    __add__, __radd__ = operation("add"), operation("add", True)
    __sub__, __rsub__ = operation("sub"), operation("sub", True)
    __mul__, __rmul__ = operation("mul"), operation("mul", True)
    __truediv__, __rtruediv__ = operation("truediv"), operation("truediv", True)

    def __neg__(self) -> Any:
        return self.tape.record("neg", self)

    def __abs__(self) -> Any:
        return self.tape.record("abs", self)

    def __pow__(self, exponent: int) -> Any:
        return self.tape.record("square", self) if exponent == 2 else NotImplemented


NUMBERS = (Symbol, float, int)


class Masked:
    """A partial or gradient that flows only where the truth `mask` holds: `value` there.

    Elsewhere `value` is anything, perhaps nan, and must not be looked at: that nothing flows is no
    number, and `mask` keeps it apart from the number 0 (0 * inf would be nan).
    """

    __slots__ = ("mask", "value")

    def __init__(self, mask: Symbol, value: Any) -> None:
        self.mask = mask
        self.value = value

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Masked):
            return Masked(self.mask.tape.record("both", self.mask, other.mask),
                          self.value * other.value)  # fmt: skip
        if not isinstance(other, NUMBERS):
            return NotImplemented
        return Masked(self.mask, self.value * other)

    def __rmul__(self, other: Any) -> Masked:
        return Masked(self.mask, other * self.value)

    def __add__(self, other: Any) -> Any:
        tape = self.mask.tape
        if not isinstance(other, (Masked, *NUMBERS)):
            return NotImplemented
        if not isinstance(other, Masked):
            return tape.record("where", self.mask, self.value + other, other)
        mine = tape.record("where", self.mask, self.value, -0.0)  # x + -0.0 is x, -0.0 included
        theirs = tape.record("where", other.mask, other.value, -0.0)
        return Masked(tape.record("either", self.mask, other.mask), mine + theirs)

    def __radd__(self, other: Any) -> Any:
        return self.mask.tape.record("where", self.mask, other + self.value, other)


class Tape:
    """Instructions in the order in which they run, each written once."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self.constants: dict[int, Any] = {}  # a float or a bool, by the number of its instruction
        self.known: dict[Any, int] = {}  # the number of each instruction, by what it does
        self.algebra: Any = SimpleNamespace(
            **{name: partial(self.record, name) for name in RECORDED - {"power_slope"}},
            **{name: partial(self.compare, name) for name in COMPARED},
            number=float,
            ratio=operator.truediv,
            sum=lambda *x: reduce(operator.add, map(self.symbol, x)),
            where=self.where,
            power_slope=self.power_slope,
            sech_squared=lambda x: sech_squared(x, self.algebra),
            detach=lambda x: x,
            deviations=lambda *x: deviations(*map(self.symbol, x)),
            pi=math.pi,
            nothing=None,
            retry=lambda rule, *x: rule(self.algebra, *map(self.symbol, x)),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return tape_again, (self.instructions,)

    def append(self, instruction: Instruction) -> Symbol:
        # constants by their texts: 0.0 equals -0.0 and False, but is another number
        constant = isinstance(instruction, Constant)
        key = repr(instruction) if constant else instruction
        number = self.known.setdefault(key, len(self.instructions))
        if number == len(self.instructions):
            self.instructions.append(instruction)
            if isinstance(instruction, Constant):
                self.constants[number] = instruction.value
        return Symbol(self, number)

    def input(self, name: str) -> Symbol:
        return self.append(Input(name))

    def symbol(self, x: Any) -> Symbol:
        """A symbol as it is, a number as a constant."""
        if isinstance(x, Symbol):
            return x
        return self.append(Constant(x if isinstance(x, bool) else float(x)))

    def constant(self, x: Any) -> Any:
        """The number that an operand always is, or None."""
        return self.constants.get(x.number) if isinstance(x, Symbol) else float(x)

    def record(self, name: str, *operands: Any) -> Symbol:
        symbols = [self.symbol(operand) for operand in operands]
        args = tuple(symbol.number for symbol in symbols)
        if all(number in self.constants for number in args):
            values = [self.constants[number] for number in args]
            folded = FOLD[name](*[Ieee(v) if isinstance(v, float) else v for v in values])
            return self.symbol(folded if isinstance(folded, bool) else float(folded))
        short = self.shortened(name, symbols)
        return short if short is not None else self.append(Apply(name, args))

    def shortened(self, name: str, symbols: list[Symbol]) -> Symbol | None:
        """One of the operands, where it is the result."""
        if name in ("max", "min") and len(symbols) == 1:
            return symbols[0]
        if name == "where":
            condition, chosen, otherwise = symbols
            known = self.constants.get(condition.number)
            if known is not None or chosen.number == otherwise.number:
                return otherwise if known is False else chosen
        if name in ("both", "either"):
            for one, other in (symbols, symbols[::-1]):
                known = self.constants.get(other.number)
                if known is not None:  # `both` with True and `either` with False change nothing
                    return one if known == (name == "both") else other
        return None

    def operate(self, name: str, left: Any, right: Any) -> Any:
        """An operator, left out where it changes no bit of the other operand."""
        if not (isinstance(left, NUMBERS) and isinstance(right, NUMBERS)):
            return NotImplemented
        if name == "mul" and self.constant(left) in (1.0, -1.0):
            left, right = right, left
        by = self.constant(right)
        if name in ("mul", "truediv") and by in (1.0, -1.0):
            return left if by == 1 else -self.symbol(left)
        return self.record(name, left, right)

    def compare(self, name: str, left: Any, right: Any) -> Symbol:
        return self.record("indicator", self.record(name, left, right))

    def truth(self, x: Any) -> Symbol:
        """Whether a number is not 0, as a truth."""
        symbol = self.symbol(x)
        instruction = self.instructions[symbol.number]
        if isinstance(instruction, Apply) and instruction.name == "indicator":
            return Symbol(self, instruction.args[0])
        return self.record("ne", symbol, 0.0)

    def power_slope(self, x: Any, y: Any, z: Any) -> Any:
        """y·x^(y - 1) as it stands if y is a short constant, where it loses nothing."""
        exponent = self.constant(y)
        if exponent is None or not (0.5 <= abs(exponent) <= 64 and (exponent * 64).is_integer()):
            return self.record("power_slope", x, y, z)
        return self.operate("mul", y, x if exponent == 2 else self.record("pow", x, exponent - 1))

    def where(self, condition: Any, chosen: Any, otherwise: Any) -> Any:
        """`m.where` for numbers, `m.nothing` and Masked partials."""
        truth = self.truth(condition)
        known = self.constants.get(truth.number)
        if known is not None:
            return chosen if known else otherwise
        if chosen is None and otherwise is None:
            return None
        here, there = mask_and_value(chosen), mask_and_value(otherwise)
        value = self.record(
            "where",
            truth,
            there[1] if chosen is None else here[1],
            here[1] if otherwise is None else there[1],
        )
        if here[0] is True and there[0] is True:
            return value
        side = self.record("both", truth, here[0])
        other = self.record("both", self.record("negate", truth), there[0])
        return Masked(self.record("either", side, other), value)

    def operands(self, number: int) -> tuple[int, ...]:
        """The numbers of the instructions that one applies to; a leaf has none."""
        instruction = self.instructions[number]
        return instruction.args if isinstance(instruction, Apply) else ()

    def live(self, outputs: Iterable[int]) -> list[int]:
        """The numbers of the instructions that these ones need, in order, leaves among them."""
        needed = set(outputs)
        for number in range(len(self.instructions) - 1, -1, -1):
            if number in needed:
                needed.update(self.operands(number))
        return sorted(needed)


def tape_again(instructions: list[Instruction]) -> Tape:
    """What pickle calls."""
    tape = Tape()
    for instruction in instructions:
        tape.append(instruction)
    return tape


def mask_and_value(partial: Any) -> tuple[Any, Any]:
    """Where something flows, as a truth or a bool, and what."""
    if isinstance(partial, Masked):
        return partial.mask, partial.value
    return partial is not None, partial
