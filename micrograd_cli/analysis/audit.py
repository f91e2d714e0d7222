"""How many digits of an ordinary result are right: beside it stands the certain one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from micrograd_cli.analysis.certain import Wanted, certain_reports
from micrograd_cli.analysis.digits import DIGITS, right_digits
from micrograd_cli.analysis.report import Report, reports
from micrograd_cli.analysis.warnings import Finding
from micrograd_cli.language.program import Program
from micrograd_cli.language.run import bind
from micrograd_cli.numbers import NO_NUMBERS, UNDECIDED


class Audited(NamedTuple):
    """A number of floats, the certain one, and how many digits are right; None if unknown."""

    number: str  # value, grad.a; of a node data.NAME, grad.NAME
    computed: float
    certain: str
    digits: int | None


class Audit(NamedTuple):
    """The numbers of one output."""

    output: str | None
    expr: str
    numbers: list[Audited]
    warnings: list[Finding]
    label: str = ""
    unlisted: int = 0

    @property
    def finite(self) -> bool:
        """Whether all numbers are finite and decided."""
        return all(isfinite(each.computed) and each.certain not in NO_NUMBERS
                   for each in self.numbers)  # fmt: skip


def audits(
    program: Program,
    numbers: Mapping[str, Any],
    wrt: Iterable[str] | None,
    nodes: bool,
    wanted: Wanted,
) -> Iterator[Audit]:
    """The audit of each output; of every node too if `nodes`."""
    listed = "all" if nodes else "inputs"
    plain = reports(bind(program, numbers), wrt, listed)
    for computed, known in zip(
        plain, certain_reports(program, numbers, wrt, listed, wanted), strict=True
    ):
        pairs = by_node(computed, known) if nodes else of_results(computed, known)
        yield Audit(
            computed.output,
            computed.expr,
            [Audited(name, x, text, right(x, text)) for name, x, text in pairs],
            known.warnings,
            known.label,
        )


def of_results(computed: Report, known: Report) -> Iterator[tuple[str, float, str]]:
    """The value and the gradients, each with its name."""
    yield "value", computed.value, str(known.value)
    for name, grad in computed.grad.items():
        yield f"grad.{name}", grad, str(known.grad[name])


def by_node(computed: Report, known: Report) -> Iterator[tuple[str, float, str]]:
    """The data of each node, then the gradients from the output down, as they are computed."""
    rows = list(zip(computed.nodes, known.nodes, strict=True))
    for row, other in rows:
        if row.op != "const":
            yield f"data.{row.name}", row.data, str(other.data)
    for row, other in reversed(rows):
        if row.grad is not None:
            yield f"grad.{row.name}", row.grad, str(other.grad)


def right(x: float, text: str) -> int | None:
    """How many digits of a float are right."""
    if text == UNDECIDED or text == "nan":
        return None
    if not isfinite(x) or text in NO_NUMBERS:
        return DIGITS if repr(x) == text else 0
    try:
        true = Decimal(text)
        if true == 0:
            return DIGITS if x == 0 else 0
        wrong = abs((Decimal(x) - true) / true)
    except ArithmeticError:  # its exponent is beyond all decimals, let alone floats
        return DIGITS if x == 0 and "e-" in text else 0
    return right_digits(x, float(min(wrong, Decimal(1))))
